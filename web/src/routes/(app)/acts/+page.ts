/** The timeline under the filter in the address, and the state of the ledger. */
import { orErrorPage } from '$lib/api/load';
import { getHead, listActs } from '$lib/ledger/api';
import { actFilter, filterText } from '$lib/ledger/filter';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const filter = filterText(url.searchParams);
	const [acts, head] = await Promise.all([
		orErrorPage(listActs(actFilter(filter), null, fetch)),
		orErrorPage(getHead(fetch))
	]);
	return { acts, head, filter };
};
