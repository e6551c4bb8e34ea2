/** All departments. */
import { orErrorPage } from '$lib/api/load';
import { listDepartments } from '$lib/identity/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:departments');
	return { departments: (await orErrorPage(listDepartments(fetch))).items };
};
