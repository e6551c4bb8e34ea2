/** Only for people who are signed in. */
import { redirect } from '@sveltejs/kit';
import { orErrorPage } from '$lib/api/load';
import { getSession } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
	const session = await orErrorPage(getSession(fetch));
	if (session === null) redirect(307, '/sign-in');
	return { session };
};
