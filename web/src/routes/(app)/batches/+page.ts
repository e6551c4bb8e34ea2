/** One's own batches, newest first. */
import { orErrorPage } from '$lib/api/load';
import { listBatches } from '$lib/gateway/batches';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:batches');
	return { batches: (await orErrorPage(listBatches(fetch))).data };
};
