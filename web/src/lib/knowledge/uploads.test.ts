/** Files on their way: refusals, failures and cancelling leave the other files alone. */
import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api/client';
import type { Document, Job, UploadAccepted } from '$lib/api/types';
import { UploadQueue, type UploadCalls } from './uploads.svelte';

const accepted: UploadAccepted = { job_id: 'j1', documents: [], refused: [] };
const job = (state: Job['state'], done = 0): Job => ({
	id: 'j1',
	kind: 'import',
	state,
	progress: { done, total: 10, note: null },
	attempts: 1,
	error: state === 'failed' ? { code: 'knowledge.broken', detail: '' } : null,
	created_at_ms: 0,
	updated_at_ms: 0,
	subject: {}
});

function queueWith(calls: Partial<UploadCalls>): UploadQueue {
	return new UploadQueue({
		send: async () => accepted,
		getJob: async () => job('succeeded', 10),
		cancelJob: async () => undefined,
		getDocument: async () => ({ state: 'ready', error: null }) as Document,
		pause: async () => undefined,
		onended: () => undefined,
		...calls
	});
}

const files = (...names: string[]) => names.map((name) => new File(['本文'], name));
const states = (queue: UploadQueue) => queue.items.map((item) => [item.file.name, item.state]);

describe('an upload queue', () => {
	it('sends one file after the other and follows each until it is ready', async () => {
		const answers = [job('queued'), job('running', 4), job('succeeded', 10), job('succeeded', 10)];
		let sending = 0;
		const queue = queueWith({
			send: async (_item, onsent) => {
				expect(++sending).toBe(1);
				onsent(3);
				await Promise.resolve();
				sending -= 1;
				return accepted;
			},
			getJob: async () => answers.shift()!
		});
		await queue.add(files('a.txt', 'b.txt'));
		expect(states(queue)).toEqual([
			['a.txt', 'ready'],
			['b.txt', 'ready']
		]);
	});

	it('keeps going after a file is refused, fails to send, or fails to be indexed', async () => {
		const queue = queueWith({
			send: async ({ file }) => {
				if (file.name === 'old.doc')
					return { ...accepted, refused: [{ file_name: 'old.doc', code: 'knowledge.old', detail: '', fix: null }] };
				if (file.name === 'huge.pdf') throw new ApiError(413, { code: 'http.too_large' });
				return { ...accepted, job_id: file.name };
			},
			getJob: async (id) => job(id === 'broken.pdf' ? 'failed' : 'succeeded')
		});
		await queue.add(files('old.doc', 'huge.pdf', 'broken.pdf', 'good.txt'));
		expect(states(queue).map(([, state]) => state)).toEqual(['refused', 'failed', 'failed', 'ready']);
		expect(queue.items.map((item) => item.fault?.code ?? null)).toEqual([
			'knowledge.old',
			'http.too_large',
			'knowledge.broken',
			null
		]);
	});

	it('tells of a file that a job which succeeded could not read', async () => {
		const error = { code: 'knowledge.document_corrupt', detail: '' };
		const queue = queueWith({
			send: async () => ({ ...accepted, documents: [{ id: 'd1' } as Document] }),
			getDocument: async () => ({ state: 'failed', error }) as Document
		});
		await queue.add(files('broken.pdf'));
		expect(queue.items[0]).toMatchObject({ state: 'refused', fault: error });
	});

	it('cancels a waiting file, a file being sent and a file being indexed', async () => {
		const cancelled: string[] = [];
		const queue: UploadQueue = queueWith({
			send: async ({ file }, _onsent, signal) => {
				if (file.name === 'a.txt') {
					await queue.cancel(queue.items[1]!);
					await queue.cancel(queue.items[0]!);
					signal.throwIfAborted();
				}
				return accepted;
			},
			getJob: async () => job(cancelled.length > 0 ? 'cancelled' : 'running'),
			pause: () => queue.cancel(queue.items[2]!),
			cancelJob: async (id) => cancelled.push(id)
		});
		await queue.add(files('a.txt', 'b.txt', 'c.txt'));
		expect(states(queue).map(([, state]) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
		expect(cancelled).toEqual(['j1']);
		queue.clear();
		expect(queue.items).toEqual([]);
	});
});
