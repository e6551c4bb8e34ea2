/** All endpoints. */
import { listEndpoints } from '$lib/gateway/api';
import { orErrorPage } from '$lib/api/load';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:endpoints');
	return { endpoints: (await orErrorPage(listEndpoints(fetch))).items };
};
