/** Calls about collections, documents and the work of importing them. */
import { addressOf, call } from '$lib/api/client';
import type { Collection, Document, DocumentText, Job, List, NewCollection } from '$lib/api/types';

export const listCollections = (fetcher?: typeof fetch) =>
	call<List<Collection>>('GET', '/collections', { query: { limit: 200 }, fetch: fetcher });
export const getCollection = (id: string, fetcher?: typeof fetch) =>
	call<Collection>('GET', `/collections/${id}`, { fetch: fetcher });
export const createCollection = (body: NewCollection) => call<Collection>('POST', '/collections', { body });
export const changeCollection = (id: string, body: Partial<NewCollection>) =>
	call<Collection>('PATCH', `/collections/${id}`, { body });
export const deleteCollection = (id: string) => call<void>('DELETE', `/collections/${id}`);

export const listDocuments = (collectionId: string, cursor: string | null, fetcher?: typeof fetch) =>
	call<List<Document>>('GET', `/collections/${collectionId}/documents`, {
		query: { cursor, limit: 100 },
		fetch: fetcher
	});
export const getDocument = (id: string) => call<Document>('GET', `/documents/${id}`);
/** What is said about documents: the title, a label not below the present one, and since when (empty: no date). */
export interface AboutDocument {
	title?: string;
	label?: string;
	effective_date?: string;
}

export const changeDocument = (id: string, body: AboutDocument) =>
	call<Document>('PATCH', `/documents/${id}`, { body });
export const deleteDocument = (id: string) => call<void>('DELETE', `/documents/${id}`);

/** The document's text around a byte, with its blocks. */
export const getDocumentText = (
	id: string,
	around: number | null,
	options: { signal?: AbortSignal; fetch?: typeof fetch } = {}
) => call<DocumentText>('GET', `/documents/${id}/text`, { query: { around }, ...options });

/** Where the file itself is. */
export const originalAddress = (id: string) => addressOf(`/documents/${id}/original`);

export const getJob = (id: string) => call<Job>('GET', `/jobs/${id}`);
export const cancelJob = (id: string) => call<void>('POST', `/jobs/${id}/cancel`);
