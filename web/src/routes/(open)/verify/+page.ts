/** The public key of this institution's log, where there is one; anybody may check a receipt here. */
import { orErrorPage } from '$lib/api/load';
import { open } from '$lib/api/client';
import { getStatus } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
	const { institution } = await orErrorPage(getStatus(fetch));
	if (institution === null) return { institution, vkey: '' };
	const response = await orErrorPage(open('GET', `/ledger/${institution.key}/vkey`, { fetch }));
	return { institution, vkey: (await response.text()).trim() };
};
