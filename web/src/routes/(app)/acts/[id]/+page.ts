/** One act with the others of the same request. */
import { orErrorPage } from '$lib/api/load';
import { getAct } from '$lib/ledger/api';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ fetch, params }) => orErrorPage(getAct(params.id, fetch));
