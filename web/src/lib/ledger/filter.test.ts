/** The timeline's filter, from the address to the server. */
import { describe, expect, it } from 'vitest';
import { actFilter, filterAddress, filterText } from './filter';

describe('the timeline filter', () => {
	it('comes back the same from its address', () => {
		const text = { kind: 'request', from: '2026-04-01', to: '2026-04-30' };
		expect(filterText(new URL(filterAddress(text), 'http://localhost').searchParams)).toEqual(text);
		expect(filterAddress({ kind: '', from: '', to: '' })).toBe('/acts');
	});

	it('takes whole local days, the last one included', () => {
		const filter = actFilter({ kind: '', from: '2026-12-31', to: '2026-12-31' });
		expect(filter).toEqual({
			kind: null,
			since_ms: new Date(2026, 11, 31).getTime(),
			until_ms: new Date(2027, 0, 1).getTime()
		});
	});

	it('drops days that make no sense', () => {
		expect(actFilter({ kind: 'x', from: 'tomorrow', to: '2026' })).toEqual({
			kind: 'x',
			since_ms: null,
			until_ms: null
		});
	});
});
