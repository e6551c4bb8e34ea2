/** The public key of this institution's log, where there is one; anybody may check a receipt here. */
import { orErrorPage } from '$lib/api/load';
import { getStatus } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
	const { institution } = await orErrorPage(getStatus(fetch));
	if (institution === null) return { institution, vkey: '' };
	// Public pages of the ledger stand outside the API's base; without a key the person can still put one in.
	const response = await fetch(`/ledger/${institution.key}/vkey`).catch(() => null);
	return { institution, vkey: response?.ok ? (await response.text()).trim() : '' };
};
