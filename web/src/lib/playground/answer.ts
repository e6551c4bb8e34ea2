/**
 * What a model answers, read from any of the three dialects, whole or event by event.
 *
 * Pure. Reads only what the screen shows; whatever else a dialect says is passed over.
 */
import type { Fault } from '$lib/api/types';
import type { ServerEvent } from '$lib/stream';
import type { Dialect } from './request';

export interface Usage {
	input: number | null;
	output: number | null;
}

export type Piece =
	| { kind: 'text'; text: string }
	| { kind: 'usage'; usage: Usage }
	/** The answer met the bound on its length. */
	| { kind: 'cut' }
	| { kind: 'failed'; fault: Fault }
	/** The answer says of itself that it is complete. */
	| { kind: 'end' };

/** Any JSON, looked into without trust. */
type Loose = { [name: string]: Loose } & { length?: number };

/** The pieces of an answer that came whole. */
export function readWhole(dialect: Dialect, body: unknown): Piece[] {
	const value = body as Loose;
	const end: Piece = { kind: 'end' };
	if (dialect === 'chat_completions') {
		const [choice] = listOf(value?.choices);
		const cut = choice?.finish_reason as unknown;
		return [text(choice?.message?.content), usage(value?.usage), ...cutIf(cut === 'length'), end];
	}
	if (dialect === 'responses') {
		const parts = listOf(value?.output).flatMap((item) => listOf(item.content));
		return [text(joined(parts)), usage(value?.usage), ...cutIf(is(value?.status, 'incomplete')), end];
	}
	return [text(joined(listOf(value?.content))), usage(value?.usage), ...cutIf(is(value?.stop_reason, 'max_tokens')), end];
}

/** The pieces in one event of a stream. */
export function readEvent(dialect: Dialect, event: ServerEvent): Piece[] {
	if (event.data === '[DONE]') return [{ kind: 'end' }];
	const value = parsed(event.data);
	if (value === null) return [{ kind: 'failed', fault: { code: 'gateway.upstream_malformed', detail: event.data } }];
	if (dialect === 'chat_completions') return readChunk(value);
	if (dialect === 'responses') return readResponsesEvent(value);
	return readMessagesEvent(value);
}

function readChunk(value: Loose): Piece[] {
	if (value.error) return [{ kind: 'failed', fault: faultOf(value) }];
	const [choice] = listOf(value.choices);
	return [text(choice?.delta?.content), usage(value.usage), ...cutIf(is(choice?.finish_reason, 'length'))];
}

function readResponsesEvent(value: Loose): Piece[] {
	switch (value.type as unknown) {
		case 'response.output_text.delta':
			return [text(value.delta)];
		case 'response.incomplete':
			return [usage(value.response?.usage), { kind: 'cut' }, { kind: 'end' }];
		case 'response.completed':
			return [usage(value.response?.usage), { kind: 'end' }];
		case 'response.failed':
			return [{ kind: 'failed', fault: faultOf(value.response ?? value) }];
		case 'error':
			return [{ kind: 'failed', fault: faultOf(value) }];
		default:
			return [];
	}
}

function readMessagesEvent(value: Loose): Piece[] {
	switch (value.type as unknown) {
		case 'message_start':
			return [usage(value.message?.usage)];
		case 'content_block_delta':
			return [text(value.delta?.text)];
		case 'message_delta':
			return [usage(value.usage), ...cutIf(is(value.delta?.stop_reason, 'max_tokens'))];
		case 'message_stop':
			return [{ kind: 'end' }];
		case 'error':
			return [{ kind: 'failed', fault: faultOf(value) }];
		default:
			return [];
	}
}

/** Codes that SDKs look for, and what Kaname calls the same. */
const known: Record<string, string> = {
	model_not_found: 'gateway.unknown_model',
	invalid_api_key: 'identity.not_signed_in'
};

/** The fault in an error of any dialect; in Messages the code stands in brackets behind the words. */
export function faultOf(body: unknown): Fault {
	const value = body as Loose | null;
	const inner = value?.error ?? value;
	const words = typeof inner?.message === 'string' ? (inner.message as string) : '';
	const said = typeof inner?.code === 'string' ? (inner.code as string) : '';
	const [, detail = words, bracketed = ''] = /^([^]*) \(([a-z_]+(?:\.[a-z_]+)?)\)$/.exec(words) ?? [];
	const code = said === '' ? bracketed : said;
	return { code: known[code] ?? code, detail: said === '' ? detail : words };
}

/** Two counts of the same answer: what the later one does not say stays. */
export function later(before: Usage | null, after: Usage): Usage {
	return { input: after.input ?? before?.input ?? null, output: after.output ?? before?.output ?? null };
}

function text(value: unknown): Piece {
	return { kind: 'text', text: typeof value === 'string' ? value : '' };
}

function usage(value: Loose | undefined): Piece {
	const number = (one: unknown) => (typeof one === 'number' ? one : null);
	const [input, output] = [value?.prompt_tokens ?? value?.input_tokens, value?.completion_tokens ?? value?.output_tokens];
	return { kind: 'usage', usage: { input: number(input), output: number(output) } };
}

const is = (value: unknown, word: string) => value === word;
const cutIf = (cut: boolean): Piece[] => (cut ? [{ kind: 'cut' }] : []);
const listOf = (value: unknown): Loose[] => (Array.isArray(value) ? (value as Loose[]) : []);
const joined = (parts: Loose[]) => parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join('');

function parsed(data: string): Loose | null {
	try {
		const value: unknown = JSON.parse(data);
		return typeof value === 'object' && value !== null ? (value as Loose) : null;
	} catch {
		return null;
	}
}
