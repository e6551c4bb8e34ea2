/** A route's draft: the order to try, what moves and what stays. */
import type { Route } from '$lib/api/types';
import { describe, expect, it } from 'vitest';
import { RouteDraft, turns } from './route-draft.svelte';

const route: Route = {
	id: 'r',
	public_name: 'kaname/standard',
	name: '標準',
	enabled: true,
	legs: [
		{ endpoint_id: 'c', tier: 5, weight: 1 },
		{ endpoint_id: 'a', tier: 0, weight: 3, when: { label_from: null, label_to: '1', purposes: ['ask'], needs: [] } },
		{ endpoint_id: 'b', tier: 0, weight: 1 }
	],
	bounds: { hosting_countries: ['JP'], operator_countries: [], output_yen_most: 500, failover: null, hedge_after_ms: null },
	serves_workspace: true,
	created_at_ms: 0
};

const order = (draft: RouteDraft) =>
	draft.body().legs.map(({ endpoint_id, tier }) => `${String(tier)}${endpoint_id}`);

describe('a route draft', () => {
	it('takes a route over and gives the same back, turns counted from 0', () => {
		const { legs, bounds, serves_workspace } = RouteDraft.of(route).body();
		expect(legs.map(({ endpoint_id, tier, weight }) => [endpoint_id, tier, weight])).toEqual([
			['a', 0, 3],
			['b', 0, 1],
			['c', 1, 1]
		]);
		expect(legs[0]?.when).toEqual({ label_from: null, label_to: '1', purposes: ['ask'], needs: [] });
		expect(bounds).toEqual({
			hosting_countries: ['JP'],
			operator_countries: [],
			output_yen_most: 500,
			failover: true,
			hedge_after_ms: null
		});
		expect(serves_workspace).toBe(true);
		expect(new RouteDraft().body().serves_workspace).toBe(false);
	});

	it('keeps the wait before a second endpoint is asked, and names its field where it is no number', () => {
		const draft = RouteDraft.of({ ...route, bounds: { ...route.bounds, hedge_after_ms: 800 } });
		expect(draft.body().bounds.hedge_after_ms).toBe(800);
		draft.hedgeAfter = '１,５００';
		expect(draft.body().bounds.hedge_after_ms).toBe(1500);
		draft.hedgeAfter = '1.5';
		expect(() => draft.body()).toThrow(expect.objectContaining({ code: 'client.not_whole', field: 'hedge_after_ms' }));
	});

	it('moves endpoints between places and leaves the turns where they are', () => {
		const draft = RouteDraft.of(route);
		draft.move(2, -1);
		expect(order(draft)).toEqual(['0a', '0c', '1b']);
		draft.move(1, -1);
		expect(order(draft)).toEqual(['0c', '0a', '1b']);
		draft.move(0, -1);
		expect(order(draft)).toEqual(['0c', '0a', '1b']);
	});

	it('keeps the turn of what shared it when an endpoint is taken out', () => {
		const draft = RouteDraft.of(route);
		draft.remove(0);
		expect(order(draft)).toEqual(['0b', '1c']);
		draft.add('d');
		draft.remove(0);
		expect(order(draft)).toEqual(['0c', '1d']);
	});

	it('reads countries between commas of either kind and refuses what is no number', () => {
		const draft = RouteDraft.of(route);
		draft.operatorCountries = 'jp、US, フランス';
		draft.outputYenMost = '１,２００';
		expect(draft.body().bounds).toMatchObject({ operator_countries: ['JP', 'US', 'フランス'], output_yen_most: 1200 });
		draft.outputYenMost = 'たくさん';
		expect(() => draft.body()).toThrow(expect.objectContaining({ code: 'client.not_whole', field: 'output_yen_most' }));
	});
});

describe('turns', () => {
	it('puts endpoints of the same tier together', () => {
		expect(turns(route.legs).map((turn) => turn.map((leg) => leg.endpoint_id))).toEqual([['a', 'b'], ['c']]);
	});
});
