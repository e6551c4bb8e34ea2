/** Shares, exits and drills in words: what a number means to a person who reads it for the first time. */
import type { Ability, Blocked, Endpoint, LabelPack } from '$lib/api/types';
import { nameOf } from '$lib/guard/label';
import { count, listing } from '$lib/i18n/format';
import { locale, t } from '$lib/i18n/locale.svelte';
import { yen } from '$lib/gateway/price';

export const subjects = ['vendor', 'operator_country', 'hosting_country', 'endpoint'] as const;
export const measures = ['calls', 'tokens', 'cost'] as const;
export type Measure = (typeof measures)[number];

/** How strongly an index says that everything is in few hands: below 1,500, up to 2,500, above. */
export function concentrationOf(hhi: number): 'spread' | 'medium' | 'high' {
	if (hhi < 1500) return 'spread';
	return hhi <= 2500 ? 'medium' : 'high';
}

/** Hundredths of a percent as `12.3%`; a dash where there is nothing to share. */
export function percent(share: number | null | undefined): string {
	if (share === null || share === undefined) return '—';
	return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(share / 10_000);
}

/** A number with separators, or a dash. */
export const countOr = (value: number | null | undefined) =>
	value === null || value === undefined ? '—' : count(value);

/** Milliseconds as seconds with one decimal, or a dash. */
export function seconds(ms: number | null | undefined): string {
	if (ms === null || ms === undefined) return '—';
	const number = new Intl.NumberFormat(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
	return t('continuity.seconds', { count: number.format(ms / 1000) });
}

/** Millionths of a yen as yen, to the hundredth. */
export const cost = (micro: number) => t('budget.amount.yen', { count: yen(Math.round(micro / 10_000) * 10_000) });

/** The values of a subject that the endpoints state, each once, with how it is called. */
export function valuesOf(subject: string, endpoints: Endpoint[]): { value: string; label: string }[] {
	if (subject === 'endpoint') return endpoints.map(({ id, name }) => ({ value: id, label: name }));
	const stated = endpoints.map((endpoint) => {
		if (subject === 'vendor') return endpoint.vendor;
		return subject === 'operator_country' ? endpoint.operator_country : endpoint.hosting_country;
	});
	return [...new Set(stated)].filter((value) => value !== '').sort().map((value) => ({ value, label: value }));
}

/** What is done without, in a line: `提供者：甲社`. */
export function withoutText({ subject, value }: Blocked, endpoints: Endpoint[]): string {
	const named = subject === 'endpoint' ? endpoints.find(({ id }) => id === value)?.name : value;
	return t('continuity.without_text', { subject: t(`continuity.subject.${subject}`), value: named ?? value });
}

/** What a way can do, in words: `文章を書く、ツールを呼ぶ`. */
export function needsText(ability: Ability): string {
	const needs = listing(ability.needs.map((need) => t(`capability.${need}`)));
	return ability.language ? t('continuity.in_language', { needs, language: t(`language.${ability.language}`) }) : needs;
}

/** Up to which label an ability is served before and after. */
export function reachText(ability: Ability, pack: LabelPack | undefined): string {
	const names = (labels: string[]) => listing(labels.map((label) => nameOf(label, pack, locale(), 'short')));
	const values = { needs: needsText(ability), before: names(ability.highest_before) };
	if (ability.highest_after.length === 0) return t('continuity.ability_stops', values);
	if (ability.stops_at.length === 0) return t('continuity.ability_stays', values);
	return t('continuity.ability_lower', { ...values, after: names(ability.highest_after) });
}
