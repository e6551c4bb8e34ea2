/** Budgets and rates of the institution, with current use. */
import { orErrorPage } from '$lib/api/load';
import { listBudgets } from '$lib/guard/budgets';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
	depends('app:budgets');
	return { budgets: await orErrorPage(listBudgets(fetch)) };
};
