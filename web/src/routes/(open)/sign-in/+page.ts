/** Sends people on who are signed in already, or to the set-up page where nothing is set up. */
import { redirect } from '@sveltejs/kit';
import { orErrorPage, safeNext } from '$lib/api/load';
import { getStatus } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const status = await orErrorPage(getStatus(fetch));
	const next = safeNext(url.searchParams.get('next'));
	if (!status.set_up) redirect(307, '/set-up');
	if (status.signed_in) redirect(307, next);
	return { status, next };
};
