/** A document's text, around the place in the address if there is one. */
import { orErrorPage } from '$lib/api/load';
import { getDocumentText } from '$lib/knowledge/api';
import { rangeFrom } from '$lib/knowledge/offsets';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => {
	const range = rangeFrom(url.searchParams.get('at'));
	return { range, content: await orErrorPage(getDocumentText(params.id, range?.start ?? null, { fetch })) };
};
