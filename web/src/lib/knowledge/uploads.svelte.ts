/**
 * Files on their way into a collection: sent one after the other, then followed until they are indexed.
 *
 * A file that is refused or fails never holds up the others.
 */
import { ApiError } from '$lib/api/client';
import type { Document, Fault, Job, Refusal, UploadAccepted } from '$lib/api/types';
import type { AboutDocument } from './api';

export type UploadState = 'waiting' | 'sending' | 'indexing' | 'ready' | 'refused' | 'failed' | 'cancelled';

/** One file on its way. */
export interface Upload {
	id: number;
	file: File;
	/** What is said about it. */
	about: AboutDocument;
	state: UploadState;
	/** Bytes that have left, or steps of indexing that are done. */
	done: number;
	total: number | null;
	jobId: string | null;
	documentId: string | null;
	/** Why it was refused or failed. */
	fault: Fault | Refusal | null;
}

/** What the queue needs from outside. */
export interface UploadCalls {
	send: (item: Pick<Upload, 'file' | 'about'>, onsent: (bytes: number) => void, signal: AbortSignal) => Promise<UploadAccepted>;
	getJob: (id: string) => Promise<Job>;
	cancelJob: (id: string) => Promise<unknown>;
	/** A job that succeeded may still have found a file unreadable; the document tells. */
	getDocument: (id: string) => Promise<Document>;
	/** Passes the time until the job is asked for again. */
	pause: () => Promise<void>;
	/** After each file that ended, whichever way. */
	onended: () => void;
}

export class UploadQueue {
	items = $state<Upload[]>([]);
	readonly ended = $derived(this.items.every((item) => isOver(item.state)));
	#calls: UploadCalls;
	#aborts = new Map<number, AbortController>();
	#sending: Promise<void> = Promise.resolve();
	#next = 0;

	constructor(calls: UploadCalls) {
		this.#calls = calls;
	}

	/** Takes files in, with what is said about each; resolves when each of them has ended. */
	async add(files: File[], about: AboutDocument = {}): Promise<void> {
		const first = this.items.length;
		for (const file of files) this.items.push(waiting(this.#next++, file, about));
		await Promise.all(this.items.slice(first).map((item) => this.#follow(item)));
	}

	/** Stops a file wherever it is. */
	async cancel(item: Upload): Promise<void> {
		if (item.state === 'waiting') item.state = 'cancelled';
		this.#aborts.get(item.id)?.abort();
		if (item.state === 'indexing' && item.jobId !== null) await this.#calls.cancelJob(item.jobId);
	}

	/** Forgets the files that have ended. */
	clear(): void {
		this.items = this.items.filter((item) => !isOver(item.state));
	}

	async #follow(item: Upload): Promise<void> {
		const turn = this.#sending.then(() => this.#send(item));
		this.#sending = turn;
		await turn;
		if (item.state === 'indexing' && item.jobId !== null) await this.#watch(item, item.jobId);
		this.#calls.onended();
	}

	async #send(item: Upload): Promise<void> {
		if (item.state !== 'waiting') return;
		const abort = new AbortController();
		this.#aborts.set(item.id, abort);
		item.state = 'sending';
		item.total = item.file.size;
		try {
			const { job_id, documents, refused } = await this.#calls.send(
				{ file: item.file, about: item.about },
				(bytes) => (item.done = bytes),
				abort.signal
			);
			const refusal = refused[0];
			if (refusal) end(item, 'refused', refusal);
			else
				Object.assign(item, {
					state: 'indexing',
					jobId: job_id,
					documentId: documents[0]?.id ?? null,
					done: 0,
					total: null
				});
		} catch (error) {
			if (abort.signal.aborted) end(item, 'cancelled', null);
			else end(item, 'failed', faultOf(error));
		} finally {
			this.#aborts.delete(item.id);
		}
	}

	async #watch(item: Upload, jobId: string): Promise<void> {
		const ends: Partial<Record<Job['state'], UploadState>> = {
			succeeded: 'ready',
			failed: 'failed',
			cancelled: 'cancelled'
		};
		for (;;) {
			try {
				const job = await this.#calls.getJob(jobId);
				item.done = job.progress.done;
				item.total = job.progress.total;
				const state = ends[job.state];
				if (state) return await this.#conclude(item, state, job.error);
			} catch (error) {
				return end(item, 'failed', faultOf(error));
			}
			await this.#calls.pause();
		}
	}

	async #conclude(item: Upload, state: UploadState, fault: Fault | null): Promise<void> {
		if (state !== 'ready' || item.documentId === null) return end(item, state, fault);
		const document = await this.#calls.getDocument(item.documentId);
		if (document.state === 'failed') end(item, 'refused', document.error);
		else end(item, 'ready', null);
	}
}

const isOver = (state: UploadState) => !['waiting', 'sending', 'indexing'].includes(state);

function end(item: Upload, state: UploadState, fault: Upload['fault']): void {
	item.state = state;
	item.fault = fault;
}

function waiting(id: number, file: File, about: AboutDocument): Upload {
	return { id, file, about: { ...about }, state: 'waiting', done: 0, total: null, jobId: null, documentId: null, fault: null };
}

function faultOf(error: unknown): Fault {
	if (error instanceof ApiError) return { code: error.code, detail: error.message, fix: error.fix };
	return { code: 'client.unexpected', detail: '' };
}
