/** What the chat needs around the conversation: the list of conversations and the collections to ask of. */
import { orErrorPage } from '$lib/api/load';
import { listCollections } from '$lib/knowledge/api';
import { listConversations } from '$lib/workspace/api';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, depends }) => {
	depends('app:conversations');
	const [conversations, collections] = await Promise.all([
		orErrorPage(listConversations(null, fetch)),
		orErrorPage(listCollections(fetch))
	]);
	return { conversations, collections: collections.items };
};
