/** Lets in who is signed in; everybody else is led to the right door and back again. */
import { redirect } from '@sveltejs/kit';
import { orErrorPage, signInAddress } from '$lib/api/load';
import { getLabelPack } from '$lib/guard/api';
import { getSession, getStatus } from '$lib/identity/api';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, url, untrack, depends }) => {
	depends('app:session');
	const session = await orErrorPage(getSession(fetch));
	if (session === null) {
		const { set_up } = await orErrorPage(getStatus(fetch));
		redirect(307, set_up ? signInAddress(untrack(() => ({ pathname: url.pathname, search: url.search }))) : '/set-up');
	}
	if (session.must_change_password) redirect(307, '/change-password');
	return { session, pack: await orErrorPage(getLabelPack(fetch)) };
};
