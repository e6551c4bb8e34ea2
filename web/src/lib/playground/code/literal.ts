/**
 * Values as source text: Python, JavaScript, and words for a POSIX shell.
 *
 * A text written by JSON means the same in all of them, whatever characters it holds.
 */
import type { Json } from '../request';

/** Lines longer than this are broken at their brackets. */
const width = 80;

export interface Language {
	step: string;
	/** `true`, `false` and nothing. */
	words: { yes: string; no: string; nothing: string };
	/** The name of a field of an object. */
	key: (name: string) => string;
	/** Whether objects have spaces inside their braces. */
	airy: boolean;
}

export const python: Language = {
	step: '    ',
	words: { yes: 'True', no: 'False', nothing: 'None' },
	key: (name) => JSON.stringify(name),
	airy: false
};

export const javascript: Language = {
	step: '  ',
	words: { yes: 'true', no: 'false', nothing: 'null' },
	key: (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)),
	airy: true
};

/** `value` as source text; what goes over several lines is indented below `indent`. */
export function literal(value: Json, language: Language, indent = ''): string {
	if (value === null) return language.words.nothing;
	if (typeof value === 'boolean') return value ? language.words.yes : language.words.no;
	if (typeof value !== 'object') return JSON.stringify(value);
	const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
	const inner = indent + language.step;
	const parts = (below: string) =>
		Array.isArray(value)
			? value.map((one) => literal(one, language, below))
			: Object.entries(value).map(([name, one]) => `${language.key(name)}: ${literal(one, language, below)}`);
	const air = language.airy && open === '{' ? ' ' : '';
	const line = `${open}${air}${parts(indent).join(', ')}${air}${close}`;
	if (!line.includes('\n') && indent.length + line.length <= width) return line;
	return `${open}\n${parts(inner)
		.map((part) => `${inner}${part},\n`)
		.join('')}${indent}${close}`;
}

/** The arguments of a Python call by name, one a line. */
export function pythonArguments(values: Record<string, Json>): string {
	return Object.entries(values)
		.map(([name, value]) => `    ${name}=${literal(value, python, '    ')},\n`)
		.join('');
}

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
