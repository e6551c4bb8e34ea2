/**
 * The page of the documentation that shows the code, filled in by the generator.
 *
 * A comment such as `<!-- code: python messages stream label -->` says which code the block after it
 * holds; everything else on the page stays as it is.
 */
import { codeOf, tools, type Tool } from './code';
import { dialects, type Dialect, type ModelRequest } from './request';

/** Where the examples of the page find Kaname. */
const origin = 'http://localhost:8080';
const block = /(<!-- code: ([a-z_ ]+) -->\n+```\w+\n)[^]*?(```)/g;

/** `page` with every marked block as the generator writes it. */
export function filled(page: string): string {
	return page.replace(block, (_, head: string, words: string, tail: string) => {
		const [tool = '', dialect = '', ...options] = words.split(' ');
		if (!isTool(tool) || !isDialect(dialect)) throw new Error(`the page asks for ${words}`);
		return `${head}${codeOf(tool, sampleOf(dialect, options), origin).trimEnd()}\n${tail}`;
	});
}

/** What the page asks for: `python messages stream` and the like. */
export function marksOf(page: string): string[] {
	return [...page.matchAll(block)].map((match) => match[2] ?? '');
}

function sampleOf(dialect: Dialect, options: string[]): ModelRequest {
	return {
		model: 'kaname/standard',
		dialect,
		system: options.includes('system') ? 'やさしい日本語で答えてください。' : '',
		user: '要点を三つにまとめてください。…',
		temperature: null,
		maxTokens: null,
		stream: options.includes('stream'),
		label: options.includes('label') ? '2' : null
	};
}

const isTool = (word: string): word is Tool => (tools as readonly string[]).includes(word);
const isDialect = (word: string): word is Dialect => (dialects as readonly string[]).includes(word);
