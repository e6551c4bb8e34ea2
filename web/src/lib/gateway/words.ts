/** Endpoints and routes in words: what they can do, cost and demand. */
import type { Capability, Conditions, Endpoint, LabelPack, Purpose, Route, Speaks } from '$lib/api/types';
import { nameOf } from '$lib/guard/label';
import { calendarDay, count, listing } from '$lib/i18n/format';
import { locale, t } from '$lib/i18n/locale.svelte';
import { yen } from './price';

export const mainCapabilities = ['chat', 'embeddings'] as const satisfies Capability[];
export const furtherCapabilities = [
	'tools',
	'images',
	'files',
	'structured_output',
	'rerank'
] as const satisfies Capability[];
export const speaks = ['chat_completions', 'responses', 'messages'] as const satisfies Speaks[];
/** What a route can be asked for; an administrator's test names its endpoint. */
export const purposes = ['ask', 'conversation', 'direct_call', 'search', 'index'] as const satisfies Purpose[];

interface Fact {
	name: string;
	value: string;
}

/** What is known of an endpoint beyond its address and clearance. */
export function furtherFacts(endpoint: Endpoint): Fact[] {
	const { context_tokens, concurrent_max, cache_seconds, licence, price } = endpoint;
	const facts: (Fact | null)[] = [
		licence === '' ? null : { name: t('endpoint.licence_name'), value: licence },
		context_tokens == null ? null : { name: t('endpoint.context_tokens'), value: count(context_tokens) },
		concurrent_max == null ? null : { name: t('endpoint.concurrent_max'), value: count(concurrent_max) },
		cache_seconds === 0 ? null : { name: t('endpoint.cache_seconds'), value: count(cache_seconds) },
		price == null ? null : { name: t('endpoint.price'), value: priceText(price) }
	];
	return facts.filter((fact) => fact !== null);
}

function priceText(price: NonNullable<Endpoint['price']>): string {
	return t('endpoint.price_text', {
		input: yen(price.input),
		cached: yen(price.cached_input ?? price.input),
		output: yen(price.output),
		day: calendarDay(price.as_of)
	});
}

/** When an endpoint of a route is tried, or nothing when it always is. */
export function conditionsText(when: Conditions | undefined, pack: LabelPack | undefined): string {
	const label = (text: string) => nameOf(text, pack, locale(), 'name');
	const parts = [
		when?.label_from ? t('route.when_from', { label: label(when.label_from) }) : '',
		when?.label_to ? t('route.when_to', { label: label(when.label_to) }) : '',
		when?.purposes.length
			? t('route.when_purposes', { list: listing(when.purposes.map((one) => t(`purpose.${one}`))) })
			: '',
		when?.needs.length
			? t('route.when_needs', { list: listing(when.needs.map((one) => t(`capability.${one}`))) })
			: ''
	];
	return listing(parts.filter((part) => part !== ''));
}

/** What every endpoint behind a route must keep to. */
export function boundsFacts({ bounds }: Route): Fact[] {
	const facts: (Fact | null)[] = [
		bounds.hosting_countries.length
			? { name: t('endpoint.hosting_country'), value: listing(bounds.hosting_countries) }
			: null,
		bounds.operator_countries.length
			? { name: t('endpoint.operator_country'), value: listing(bounds.operator_countries) }
			: null,
		bounds.output_yen_most == null
			? null
			: { name: t('route.output_yen_most'), value: t('route.yen_at_most', { count: count(bounds.output_yen_most) }) },
		{
			name: t('route.on_failure'),
			value: bounds.failover === false ? t('route.no_failover') : t('route.failover')
		},
		bounds.hedge_after_ms == null
			? null
			: { name: t('route.hedge_wait'), value: t('route.hedge_after_value', { count: count(bounds.hedge_after_ms) }) }
	];
	return facts.filter((fact) => fact !== null);
}
