/** What the server finds when it looks at itself. */
import { orErrorPage } from '$lib/api/load';
import { getHealth } from '$lib/platform/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:health');
	return { health: await orErrorPage(getHealth(fetch)) };
};
