/** Shares, drills and blocks, and what stops without what the address names. */
import { ApiError } from '$lib/api/client';
import { orErrorPage } from '$lib/api/load';
import { getExits, getShares, listBlocks, listDrills } from '$lib/continuity/api';
import { listEndpoints, listRoutes } from '$lib/gateway/api';
import { errorText } from '$lib/i18n/errors';
import type { PageLoad } from './$types';

/** What stops, or why that cannot be said: an address may name what is no longer there. */
async function exitsOf(subject: string, value: string, fetcher: typeof fetch) {
	if (value === '') return { exits: null, fault: null };
	try {
		return { exits: await getExits(subject, value, fetcher), fault: null };
	} catch (error) {
		if (error instanceof ApiError && error.status === 422) return { exits: null, fault: errorText(error) };
		throw error;
	}
}

export const load: PageLoad = async ({ fetch, url, depends }) => {
	depends('app:continuity');
	const asked = { subject: url.searchParams.get('subject') ?? 'vendor', value: url.searchParams.get('value') ?? '' };
	const days = Number(url.searchParams.get('days')) || 30;
	const [shares, endpoints, routes, drills, blocks, found] = await orErrorPage(
		Promise.all([
			getShares(days, fetch),
			listEndpoints(fetch),
			listRoutes(fetch),
			listDrills(null, fetch),
			listBlocks(fetch),
			exitsOf(asked.subject, asked.value, fetch)
		])
	);
	return { shares, days, endpoints: endpoints.items, routes: routes.items, drills, blocks: blocks.items, asked, ...found };
};
