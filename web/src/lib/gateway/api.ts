/** Calls about the endpoints that models are reached through, and the routes to them. */
import { call } from '$lib/api/client';
import type {
	Endpoint,
	EndpointChange,
	EndpointTest,
	List,
	NewEndpoint,
	NewRoute,
	PriceOffer,
	Probe,
	Route,
	RouteChange
} from '$lib/api/types';

export const listEndpoints = (fetcher?: typeof fetch) =>
	call<List<Endpoint>>('GET', '/endpoints', { query: { limit: 200 }, fetch: fetcher });
export const createEndpoint = (body: NewEndpoint) => call<Endpoint>('POST', '/endpoints', { body });
export const changeEndpoint = (id: string, body: EndpointChange) =>
	call<Endpoint>('PATCH', `/endpoints/${id}`, { body });
export const deleteEndpoint = (id: string) => call<void>('DELETE', `/endpoints/${id}`);
export const testEndpoint = (id: string) => call<EndpointTest>('POST', `/endpoints/${id}/test`);
export const probeEndpoint = (base_url: string, api_key: string) =>
	call<Probe>('POST', '/endpoints/probe', { body: api_key === '' ? { base_url } : { base_url, api_key } });

export const listPrices = () => call<List<PriceOffer>>('GET', '/prices');

export const listRoutes = (fetcher?: typeof fetch) =>
	call<List<Route>>('GET', '/routes', { query: { limit: 200 }, fetch: fetcher });
export const createRoute = (body: NewRoute) => call<Route>('POST', '/routes', { body });
export const changeRoute = (id: string, body: RouteChange) => call<Route>('PATCH', `/routes/${id}`, { body });
export const removeRoute = (id: string) => call<void>('DELETE', `/routes/${id}`);
