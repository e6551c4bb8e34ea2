/** Batches of calls: what the server says of them, and what a page makes of it. */
import { call } from '$lib/api/client';
import type { Batch, BatchList, BatchState } from '$lib/api/types';
import { count } from '$lib/i18n/format';
import { t, tOr } from '$lib/i18n/locale.svelte';

export const listBatches = (fetcher?: typeof fetch) =>
	call<BatchList>('GET', '/v1/batches', { query: { limit: 100 }, fetch: fetcher });
export const cancelBatch = (id: string) => call<Batch>('POST', `/v1/batches/${id}/cancel`);

/** The address of a file's content, for a link. */
export const contentOf = (file: string) => `/v1/files/${file}/content`;

/** Whether nothing will happen any more. */
export function isOver(batch: Batch): boolean {
	return ['failed', 'completed', 'expired', 'cancelled'].includes(batch.status);
}

type LineFault = NonNullable<Batch['errors']>['data'][number];

/** What is wrong with a line, with its number; in the server's own words where its code has none here. */
export function lineFaultText({ code, line, message, param }: LineFault): string {
	const place = line === null ? '' : t('batch.line', { line: count(line) });
	return place + tOr(`batch.fault.${code}`, message, { field: param ?? '' });
}

/** How a state looks beside its words. */
export function toneOf(state: BatchState): 'info' | 'good' | 'warning' | 'bad' {
	if (state === 'completed') return 'good';
	if (state === 'failed') return 'bad';
	return state === 'expired' || state === 'cancelled' || state === 'cancelling' ? 'warning' : 'info';
}
