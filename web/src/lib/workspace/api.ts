/** Calls about conversations. */
import { call, open } from '$lib/api/client';
import type { Citation, Conversation, List, Message } from '$lib/api/types';
import { readEvents } from '$lib/stream';

export const listConversations = (cursor: string | null, fetcher?: typeof fetch) =>
	call<List<Conversation>>('GET', '/conversations', { query: { cursor, limit: 50 }, fetch: fetcher });
export const startConversation = (collection_ids: string[]) =>
	call<Conversation>('POST', '/conversations', { body: { collection_ids } });
export const getConversation = (id: string) =>
	call<{ conversation: Conversation; messages: Message[] }>('GET', `/conversations/${id}`);
export const changeConversation = (id: string, body: { title?: string; collection_ids?: string[] }) =>
	call<Conversation>('PATCH', `/conversations/${id}`, { body });
export const deleteConversation = (id: string) => call<void>('DELETE', `/conversations/${id}`);

/** Stops an answer at its source, so that the next question need not wait for it. */
export const stopAnswer = (conversationId: string, messageId: string) =>
	call<void>('POST', `/conversations/${conversationId}/messages/${messageId}/stop`);

export type Stage = 'searching' | 'writing' | 'checking';

export type ChatEvent =
	| { kind: 'started'; user_message: Message; message_id: string; act_id: string }
	| { kind: 'status'; stage: Stage }
	| { kind: 'delta'; text: string }
	| { kind: 'citations'; citations: Citation[] }
	| { kind: 'done'; message: Message; conversation: Conversation }
	| { kind: 'failed'; code: string; detail: string; message: Message | null };

/** Sends a question and yields what happens to it; aborting `signal` stops the answer. */
export async function* ask(
	conversationId: string,
	body: { text: string; collection_ids: string[] },
	signal: AbortSignal
): AsyncGenerator<ChatEvent> {
	const response = await open('POST', `/conversations/${conversationId}/messages`, { body, signal });
	if (response.body === null) return;
	for await (const { event, data } of readEvents(response.body)) {
		yield { kind: event, ...JSON.parse(data) } as ChatEvent;
	}
}
