/**
 * One try of a request: what has arrived of the answer, how long it took, how it ended.
 *
 * Knows no page. What was shown is never taken away: a stopped or broken answer stays with its text.
 */
import { ApiError } from '$lib/api/client';
import type { Fault } from '$lib/api/types';
import { readEvents } from '$lib/stream';
import { later, readEvent, readWhole, type Piece, type Usage } from './answer';
import type * as api from './api';
import type { ModelRequest } from './request';

export type Stage = 'idle' | 'waiting' | 'arriving' | 'complete' | 'stopped' | 'failed';

/** What a try needs from outside. */
export interface Means extends Pick<typeof api, 'send' | 'refusal'> {
	/** Milliseconds from any fixed moment. */
	now: () => number;
}

export class Trial {
	stage = $state<Stage>('idle');
	text = $state('');
	usage = $state<Usage | null>(null);
	/** The answer met the bound on its length. */
	cut = $state(false);
	/** Time to the first of the answer, and to its end. */
	firstMs = $state<number | null>(null);
	tookMs = $state<number | null>(null);
	/** The act of the request in the ledger. */
	act = $state<string | null>(null);
	/** The label that the request was decided on. */
	label = $state<string | null>(null);
	fault = $state<Fault | null>(null);
	readonly running = $derived(this.stage === 'waiting' || this.stage === 'arriving');

	#means: Means;
	#abort: AbortController | null = null;
	#begunMs = 0;

	constructor(means: Means) {
		this.#means = means;
	}

	/** Sends `request` and takes in its answer; does nothing while another one is running. */
	async run(request: ModelRequest): Promise<void> {
		if (this.running) return;
		const abort = new AbortController();
		this.#abort = abort;
		this.#reset();
		try {
			await this.#read(request, await this.#means.send(request, abort.signal));
		} catch (error) {
			if (abort.signal.aborted) this.#end('stopped');
			else this.#fail(error);
		}
	}

	/** Stops the answer; what has arrived stays. */
	stop(): void {
		this.#abort?.abort();
	}

	#reset(): void {
		this.stage = 'waiting';
		this.text = '';
		this.usage = null;
		this.cut = false;
		this.firstMs = null;
		this.tookMs = null;
		this.act = null;
		this.label = null;
		this.fault = null;
		this.#begunMs = this.#means.now();
	}

	async #read(request: ModelRequest, response: Response): Promise<void> {
		this.act = response.headers.get('x-kaname-act');
		this.label = response.headers.get('x-kaname-label');
		if (!response.ok) throw await this.#means.refusal(response);
		if (!request.stream) {
			this.#take(readWhole(request.dialect, await response.json()));
		} else if (response.body !== null) {
			for await (const event of readEvents(response.body)) this.#take(readEvent(request.dialect, event));
		}
		if (this.running) throw new ApiError(0, { code: 'client.cut_off' });
	}

	#take(pieces: Piece[]): void {
		for (const piece of pieces) {
			if (!this.running) return;
			if (piece.kind === 'text' && piece.text !== '') this.#append(piece.text);
			else if (piece.kind === 'usage') this.usage = later(this.usage, piece.usage);
			else if (piece.kind === 'cut') this.cut = true;
			else if (piece.kind === 'failed') this.#end('failed', piece.fault);
			else if (piece.kind === 'end') this.#end('complete');
		}
	}

	#append(text: string): void {
		this.firstMs ??= this.#sinceBegun();
		this.stage = 'arriving';
		this.text += text;
	}

	#fail(error: unknown): void {
		const known = error instanceof ApiError;
		const fault = known ? { code: error.code, detail: error.message } : { code: 'client.cut_off', detail: String(error) };
		this.#end('failed', fault);
	}

	#end(stage: Stage, fault: Fault | null = null): void {
		this.stage = stage;
		this.fault = fault;
		this.tookMs = this.#sinceBegun();
		this.#abort = null;
	}

	#sinceBegun(): number {
		return Math.round(this.#means.now() - this.#begunMs);
	}
}
