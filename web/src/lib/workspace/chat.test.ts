/** A conversation under every way an answer can go. */
import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api/client';
import type { Conversation, Message } from '$lib/api/types';
import type { ChatEvent } from './api';
import { Chat, type ChatCalls } from './chat.svelte';

const conversation: Conversation = {
	id: 'c1',
	title: '粗大ごみ',
	label: '1',
	collection_ids: [],
	created_at_ms: 0,
	updated_at_ms: 0,
	message_count: 2
};

const message = (id: string, role: Message['role'], text: string): Message => ({
	id,
	role,
	text,
	mode: null,
	citations: [],
	label: '1',
	state: 'complete',
	error: null,
	act_id: 'act',
	endpoint_name: null,
	created_at_ms: 0
});

const started: ChatEvent = {
	kind: 'started',
	user_message: message('u1', 'user', '質問'),
	message_id: 'a1',
	act_id: 'x'
};
const done: ChatEvent = { kind: 'done', message: message('a1', 'assistant', '回答'), conversation };

function chatWith(ask: ChatCalls['ask'], stopped: string[] = []): Chat {
	return new Chat({
		ask,
		stopAnswer: async (conversationId, messageId) => void stopped.push(`${conversationId}/${messageId}`),
		startConversation: async () => conversation,
		getConversation: async () => ({ conversation, messages: [message('u0', 'user', '前の質問')] })
	});
}

const texts = (chat: Chat) => chat.messages.map((m) => [m.role, m.text, m.state]);
const ignore = () => undefined;

describe('a chat', () => {
	it('starts a conversation with the first question and shows the answer', async () => {
		const ids: string[] = [];
		const chat = chatWith(async function* () {
			yield started;
			yield { kind: 'status', stage: 'writing' };
			yield { kind: 'delta', text: '回' };
			yield done;
		});
		expect(await chat.send('質問', [], (c) => ids.push(c.id))).toBe(true);
		expect(ids).toEqual(['c1']);
		expect(texts(chat)).toEqual([
			['user', '質問', 'complete'],
			['assistant', '回答', 'complete']
		]);
		expect([chat.live, chat.ended]).toEqual([null, 'complete']);
	});

	it('keeps what was shown when the person stops', async () => {
		const stopped: string[] = [];
		const chat = chatWith(async function* (_id, _body, signal) {
			yield started;
			yield { kind: 'delta', text: '途中' };
			chat.stop();
			expect(signal.aborted).toBe(true);
			yield { kind: 'delta', text: 'もう出ない' };
		}, stopped);
		await chat.send('質問', [], ignore);
		expect(texts(chat).at(-1)).toEqual(['assistant', '途中', 'stopped']);
		expect(stopped).toEqual(['c1/a1']);
		expect(chat.live).toBe(null);
	});

	it('learns its name from the server where the first answer failed', async () => {
		const chat = new Chat({
			ask: async function* () {
				yield started;
				yield { kind: 'failed', code: 'guard.budget_exhausted', detail: '', message: null };
			},
			stopAnswer: async () => undefined,
			startConversation: async () => ({ ...conversation, title: '' }),
			getConversation: async () => ({ conversation, messages: [] })
		});
		await chat.send('質問', [], ignore);
		expect(chat.conversation?.title).toBe('');
		await chat.learnName();
		expect(chat.conversation?.title).toBe('粗大ごみ');
		expect(texts(chat).at(-1)).toEqual(['assistant', '', 'failed']);
	});

	it('keeps what was shown when the stream is cut', async () => {
		const chat = chatWith(async function* () {
			yield started;
			yield { kind: 'delta', text: '途中' };
		});
		await chat.send('質問', [], ignore);
		expect(chat.messages.at(-1)).toMatchObject({ text: '途中', state: 'failed', error: { code: 'client.cut_off' } });
	});

	it('takes the question back when the server refuses it', async () => {
		const refusal = new ApiError(403, { code: 'guard.refused', detail: '' });
		const chat = chatWith(async function* () {
			throw refusal;
		});
		expect(await chat.send('質問', [], ignore)).toBe(false);
		expect(chat.messages).toEqual([]);
		expect(chat.failure).toBe(refusal);
	});

	it('does not send a second question while one is being answered', async () => {
		const chat = chatWith(async function* () {
			yield started;
			expect(await chat.send('二つ目', [], ignore)).toBe(false);
			yield done;
		});
		await chat.send('質問', [], ignore);
		expect(texts(chat)).toHaveLength(2);
	});

	it('stays where the person went while a conversation was being made', async () => {
		let made: (value: Conversation) => void = ignore;
		const ids: string[] = [];
		const chat = new Chat({
			ask: async function* () {
				yield done;
			},
			stopAnswer: async () => undefined,
			startConversation: () => new Promise((resolve) => (made = resolve)),
			getConversation: async () => ({ conversation: { ...conversation, id: 'c2' }, messages: [] })
		});
		const sent = chat.send('質問', [], (c) => ids.push(c.id));
		await chat.open('c2');
		made(conversation);
		expect(await sent).toBe(false);
		expect([ids, chat.conversation?.id, chat.messages]).toEqual([[], 'c2', []]);
	});

	it('opens the conversation asked for last', async () => {
		const chat = chatWith(async function* () {
			yield done;
		});
		const first = chat.open('c1');
		await chat.open(null);
		await first;
		expect([chat.conversation, chat.messages]).toEqual([null, []]);
		await chat.open('c1');
		expect(chat.messages.map((m) => m.text)).toEqual(['前の質問']);
	});
});
