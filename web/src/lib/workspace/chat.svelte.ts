/**
 * One open conversation: what was said, what is being answered, what went wrong.
 *
 * Knows no page and no address; whoever owns it tells it which conversation to open. What was shown
 * is never taken away: a stopped or failed answer stays with its text.
 */
import { ApiError } from '$lib/api/client';
import type { Citation, Conversation, Message } from '$lib/api/types';
import type * as api from './api';
import type { ChatEvent, Stage } from './api';

/** What a chat needs from the server. */
export type ChatCalls = Pick<typeof api, 'ask' | 'getConversation' | 'startConversation' | 'stopAnswer'>;

/** An answer on its way. */
export interface LiveAnswer {
	/** Known once the server has taken the question. */
	messageId: string | null;
	stage: Stage;
	text: string;
	citations: Citation[];
}

export class Chat {
	conversation = $state<Conversation | null>(null);
	messages = $state<Message[]>([]);
	/** The answer that is arriving, or `null`. */
	live = $state<LiveAnswer | null>(null);
	/** Why the conversation could not be opened or the question not sent. */
	failure = $state<unknown>(null);
	/** How the last answer ended, for the status line. */
	ended = $state<'complete' | 'stopped' | 'failed' | null>(null);
	loading = $state(false);
	/** Grows each time another conversation is opened, and not when a new one gets its address. */
	opened = $state(0);

	#calls: ChatCalls;
	#abort: AbortController | null = null;
	#wanted: string | null | undefined = undefined;

	constructor(calls: ChatCalls) {
		this.#calls = calls;
	}

	/** Shows the conversation, or an empty one for `null`. Leaving a running answer stops it. */
	async open(id: string | null): Promise<void> {
		if (id === this.#wanted) return;
		this.stop();
		this.#reset(id);
		if (id === null) return;
		this.loading = true;
		try {
			const { conversation, messages } = await this.#calls.getConversation(id);
			if (this.#wanted !== id) return;
			this.conversation = conversation;
			this.messages = messages;
		} catch (error) {
			if (this.#wanted === id) this.failure = error;
		} finally {
			if (this.#wanted === id) this.loading = false;
		}
	}

	/**
	 * Sends a question; makes the conversation first where there is none, and says so by `onstarted`.
	 * Resolves to whether the server took the question.
	 */
	async send(text: string, collectionIds: string[], onstarted: (started: Conversation) => void): Promise<boolean> {
		if (this.live !== null) return false;
		const abort = new AbortController();
		this.#abort = abort;
		this.failure = null;
		this.ended = null;
		this.live = { messageId: null, stage: 'searching', text: '', citations: [] };
		const run = { accepted: false, finished: false };
		const question = this.#showQuestion(text);
		try {
			const id = await this.#ensureConversation(collectionIds, onstarted, abort.signal);
			for await (const event of this.#calls.ask(id, { text, collection_ids: collectionIds }, abort.signal)) {
				if (this.#abort !== abort) return true;
				if (event.kind === 'started') run.accepted = true;
				if (this.#take(event, question)) run.finished = true;
			}
			if (!run.finished && this.#abort === abort) this.#keep('failed', { code: 'client.cut_off', detail: '' });
		} catch (error) {
			if (this.#abort === abort) this.#broke(error, run.accepted, question);
		} finally {
			if (this.#abort === abort) {
				this.#abort = null;
				this.live = null;
			}
		}
		return run.accepted;
	}

	/** Takes over the name that the server gave for the question, where no whole answer brought it along. */
	async learnName(): Promise<void> {
		const known = this.conversation;
		if (known === null || known.title !== '') return;
		const read = await this.#calls.getConversation(known.id).catch(() => null);
		if (read !== null && this.conversation === known) this.conversation = read.conversation;
	}

	/** Stops the answer that is arriving and keeps what was shown. */
	stop(): void {
		if (this.#abort === null) return;
		const abort = this.#abort;
		const [conversationId, messageId] = [this.conversation?.id, this.live?.messageId];
		this.#keep('stopped', null);
		this.#abort = null;
		this.live = null;
		abort.abort();
		// Ending the request stops the answer too; this only makes it sooner, so a failure is no matter.
		if (conversationId && messageId) void this.#calls.stopAnswer(conversationId, messageId).catch(() => undefined);
	}

	#reset(id: string | null): void {
		this.opened += 1;
		this.#wanted = id;
		this.conversation = null;
		this.messages = [];
		this.failure = null;
		this.ended = null;
		this.loading = false;
	}

	async #ensureConversation(
		collectionIds: string[],
		onstarted: (started: Conversation) => void,
		signal: AbortSignal
	): Promise<string> {
		if (this.conversation !== null) return this.conversation.id;
		const started = await this.#calls.startConversation(collectionIds);
		signal.throwIfAborted();
		this.conversation = started;
		this.#wanted = started.id;
		onstarted(started);
		return started.id;
	}

	#showQuestion(text: string): string {
		const question = blankMessage('user', text);
		this.messages.push(question);
		return question.id;
	}

	/** Takes one event; true when it was the last one. */
	#take(event: ChatEvent, question: string): boolean {
		if (this.live === null) return true;
		switch (event.kind) {
			case 'started':
				this.live.messageId = event.message_id;
				this.messages = this.messages.map((m) => (m.id === question ? event.user_message : m));
				return false;
			case 'status':
				this.live.stage = event.stage;
				return false;
			case 'delta':
				this.live.text += event.text;
				return false;
			case 'citations':
				this.live.citations = event.citations;
				return false;
			case 'done':
				this.conversation = event.conversation;
				this.#finish(event.message);
				return true;
			case 'failed':
				if (event.message === null) this.#keep('failed', { code: event.code, detail: event.detail });
				else this.#finish({ ...event.message, error: event.message.error ?? event });
				return true;
			default:
				return false;
		}
	}

	#finish(message: Message): void {
		this.messages.push(message);
		this.ended = message.state;
		this.live = null;
	}

	#broke(error: unknown, accepted: boolean, question: string): void {
		if (accepted) {
			const fault = error instanceof ApiError ? error : { code: 'client.cut_off', message: '' };
			this.#keep('failed', { code: fault.code, detail: fault.message });
			return;
		}
		this.messages = this.messages.filter((m) => m.id !== question);
		this.failure = error;
		this.live = null;
	}

	#keep(state: 'stopped' | 'failed', error: Message['error']): void {
		const { text = '', citations = [] } = this.live ?? {};
		this.#finish({
			...blankMessage('assistant', text),
			citations,
			state,
			error,
			label: this.conversation?.label ?? '0'
		});
	}
}

let localMessages = 0;

function blankMessage(role: Message['role'], text: string): Message {
	localMessages += 1;
	return {
		id: `local-${localMessages}`,
		role,
		text,
		mode: null,
		citations: [],
		label: '0',
		state: 'complete',
		error: null,
		act_id: '',
		endpoint_name: null,
		created_at_ms: Date.now()
	};
}
