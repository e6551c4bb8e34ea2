/** Calls about the record of acts and its proofs. */
import { call, open } from '$lib/api/client';
import type { Act, LedgerHead, LedgerVerification, List } from '$lib/api/types';

export interface ActFilter {
	kind?: string | null;
	since_ms?: number | null;
	until_ms?: number | null;
	user_id?: string | null;
}

export const listActs = (filter: ActFilter, cursor: string | null, fetcher?: typeof fetch) =>
	call<List<Act>>('GET', '/acts', { query: { ...filter, cursor, limit: 100 }, fetch: fetcher });
export const getAct = (id: string, fetcher?: typeof fetch) =>
	call<{ act: Act; chain: Act[] }>('GET', `/acts/${id}`, { fetch: fetcher });
/** The receipt's JSON, untouched, so that what is kept is what was checked. */
export const getReceipt = async (actId: string) => (await open('GET', `/acts/${actId}/receipt`)).text();
export const getHead = (fetcher?: typeof fetch) => call<LedgerHead>('GET', '/ledger/head', { fetch: fetcher });
export const verifyLedger = () => call<LedgerVerification>('POST', '/ledger/verify');
