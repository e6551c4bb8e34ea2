/** The call for the institution's label pack. */
import { call } from '$lib/api/client';
import type { LabelPack } from '$lib/api/types';

/** Ranks and compartments, with their names in both languages. */
export const getLabelPack = (fetcher?: typeof fetch) => call<LabelPack>('GET', '/label-pack', { fetch: fetcher });
