/** The models that may be tried. */
import { orErrorPage } from '$lib/api/load';
import { listModels } from '$lib/playground/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:models');
	return { models: await orErrorPage(listModels(fetch)) };
};
