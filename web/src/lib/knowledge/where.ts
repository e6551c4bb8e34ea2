/** Where in a document something stands, in words. */
import { t } from '$lib/i18n/locale.svelte';

/** Page and heading, as far as they are known. */
export function whereOf(place: { page: number | null; heading: string | null }): string {
	const page = place.page === null ? null : t('source.page', { page: place.page });
	return [page, place.heading].filter(Boolean).join(' ') || t('source.no_place');
}
