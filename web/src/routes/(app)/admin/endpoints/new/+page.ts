/** Only an administrator adds endpoints. */
import { error } from '@sveltejs/kit';
import { isAdministrator } from '$lib/identity/roles';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
	const { session } = await parent();
	if (!isAdministrator(session.user)) error(403, { message: '', code: 'identity.not_allowed' });
};
