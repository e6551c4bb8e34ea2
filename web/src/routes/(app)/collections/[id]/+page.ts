/** One collection with the first of its documents. */
import { orErrorPage } from '$lib/api/load';
import { listDepartments } from '$lib/identity/api';
import { getCollection, listDocuments } from '$lib/knowledge/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, depends }) => {
	depends('app:documents');
	const [collection, documents] = await Promise.all([
		orErrorPage(getCollection(params.id, fetch)),
		orErrorPage(listDocuments(params.id, null, fetch))
	]);
	// Who may not list departments cannot share with them either.
	const departments = await listDepartments(fetch).catch(() => ({ items: [] }));
	return { collection, documents, departments: departments.items };
};
