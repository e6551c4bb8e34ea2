/** All routes, and the endpoints that they lead to. */
import { orErrorPage } from '$lib/api/load';
import { listEndpoints, listRoutes } from '$lib/gateway/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:routes');
	const [routes, endpoints] = await orErrorPage(Promise.all([listRoutes(fetch), listEndpoints(fetch)]));
	return { routes: routes.items, endpoints: endpoints.items };
};
