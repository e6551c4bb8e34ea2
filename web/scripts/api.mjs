/**
 * Makes `src/lib/api/schema.ts` from the server's OpenAPI document; with `--check`, fails when the
 * file is not what the document says. Needs no network.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const source = new URL('../../docs/openapi.json', import.meta.url);
const target = new URL('../src/lib/api/schema.ts', import.meta.url);
const head = '/** Made from docs/openapi.json by `npm run api:generate`. Do not edit. */\n';

const made = head + astToString(await openapi(source));

if (!process.argv.includes('--check')) {
	writeFileSync(target, made);
	console.log('api: src/lib/api/schema.ts is written');
} else if (readFileSync(target, 'utf8') === made) {
	console.log('api: src/lib/api/schema.ts is what docs/openapi.json says');
} else {
	console.error('src/lib/api/schema.ts is not what docs/openapi.json says: npm run api:generate');
	process.exit(1);
}
