/** Calls about the endpoints that models are reached through. */
import { call } from '$lib/api/client';
import type { Endpoint, EndpointTest, List, NewEndpoint, Probe } from '$lib/api/types';

export const listEndpoints = (fetcher?: typeof fetch) =>
	call<List<Endpoint>>('GET', '/endpoints', { query: { limit: 200 }, fetch: fetcher });
export const createEndpoint = (body: NewEndpoint) => call<Endpoint>('POST', '/endpoints', { body });
export const changeEndpoint = (id: string, body: Partial<NewEndpoint> & { enabled?: boolean }) =>
	call<Endpoint>('PATCH', `/endpoints/${id}`, { body });
export const deleteEndpoint = (id: string) => call<void>('DELETE', `/endpoints/${id}`);
export const testEndpoint = (id: string) => call<EndpointTest>('POST', `/endpoints/${id}/test`);
export const probeEndpoint = (base_url: string, api_key: string) =>
	call<Probe>('POST', '/endpoints/probe', { body: api_key === '' ? { base_url } : { base_url, api_key } });
