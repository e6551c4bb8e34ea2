/**
 * Labels as the screen needs them: taken apart, put together, named.
 *
 * The text form is the rank, then each compartment in order, joined by `+`. Which label may meet
 * which is for the server alone.
 */
import type { LabelPack } from '$lib/api/types';
import type { Locale } from '$lib/i18n/messages';

export interface LabelParts {
	rank: number;
	compartments: string[];
}

/** Takes a label's text apart. */
export function partsOf(label: string): LabelParts {
	const [rank = '0', ...compartments] = label.split('+');
	return { rank: Number(rank), compartments };
}

/** Puts a label's text together in its canonical order. */
export function labelOf(parts: LabelParts): string {
	return [String(parts.rank), ...[...parts.compartments].sort()].join('+');
}

/** The label's name in full, or short for a badge; unknown parts show their key. */
export function nameOf(label: string, pack: LabelPack | undefined, locale: Locale, length: 'name' | 'short'): string {
	const { rank, compartments } = partsOf(label);
	const known = pack?.ranks.find((entry) => entry.rank === rank);
	const names = compartments.map((key) => pack?.compartments.find((entry) => entry.key === key)?.name[locale] ?? key);
	return [known?.[length][locale] ?? String(rank), ...names].join(locale === 'ja' ? '・' : ', ');
}

/** What the rank of the label means, in a sentence. */
export function meaningOf(label: string, pack: LabelPack | undefined, locale: Locale): string {
	const { rank } = partsOf(label);
	return pack?.ranks.find((entry) => entry.rank === rank)?.description[locale] ?? '';
}
