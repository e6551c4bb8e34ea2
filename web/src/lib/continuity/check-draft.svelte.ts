/** Check questions of a drill while they are being written; texts are one a line. */
import type { CheckQuestion } from '$lib/api/types';

/** Most questions of a drill. */
export const checksMax = 20;

export class CheckDraft {
	/** For the list on screen only. */
	readonly key: number;
	question = $state('');
	model = $state('');
	expected = $state('');
	forbidden = $state('');

	constructor(key: number, model: string) {
		this.key = key;
		this.model = model;
	}

	body(): CheckQuestion {
		const { question, model, expected, forbidden } = this;
		return { question: question.trim(), model, expected: linesOf(expected), forbidden: linesOf(forbidden) };
	}
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '');
}
