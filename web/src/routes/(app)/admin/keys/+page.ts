/** API keys, without their secrets. */
import { orErrorPage } from '$lib/api/load';
import { listKeys } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:keys');
	return { keys: (await orErrorPage(listKeys(fetch))).items, nowMs: Date.now() };
};
