/** The code that sends a request; that it runs is shown by tests/sdk/test_snippets.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeOf, installOf, tools } from './code';
import { javascript, literal, python, shellWord } from './code/literal';
import { filled, marksOf } from './page';
import { bodyOf, dialects, headersOf, type ModelRequest } from './request';

const request: ModelRequest = {
	model: 'kaname/standard',
	dialect: 'chat_completions',
	system: '役場の係として答える。',
	user: "「'①'」\n\"$HOME\" `x` \\",
	temperature: 0.5,
	maxTokens: 200,
	stream: true,
	label: '2+personal'
};
const origin = 'https://kaname.example';

describe('the body of a request', () => {
	it('says the same in every dialect', () => {
		const said = { role: 'user', content: request.user };
		expect(bodyOf(request)).toEqual({
			model: 'kaname/standard',
			messages: [{ role: 'system', content: request.system }, said],
			temperature: 0.5,
			max_completion_tokens: 200,
			stream: true,
			stream_options: { include_usage: true }
		});
		expect(bodyOf({ ...request, dialect: 'responses' })).toEqual({
			model: 'kaname/standard',
			instructions: request.system,
			input: request.user,
			temperature: 0.5,
			max_output_tokens: 200,
			stream: true
		});
		expect(bodyOf({ ...request, dialect: 'messages' })).toEqual({
			model: 'kaname/standard',
			max_tokens: 200,
			system: request.system,
			messages: [said],
			temperature: 0.5,
			stream: true
		});
	});

	it('leaves out what nobody said, but for the bound that Messages wants', () => {
		const bare = { ...request, system: '', temperature: null, maxTokens: null, stream: false, label: null };
		const messages = [{ role: 'user', content: request.user }];
		expect(bodyOf(bare)).toEqual({ model: 'kaname/standard', messages });
		expect(bodyOf({ ...bare, dialect: 'responses' })).toEqual({ model: 'kaname/standard', input: request.user });
		expect(bodyOf({ ...bare, dialect: 'messages' })).toEqual({ model: 'kaname/standard', max_tokens: 1024, messages });
		expect(headersOf(bare)).toEqual({});
		for (const tool of tools) expect(codeOf(tool, bare, origin)).not.toContain('x-kaname-label');
	});
});

describe('a value as source text', () => {
	it('is JSON where the language is JavaScript', () => {
		const value = { a: [1, 'x'.repeat(60), null], 'b-c': { d: true } };
		expect(new Function(`return ${literal(value, javascript)}`)()).toEqual(value);
		expect(literal({ a: 1, 'b-c': false }, javascript)).toBe('{ a: 1, "b-c": false }');
	});

	it('has the words of Python', () => {
		expect(literal([true, false, null, { a: 'あ' }], python)).toBe('[True, False, None, {"a": "あ"}]');
	});

	it('is broken at its brackets when it is long', () => {
		const long = 'あ'.repeat(50);
		expect(literal([long, { b: long }], python, '    ')).toBe(
			`[\n        "${long}",\n        {"b": "${long}"},\n    ]`
		);
	});

	it('is one word for a shell, whatever it holds', () => {
		expect(shellWord("it's $HOME")).toBe(`'it'\\''s $HOME'`);
	});
});

describe('the code', () => {
	const all = tools.flatMap((tool) =>
		dialects.flatMap((dialect) => [true, false].map((stream) => ({ tool, dialect, stream })))
	);

	it.each(all)('of $tool in $dialect (stream: $stream) reads the key and names place, model and label', (one) => {
		const code = codeOf(one.tool, { ...request, dialect: one.dialect, stream: one.stream }, origin);
		expect(code).toContain('KANAME_API_KEY');
		expect(code).toContain('kaname/standard');
		expect(code).toContain('2+personal');
		const addsPath = one.dialect === 'messages' && one.tool !== 'curl' && one.tool !== 'llamaindex';
		expect(code.includes(`${origin}/v1`)).toBe(!addsPath);
		expect(code).toContain(origin);
	});

	it('says what has to be installed', () => {
		expect(installOf('curl', request)).toBe('');
		expect(installOf('python', request)).toBe('pip install openai');
		expect(installOf('javascript', { dialect: 'messages' })).toBe('npm install @anthropic-ai/sdk');
	});
});

describe('docs/user/sdks.md', () => {
	const page = readFileSync(new URL('../../../../docs/user/sdks.md', import.meta.url), 'utf8');

	it('shows what the generator writes: node scripts/snippets.mjs --page ../docs/user/sdks.md', () => {
		expect(page).toBe(filled(page));
	});

	it('has code for every tool and every dialect', () => {
		const marks = marksOf(page);
		for (const word of [...tools, ...dialects]) {
			expect(marks.filter((mark) => mark.split(' ').includes(word)), word).not.toEqual([]);
		}
	});

	it('refuses a mark that it does not know', () => {
		expect(() => filled('<!-- code: perl messages -->\n```sh\n```')).toThrow('perl');
	});
});
