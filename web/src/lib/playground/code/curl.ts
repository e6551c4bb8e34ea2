/** A request as one command of curl; the key comes from the environment. */
import { bodyOf, headersOf, paths, type ModelRequest } from '../request';
import { shellWord } from './literal';

export function curl(request: ModelRequest, origin: string): string {
	const key =
		request.dialect === 'messages' ? '"x-api-key: $KANAME_API_KEY"' : '"authorization: Bearer $KANAME_API_KEY"';
	const further = Object.entries({ 'content-type': 'application/json', ...headersOf(request) });
	return [
		`curl -sS${request.stream ? 'N' : ''} --fail-with-body ${shellWord(origin + paths[request.dialect])}`,
		`-H ${key}`,
		...further.map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
		`-d ${shellWord(JSON.stringify(bodyOf(request), null, 2))}`
	].join(' \\\n  ');
}
