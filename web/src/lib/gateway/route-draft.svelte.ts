/**
 * A route while it is being described: endpoints in the order to try.
 *
 * The places in the order stay; moving an endpoint swaps it with its neighbour's place, so whether
 * a place shares its turn with the one above does not move along.
 */
import type { Bounds, Capability, Leg, NewRoute, Purpose, Route } from '$lib/api/types';
import { wholeOf } from './price';

/** One endpoint of the route, with what it says of itself. */
export class LegDraft {
	/** For the list on screen only. */
	readonly key: number;
	endpointId = $state('');
	/** It shares its turn with the one above. */
	together = $state(false);
	weight = $state('1');
	labelFrom = $state('');
	labelTo = $state('');
	purposes = $state<Purpose[]>([]);
	needs = $state<Capability[]>([]);

	constructor(key: number, endpointId: string) {
		this.key = key;
		this.endpointId = endpointId;
	}

	static of(key: number, leg: Leg): LegDraft {
		const draft = new LegDraft(key, leg.endpoint_id);
		draft.weight = String(leg.weight ?? 1);
		draft.labelFrom = leg.when?.label_from ?? '';
		draft.labelTo = leg.when?.label_to ?? '';
		draft.purposes = [...(leg.when?.purposes ?? [])];
		draft.needs = [...(leg.when?.needs ?? [])];
		return draft;
	}

	body(tier: number): Leg {
		const { endpointId: endpoint_id, purposes, needs } = this;
		const when = { label_from: this.labelFrom || null, label_to: this.labelTo || null, purposes, needs };
		return { endpoint_id, tier, weight: wholeOf(this.weight, 'legs') ?? 1, when };
	}
}

export class RouteDraft {
	publicName = $state('');
	name = $state('');
	legs = $state<LegDraft[]>([]);
	servesWorkspace = $state(false);
	hostingCountries = $state('');
	operatorCountries = $state('');
	outputYenMost = $state('');
	failover = $state(true);
	hedgeAfter = $state('');
	#keys = 0;

	static of(route: Route): RouteDraft {
		const draft = new RouteDraft();
		draft.publicName = route.public_name;
		draft.name = route.name;
		draft.servesWorkspace = route.serves_workspace;
		let before: number | null = null;
		for (const leg of byTier(route.legs)) {
			const made = LegDraft.of(draft.#keys++, leg);
			made.together = before === (leg.tier ?? 0);
			before = leg.tier ?? 0;
			draft.legs.push(made);
		}
		const { hosting_countries, operator_countries, output_yen_most, failover, hedge_after_ms } = route.bounds;
		draft.hostingCountries = hosting_countries.join(', ');
		draft.operatorCountries = operator_countries.join(', ');
		draft.outputYenMost = output_yen_most?.toString() ?? '';
		draft.failover = failover ?? true;
		draft.hedgeAfter = hedge_after_ms?.toString() ?? '';
		return draft;
	}

	add(endpointId: string): void {
		this.legs.push(new LegDraft(this.#keys++, endpointId));
	}

	/** Takes an endpoint out; a place that shared its turn with it keeps that turn. */
	remove(index: number): void {
		const [gone] = this.legs.splice(index, 1);
		const next = this.legs[index];
		if (next && gone) next.together = next.together && gone.together;
	}

	/** Swaps the endpoint with the one at the next place up (-1) or down (1). */
	move(index: number, by: -1 | 1): void {
		const [here, there] = [this.legs[index], this.legs[index + by]];
		if (!here || !there) return;
		[here.together, there.together] = [there.together, here.together];
		this.legs[index] = there;
		this.legs[index + by] = here;
	}

	/** The turn of every place, from 0. */
	tiers(): number[] {
		let tier = 0;
		return this.legs.map((leg, index) => {
			if (index > 0 && !leg.together) tier += 1;
			return tier;
		});
	}

	body(): Required<NewRoute> {
		const tiers = this.tiers();
		return {
			public_name: this.publicName.trim(),
			name: this.name.trim(),
			legs: this.legs.map((leg, index) => leg.body(tiers[index] ?? 0)),
			bounds: this.#bounds(),
			serves_workspace: this.servesWorkspace
		};
	}

	#bounds(): Bounds {
		return {
			hosting_countries: countriesOf(this.hostingCountries),
			operator_countries: countriesOf(this.operatorCountries),
			output_yen_most: wholeOf(this.outputYenMost, 'output_yen_most'),
			failover: this.failover,
			hedge_after_ms: wholeOf(this.hedgeAfter, 'hedge_after_ms')
		};
	}
}

/** In the order of trying; inside a turn as they were written. */
export function byTier(legs: Leg[]): Leg[] {
	return [...legs].sort((a, b) => (a.tier ?? 0) - (b.tier ?? 0));
}

/** The legs of a route, turn by turn. */
export function turns(legs: Leg[]): Leg[][] {
	const all: Leg[][] = [];
	for (const leg of byTier(legs)) {
		const last = all.at(-1);
		if (last && (last[0]?.tier ?? 0) === (leg.tier ?? 0)) last.push(leg);
		else all.push([leg]);
	}
	return all;
}

/** Names between commas; codes of two letters in capitals, as endpoints have them. */
function countriesOf(text: string): string[] {
	const names = text.split(/[,、，]/).map((name) => name.trim());
	return names.filter((name) => name !== '').map((name) => (name.length === 2 ? name.toUpperCase() : name));
}
