import { describe, expect, it } from 'vitest';
import type { Batch, BatchState } from '$lib/api/types';
import { isOver, lineFaultText, toneOf } from './batches';

const states: BatchState[] = [
	'validating',
	'failed',
	'in_progress',
	'finalizing',
	'completed',
	'expired',
	'cancelling',
	'cancelled'
];

describe('a batch on screen', () => {
	it('is over in four of its states', () => {
		const over = states.filter((status) => isOver({ status } as Batch));
		expect(over).toEqual(['failed', 'completed', 'expired', 'cancelled']);
	});

	it('looks good only when it was completed', () => {
		expect(states.filter((state) => toneOf(state) === 'good')).toEqual(['completed']);
		expect(states.filter((state) => toneOf(state) === 'info')).toEqual(['validating', 'in_progress', 'finalizing']);
	});

	it('says what is wrong with a line in the language in force, else in the words of the server', () => {
		const fault = { code: 'missing_field', line: 1200, message: '`body` is missing', param: 'body' };
		expect(lineFaultText(fault)).toBe('1,200行目：bodyがありません。');
		expect(lineFaultText({ ...fault, code: 'new_code', line: null })).toBe('`body` is missing');
	});
});
