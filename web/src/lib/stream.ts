/**
 * A reader of server-sent events over `fetch`.
 *
 * Knows the wire form only: characters and line ends may be split between chunks anywhere, lines
 * end in CRLF, LF or CR, comments are dropped, and an event without its blank line is not given.
 */
export interface ServerEvent {
	/** `message` when the server named none. */
	event: string;
	data: string;
}

/** Yields each complete event until the body ends; cancels the body when the caller stops early. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const parser = new EventParser();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			yield* parser.push(done ? decoder.decode() : decoder.decode(value, { stream: true }));
			if (done) return;
		}
	} finally {
		await reader.cancel().catch(() => undefined);
	}
}

/** Turns text that arrives in pieces into events. */
export class EventParser {
	#rest = '';
	#event = '';
	#data: string[] = [];

	/** Takes the next piece and gives the events that it completed. */
	push(piece: string): ServerEvent[] {
		this.#rest += piece;
		const events: ServerEvent[] = [];
		for (let line = this.#takeLine(); line !== null; line = this.#takeLine()) {
			const event = this.#accept(line);
			if (event !== null) events.push(event);
		}
		return events;
	}

	#takeLine(): string | null {
		const end = /\r\n|\r|\n/.exec(this.#rest);
		if (end === null) return null;
		const splitCrLf = end[0] === '\r' && end.index === this.#rest.length - 1;
		if (splitCrLf) return null;
		const line = this.#rest.slice(0, end.index);
		this.#rest = this.#rest.slice(end.index + end[0].length);
		return line;
	}

	#accept(line: string): ServerEvent | null {
		if (line === '') return this.#finish();
		const colon = line.indexOf(':');
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
		if (field === 'event') this.#event = value;
		if (field === 'data') this.#data.push(value);
		return null;
	}

	#finish(): ServerEvent | null {
		const event = { event: this.#event || 'message', data: this.#data.join('\n') };
		const empty = this.#data.length === 0;
		this.#event = '';
		this.#data = [];
		return empty ? null : event;
	}
}
