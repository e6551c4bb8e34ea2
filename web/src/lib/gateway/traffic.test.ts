/** What the traffic page reads from its address, and the shape of its chart. */
import { describe, expect, it } from 'vitest';
import { barsOf, dimensions, lineName, pauseFor, spans, trafficAddress, trafficAsked } from './traffic';

describe('trafficAsked', () => {
	it('comes back from its own address', () => {
		for (const by of dimensions) {
			for (const hours of spans) {
				const url = new URL(trafficAddress({ by, hours }), 'http://localhost');
				expect(trafficAsked(url.searchParams)).toEqual({ by, hours });
			}
		}
	});

	it('is the usual where the address makes no sense', () => {
		const asked = trafficAsked(new URLSearchParams('by=person&hours=-3'));
		expect(asked).toEqual({ by: 'endpoint', hours: 1 });
	});
});

describe('barsOf', () => {
	it('fills the height with the tallest and stacks what each bar is made of', () => {
		const bars = barsOf([
			{ start_ms: 0, calls: 10, refused: 2, errors: 3 },
			{ start_ms: 1, calls: 5, refused: 0, errors: 0 }
		]);
		expect(bars.map((bar) => [bar.well, bar.refused, bar.errors])).toEqual([
			[50, 20, 30],
			[50, 0, 0]
		]);
		expect(bars.map((bar) => bar.x)).toEqual([0, 50]);
	});

	it('draws nothing of no calls', () => {
		expect(barsOf([])).toEqual([]);
		expect(barsOf([{ start_ms: 0, calls: 0, refused: 0, errors: 0 }])[0]).toMatchObject({ well: 0, errors: 0 });
	});
});

describe('the rest', () => {
	it('asks less often for longer times', () => {
		expect(spans.map(pauseFor)).toEqual([5_000, 15_000, 15_000, 60_000, 60_000]);
	});

	it('names a line by what people know', () => {
		expect(lineName('endpoint', { key: 'x', name: '庁内' })).toBe('庁内');
		expect(lineName('model', { key: 'up-model', name: '' })).toBe('up-model');
		expect(lineName('outcome', { key: 'denied', name: '' })).toBe('拒否');
		expect(lineName('endpoint', { key: '0199-0000-4abcdef', name: '' })).toBe('削除された接続先（…abcdef）');
		expect(lineName('app', { key: '', name: '' })).toBe('（指定なし）');
	});
});
