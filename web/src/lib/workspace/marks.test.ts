/** Marks in answers become links only where a citation stands behind them. */
import { describe, expect, it } from 'vitest';
import type { Citation } from '$lib/api/types';
import { segmentsOf } from './marks';

const citation = (number: number) => ({ number }) as Citation;

describe('segmentsOf', () => {
	it('cuts at each mark that names a citation', () => {
		const [one, two] = [citation(1), citation(2)];
		expect(segmentsOf('手数料は500円です。[1][2]以上', [one, two])).toEqual([
			{ kind: 'text', text: '手数料は500円です。' },
			{ kind: 'mark', citation: one },
			{ kind: 'mark', citation: two },
			{ kind: 'text', text: '以上' }
		]);
	});

	it('leaves brackets that cite nothing as they are', () => {
		expect(segmentsOf('様式[3]を提出', [citation(1)])).toEqual([{ kind: 'text', text: '様式[3]を提出' }]);
	});
});
