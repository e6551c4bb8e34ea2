/** Live traffic: what the address asks for, and the first look at it. */
import { orErrorPage } from '$lib/api/load';
import { getTraffic, trafficAsked } from '$lib/gateway/traffic';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const asked = trafficAsked(url.searchParams);
	return { asked, traffic: await orErrorPage(getTraffic(asked, fetch)) };
};
