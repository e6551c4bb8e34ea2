import { expect, test } from 'vitest';
import { CheckDraft, linesOf } from './check-draft.svelte';

test('texts are one a line, and empty lines say nothing', () => {
	expect(linesOf(' 500円 \n\n　\r\n持込')).toEqual(['500円', '持込']);
	expect(linesOf('')).toEqual([]);
});

test('a question is sent as it was written, without space around it', () => {
	const draft = new CheckDraft(1, 'kaname/standard');
	draft.question = ' 手数料は？\n';
	draft.expected = '500円\n';
	expect(draft.body()).toEqual({
		question: '手数料は？',
		model: 'kaname/standard',
		expected: ['500円'],
		forbidden: []
	});
});
