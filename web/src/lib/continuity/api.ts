/** Calls about shares, what stops, drills, and what is out of service. */
import { call } from '$lib/api/client';
import type { Drill, EndpointBlock, Exits, List, NewBlock, NewDrill, Shares } from '$lib/api/types';

export type Subject = NewBlock['subject'];

export const getShares = (days: number, fetcher?: typeof fetch) =>
	call<Shares>('GET', '/continuity/shares', { query: { since_ms: Date.now() - days * 86_400_000 }, fetch: fetcher });
export const getExits = (subject: string, value: string, fetcher?: typeof fetch) =>
	call<Exits>('GET', '/continuity/exits', { query: { subject, value }, fetch: fetcher });

export const listDrills = (cursor: string | null, fetcher?: typeof fetch) =>
	call<List<Drill>>('GET', '/drills', { query: { cursor, limit: 20 }, fetch: fetcher });
export const getDrill = (id: string, fetcher?: typeof fetch) => call<Drill>('GET', `/drills/${id}`, { fetch: fetcher });
export const startDrill = (body: NewDrill) => call<Drill>('POST', '/drills', { body });
export const endDrill = (id: string) => call<Drill>('POST', `/drills/${id}/end`);

export const listBlocks = (fetcher?: typeof fetch) =>
	call<List<EndpointBlock>>('GET', '/endpoint-blocks', { fetch: fetcher });
export const endBlock = (id: string) => call<void>('DELETE', `/endpoint-blocks/${id}`);
