/** All users, and the departments they may belong to. */
import { orErrorPage } from '$lib/api/load';
import { listDepartments, listUsers } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:users');
	const [users, departments] = await Promise.all([
		orErrorPage(listUsers(null, fetch)),
		orErrorPage(listDepartments(fetch))
	]);
	return { users, departments: departments.items };
};
