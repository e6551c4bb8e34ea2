/** Labels taken apart, put together and named. */
import { describe, expect, it } from 'vitest';
import type { LabelPack } from '$lib/api/types';
import { labelOf, meaningOf, nameOf, partsOf } from './label';

const pack: LabelPack = {
	id: 'municipality',
	version: '1',
	source: '',
	status: 'verified',
	effective_date: '2026-04-01',
	default_rank: 1,
	name: { ja: '', en: '' },
	ranks: [
		{
			rank: 3,
			key: '3c',
			name: { ja: '自治体機密性3C', en: 'Municipal 3C' },
			short: { ja: '3C', en: '3C' },
			description: { ja: '説明', en: 'Meaning' }
		}
	],
	compartments: [{ key: 'personal', name: { ja: '個人情報', en: 'Personal' } }]
};

describe('labels', () => {
	it('come back the same after being taken apart', () => {
		for (const label of ['0', '3', '3+personal', '3+my_number+personal']) expect(labelOf(partsOf(label))).toBe(label);
	});

	it('are put together in canonical order', () => {
		expect(labelOf({ rank: 2, compartments: ['personal', 'my_number'] })).toBe('2+my_number+personal');
	});

	it('are named from the pack in the language asked for', () => {
		expect(nameOf('3+personal', pack, 'ja', 'name')).toBe('自治体機密性3C・個人情報');
		expect(nameOf('3+personal', pack, 'en', 'short')).toBe('3C, Personal');
		expect(meaningOf('3', pack, 'en')).toBe('Meaning');
	});

	it('show their keys where the pack does not know them', () => {
		expect(nameOf('9+secret', pack, 'ja', 'name')).toBe('9・secret');
		expect(nameOf('1', undefined, 'ja', 'name')).toBe('1');
	});
});
