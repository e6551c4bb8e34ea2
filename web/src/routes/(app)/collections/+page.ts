/** The collections that the person may read, and the departments to choose readers from. */
import { orErrorPage } from '$lib/api/load';
import { listDepartments } from '$lib/identity/api';
import { listCollections } from '$lib/knowledge/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:collections');
	const collections = await orErrorPage(listCollections(fetch));
	// Who may not list departments cannot share with them either.
	const departments = await listDepartments(fetch).catch(() => ({ items: [] }));
	return { collections: collections.items, departments: departments.items };
};
