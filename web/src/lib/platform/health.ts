/** The health of the whole: what the server finds of itself, and its endpoints taken together. */
import type { Endpoint, Health } from '$lib/api/types';

export type Check = Health['checks'][number];

/** Endpoints that are switched on and failed their last test. */
export function failingEndpoints(endpoints: Endpoint[]): Endpoint[] {
	return endpoints.filter((endpoint) => endpoint.enabled && endpoint.health.state === 'failing');
}

/** The worst of all: an endpoint that fails is as bad as a check that does. */
export function worstOf(checks: Check[], endpoints: Endpoint[]): 'failing' | 'warning' | 'ok' {
	const states = checks.map((check) => check.state);
	if (states.includes('failing') || failingEndpoints(endpoints).length > 0) return 'failing';
	return states.includes('warning') ? 'warning' : 'ok';
}
