/** The event reader, against every way a network may cut the same bytes. */
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from './stream';

const wire =
	': keep-alive\r\nevent: delta\r\ndata: {"text":"粗大ごみ🗑️"}\r\n\r\nevent: delta\ndata: a\ndata:  b\n\nid: 7\ndata: plain\r\r';
const expected: ServerEvent[] = [
	{ event: 'delta', data: '{"text":"粗大ごみ🗑️"}' },
	{ event: 'delta', data: 'a\n b' },
	{ event: 'message', data: 'plain' }
];

function bodyOf(chunks: Uint8Array[], onCancel?: () => void): ReadableStream<Uint8Array> {
	let next = 0;
	return new ReadableStream({
		pull(controller) {
			const chunk = chunks[next++];
			if (chunk === undefined) controller.close();
			else controller.enqueue(chunk);
		},
		cancel: onCancel
	});
}

async function collect(body: ReadableStream<Uint8Array>): Promise<ServerEvent[]> {
	const events: ServerEvent[] = [];
	for await (const event of readEvents(body)) events.push(event);
	return events;
}

describe('readEvents', () => {
	const bytes = new TextEncoder().encode(wire + '\n');

	it('reads the same events however the bytes are cut', async () => {
		for (let size = 1; size <= bytes.length; size++) {
			const chunks = [];
			for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
			expect(await collect(bodyOf(chunks))).toEqual(expected);
		}
	});

	it('gives no event whose blank line never came', async () => {
		const cut = new TextEncoder().encode('event: done\ndata: {"x":1}\n');
		expect(await collect(bodyOf([cut]))).toEqual([]);
	});

	it('cancels the body when the caller stops early', async () => {
		let cancelled = false;
		const chunks = [bytes, bytes];
		for await (const event of readEvents(bodyOf(chunks, () => (cancelled = true)))) {
			expect(event.event).toBe('delta');
			break;
		}
		expect(cancelled).toBe(true);
	});
});
