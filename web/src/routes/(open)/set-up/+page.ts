/** Reads the one-time token of the link; a server that is set up already has nothing to do here. */
import { redirect } from '@sveltejs/kit';
import { orErrorPage } from '$lib/api/load';
import { getStatus } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const status = await orErrorPage(getStatus(fetch));
	if (status.set_up) redirect(307, '/sign-in');
	return { token: url.searchParams.get('token') };
};
