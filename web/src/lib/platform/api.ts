/** Calls about the server itself. */
import { call } from '$lib/api/client';
import type { Health } from '$lib/api/types';

/** What the server finds when it looks at itself. */
export const getHealth = (fetcher?: typeof fetch) => call<Health>('GET', '/health', { fetch: fetcher });
