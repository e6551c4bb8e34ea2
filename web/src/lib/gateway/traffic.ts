/** Live traffic: the call, what is asked for in the address, and the chart's shape. */
import { call } from '$lib/api/client';
import type { Traffic, TrafficBy, TrafficLine, TrafficPoint } from '$lib/api/types';
import { tOr, t } from '$lib/i18n/locale.svelte';

export const dimensions = [
	'endpoint',
	'model',
	'vendor',
	'route',
	'department',
	'app',
	'purpose',
	'outcome'
] as const satisfies readonly TrafficBy[];

/** The hours that can be looked at together. */
export const spans = [1, 6, 24, 168, 720] as const;
export type Span = (typeof spans)[number];

/** What is looked at, as the address says it. */
export interface TrafficAsked {
	by: TrafficBy;
	hours: Span;
}

/** Reads the address; what makes no sense there is the usual. */
export function trafficAsked(search: URLSearchParams): TrafficAsked {
	const by = dimensions.find((name) => name === search.get('by')) ?? 'endpoint';
	const hours = spans.find((span) => String(span) === search.get('hours')) ?? 1;
	return { by, hours };
}

/** The address of what is looked at. */
export const trafficAddress = (asked: TrafficAsked) => `/admin/traffic?by=${asked.by}&hours=${asked.hours}`;

/** The traffic up to now, by the server's clock as far as the last answer told it. */
export function getTraffic(asked: TrafficAsked, fetcher?: typeof fetch): Promise<Traffic> {
	const now = Date.now();
	const query = { by: asked.by, since_ms: now - asked.hours * 3_600_000, until_ms: now };
	return call<Traffic>('GET', '/traffic', { query, fetch: fetcher });
}

/** How often the page asks again, in milliseconds: longer times cost more and change less. */
export function pauseFor(hours: Span): number {
	if (hours <= 1) return 5_000;
	return hours <= 24 ? 15_000 : 60_000;
}

/** What a line is called: its name, the words for its key, its key, that it is gone, or that there is none. */
export function lineName(by: TrafficBy, line: Pick<TrafficLine, 'key' | 'name'>): string {
	if (line.name !== '') return line.name;
	if (line.key === '') return t('traffic.none_named');
	if (by === 'purpose') return tOr(`purpose.${line.key}`, line.key);
	if (by === 'outcome') return tOr(`traffic.outcome.${line.key}`, line.key);
	// The end of an id is chance, so it tells apart what was made in the same minute.
	if (by === 'endpoint' || by === 'route' || by === 'department') return t(`traffic.gone.${by}`, { id: line.key.slice(-6) });
	return line.key;
}

/** One bar of the chart, in parts of a hundred of its height, from the bottom. */
export interface Bar {
	x: number;
	width: number;
	well: number;
	refused: number;
	errors: number;
}

/** The points as bars over a width of a hundred; the tallest fills the height. */
export function barsOf(points: TrafficPoint[]): Bar[] {
	const most = Math.max(1, ...points.map((point) => point.calls));
	const step = 100 / Math.max(points.length, 1);
	return points.map((point, place) => ({
		x: place * step,
		width: step * 0.8,
		well: ((point.calls - point.refused - point.errors) / most) * 100,
		refused: (point.refused / most) * 100,
		errors: (point.errors / most) * 100
	}));
}
