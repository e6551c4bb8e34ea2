/** What the server finds when it looks at itself, and what the last tests of endpoints found. */
import { orErrorPage } from '$lib/api/load';
import { listEndpoints } from '$lib/gateway/api';
import { getHealth } from '$lib/platform/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:health');
	const [health, endpoints] = await orErrorPage(Promise.all([getHealth(fetch), listEndpoints(fetch)]));
	return { health, endpoints: endpoints.items };
};
