/** The server's own description of its API. */
import { error } from '@sveltejs/kit';
import { operationsByTag } from '$lib/platform/openapi';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
	const response = await fetch('/openapi.json').catch(() => null);
	if (!response?.ok) error(response?.status ?? 503, { message: '', code: 'client.unreachable' });
	return { groups: operationsByTag(await response.json()) };
};
