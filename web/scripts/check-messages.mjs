/**
 * Fails when the two languages differ in keys or placeholders, or when nothing uses a key.
 *
 * A key counts as used when it stands in quotes somewhere under `src`, or when a template such as
 * `error.${code}` names its family; families are read from the sources, not listed here.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const ja = read('messages/ja.json');
const en = read('messages/en.json');
const sources = filesUnder(join(root, 'src'))
	.map((path) => readFileSync(path, 'utf8'))
	.join('\n');
const families = [...sources.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map((match) => match[1] ?? '');
const faults = [...Object.keys({ ...ja, ...en }).flatMap(faultsOf)];

if (faults.length > 0) {
	console.error(faults.join('\n'));
	process.exit(1);
}
console.log(`messages: ${Object.keys(ja).length} keys in ja and en, all used`);

/** @param {string} key */
function faultsOf(key) {
	const [inJa, inEn] = [ja[key], en[key]];
	if (inJa === undefined || inEn === undefined) return [`${key}: missing in ${inJa === undefined ? 'ja' : 'en'}`];
	const found = [];
	if (inJa.trim() === '' || inEn.trim() === '') found.push(`${key}: empty`);
	if (placeholders(inJa) !== placeholders(inEn)) found.push(`${key}: placeholders differ`);
	if (!isUsed(key)) found.push(`${key}: nothing uses it`);
	return found;
}

/** @param {string} key */
function isUsed(key) {
	return sources.includes(`'${key}'`) || families.some((family) => key.startsWith(family));
}

/** @param {string} text */
function placeholders(text) {
	return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
}

/** @param {string} path @returns {Record<string, string>} */
function read(path) {
	return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** @param {string} folder @returns {string[]} */
function filesUnder(folder) {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && entry.name !== 'schema.ts')
		.map((entry) => join(entry.parentPath, entry.name));
}
