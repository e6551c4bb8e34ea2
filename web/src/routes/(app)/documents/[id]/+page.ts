/** A document's text, around the place in the address if there is one, and whether the person may change it. */
import { orErrorPage } from '$lib/api/load';
import { getCollection, getDocumentText } from '$lib/knowledge/api';
import { rangeFrom } from '$lib/knowledge/offsets';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
	depends('app:document');
	const range = rangeFrom(url.searchParams.get('at'));
	const content = await orErrorPage(getDocumentText(params.id, range?.start ?? null, { fetch }));
	const { may_edit } = await orErrorPage(getCollection(content.document.collection_id, fetch));
	return { range, content, mayEdit: may_edit };
};
