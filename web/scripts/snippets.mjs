/**
 * The code of the playground outside of a browser, by the very module that the screen uses.
 *
 * Reads a list of `{tool, request, origin}` as JSON from its input and prints the list of codes.
 * With `--page FILE` it fills in the marked blocks of a page instead. Needs no network.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const web = new URL('..', import.meta.url).pathname;
// The compiler's settings are partly made by the framework.
if (!existsSync(`${web}.svelte-kit/tsconfig.json`)) execFileSync('npx', ['svelte-kit', 'sync'], { cwd: web });

const library = `${web}src/lib/playground/`;
const load = async (/** @type {string} */ name) =>
	(await runnerImport(library + name, { configFile: false, logLevel: 'error' })).module;

if (process.argv[2] === '--page') {
	const { filled } = await load('page.ts');
	const page = process.argv[3] ?? '';
	writeFileSync(page, filled(readFileSync(page, 'utf8')));
	console.log(`snippets: ${page} is filled in`);
} else {
	const { codeOf } = await load('code.ts');
	const wanted = JSON.parse(readFileSync(0, 'utf8'));
	const codes = wanted.map((/** @type {any} */ one) => codeOf(one.tool, one.request, one.origin));
	process.stdout.write(JSON.stringify(codes));
}
