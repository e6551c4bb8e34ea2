/** One drill with its report. */
import { orErrorPage } from '$lib/api/load';
import { getDrill } from '$lib/continuity/api';
import { listEndpoints } from '$lib/gateway/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, depends }) => {
	depends('app:drill');
	const [drill, endpoints] = await orErrorPage(Promise.all([getDrill(params.id, fetch), listEndpoints(fetch)]));
	return { drill, endpoints: endpoints.items };
};
