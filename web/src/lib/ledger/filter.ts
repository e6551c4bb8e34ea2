/** The filter of the timeline, kept in the address so that it can be shared. Days are local days. */
import type { ActFilter } from './api';

/** What the person filled in, as text. */
export interface FilterText {
	kind: string;
	from: string;
	to: string;
}

/** Reads the filter from an address. */
export function filterText(search: URLSearchParams): FilterText {
	return { kind: search.get('kind') ?? '', from: search.get('from') ?? '', to: search.get('to') ?? '' };
}

/** The address of a filtered timeline; empty parts are left out. */
export function filterAddress(text: FilterText): string {
	const pairs = Object.entries(text).filter(([, value]) => value !== '');
	return pairs.length === 0 ? '/acts' : `/acts?${new URLSearchParams(pairs)}`;
}

/** The filter as the server takes it; the last day counts in full. */
export function actFilter(text: FilterText): ActFilter {
	return { kind: text.kind || null, since_ms: startOf(text.from, 0), until_ms: startOf(text.to, 1) };
}

function startOf(day: string, plusDays: number): number | null {
	const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
	if (match === null) return null;
	return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + plusDays).getTime();
}
