/** A try from its sending to its end, in every dialect, whole and in a stream that breaks anywhere. */
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api/client';
import { faultOf } from './answer';
import { RequestDraft } from './draft.svelte';
import type { Dialect, ModelRequest } from './request';
import { Trial } from './trial.svelte';

const sse = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string) => sse({ choices: [{ delta: { content } }], usage: null });
const said = 'こんにちは🏯';

const whole: Record<Dialect, unknown> = {
	chat_completions: {
		choices: [{ message: { content: said }, finish_reason: 'length' }],
		usage: { prompt_tokens: 3, completion_tokens: 5 }
	},
	responses: {
		status: 'incomplete',
		output: [{ type: 'reasoning', summary: [] }, { type: 'message', content: [{ type: 'output_text', text: said }] }],
		usage: { input_tokens: 3, output_tokens: 5 }
	},
	messages: {
		content: [{ type: 'thinking', thinking: '…' }, { type: 'text', text: said }],
		stop_reason: 'max_tokens',
		usage: { input_tokens: 3, output_tokens: 5 }
	}
};

const streamed: Record<Dialect, string[]> = {
	chat_completions: [
		delta('こんにちは'),
		delta('🏯'),
		sse({ choices: [{ delta: {}, finish_reason: 'length' }] }),
		sse({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } }),
		'data: [DONE]\n\n'
	],
	responses: [
		sse({ type: 'response.created', response: {} }),
		sse({ type: 'response.output_text.delta', delta: 'こんにちは' }),
		sse({ type: 'response.output_text.delta', delta: '🏯' }),
		sse({ type: 'response.incomplete', response: { usage: { input_tokens: 3, output_tokens: 5 } } })
	],
	messages: [
		sse({ type: 'message_start', message: { usage: { input_tokens: 3, output_tokens: 1 } } }),
		sse({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'こんにちは' } }),
		sse({ type: 'content_block_delta', delta: { type: 'text_delta', text: '🏯' } }),
		sse({ type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 5 } }),
		sse({ type: 'message_stop' })
	]
};

const dialects = Object.keys(whole) as Dialect[];
const errors: Record<Dialect, unknown> = {
	chat_completions: { error: { message: 'it broke', code: 'gateway.upstream_cut', type: 'api_error' } },
	responses: { type: 'error', code: 'gateway.upstream_cut', message: 'it broke', error: { code: 'gateway.upstream_cut', message: 'it broke' } },
	messages: { type: 'error', error: { type: 'api_error', message: 'it broke (gateway.upstream_cut)' } }
};

function request(dialect: Dialect, stream: boolean): ModelRequest {
	const draft = new RequestDraft('2');
	draft.model = 'kaname/standard';
	draft.user = 'あ';
	return { ...draft.request(), dialect, stream };
}

/** A clock that goes on by ten at each look. */
function clock(): () => number {
	let at = 0;
	return () => (at += 10);
}

function trialOf(answer: (signal: AbortSignal) => Response | Promise<Response>): Trial {
	const refusal = async (response: Response) => {
		const { code, detail } = faultOf(await response.json());
		return new ApiError(response.status, { code, detail });
	};
	return new Trial({ send: async (_, signal) => await answer(signal), refusal, now: clock() });
}

const headers = { 'x-kaname-act': 'act-1', 'x-kaname-label': '2' };

describe('a try', () => {
	it.each(dialects)('shows text, usage, times and act of a whole answer in %s', async (dialect) => {
		const trial = trialOf(() => Response.json(whole[dialect], { headers }));
		await trial.run(request(dialect, false));
		expect([trial.stage, trial.text, trial.cut, trial.act, trial.label]).toEqual(['complete', said, true, 'act-1', '2']);
		expect(trial.usage).toEqual({ input: 3, output: 5 });
		expect([trial.firstMs, trial.tookMs]).toEqual([10, 20]);
	});

	it.each(dialects)('shows the same of a stream in %s', async (dialect) => {
		const trial = trialOf(() => new Response(streamed[dialect].join(''), { headers }));
		await trial.run(request(dialect, true));
		expect([trial.stage, trial.text, trial.cut, trial.fault]).toEqual(['complete', said, true, null]);
		expect(trial.usage).toEqual({ input: 3, output: 5 });
	});

	it.each(dialects)('takes no stream in %s for complete that lacks its end, wherever it breaks', async (dialect) => {
		const events = streamed[dialect];
		for (let length = 0; length < events.length; length += 1) {
			const trial = trialOf(() => new Response(events.slice(0, length).join(''), { headers }));
			await trial.run(request(dialect, true));
			expect([trial.stage, trial.fault?.code], `${length} events`).toEqual(['failed', 'client.cut_off']);
		}
	});

	it.each(dialects)('keeps what was shown when %s reports an error, and says which', async (dialect) => {
		const events = [...streamed[dialect].slice(0, -1), sse(errors[dialect]), ...streamed[dialect].slice(-1)];
		const trial = trialOf(() => new Response(events.join(''), { headers }));
		await trial.run(request(dialect, true));
		expect([trial.stage, trial.text]).toEqual(['failed', said]);
		expect(trial.fault).toEqual({ code: 'gateway.upstream_cut', detail: 'it broke' });
	});

	it.each(dialects)('says why %s was refused, and under which act', async (dialect) => {
		const trial = trialOf(() => Response.json(errors[dialect], { status: 502, headers }));
		await trial.run(request(dialect, true));
		expect([trial.stage, trial.act, trial.fault?.code]).toEqual(['failed', 'act-1', 'gateway.upstream_cut']);
	});

	it('stops while it waits and while text arrives, and keeps the text', async () => {
		const waiting = trialOf(
			(signal) =>
				new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
		);
		const waited = waiting.run(request('messages', true));
		expect(waiting.running).toBe(true);
		waiting.stop();
		await waited;
		expect([waiting.stage, waiting.fault]).toEqual(['stopped', null]);

		const arriving = trialOf((signal) => {
			const body = new ReadableStream<Uint8Array>({
				start(controller) {
					controller.enqueue(new TextEncoder().encode(delta('こん')));
					signal.addEventListener('abort', () => controller.error(new DOMException('', 'AbortError')));
				}
			});
			return new Response(body, { headers });
		});
		const run = arriving.run(request('chat_completions', true));
		await vi.waitFor(() => expect(arriving.text).toBe('こん'));
		arriving.stop();
		await run;
		expect([arriving.stage, arriving.text, arriving.act]).toEqual(['stopped', 'こん', 'act-1']);
	});
});

describe('a request that is being written', () => {
	it('names what has to be mended', () => {
		const draft = new RequestDraft('2');
		draft.maxTokens = '0';
		draft.temperature = '温かい';
		expect(draft.faults()).toEqual(['no_model', 'no_text', 'temperature', 'max_tokens']);
		draft.model = 'a/b';
		draft.user = ' あ ';
		draft.temperature = '１．５';
		draft.maxTokens = '1,000';
		expect(draft.faults()).toEqual([]);
		expect(draft.request()).toMatchObject({ user: 'あ', temperature: 1.5, maxTokens: 1000, label: null });
		draft.dialect = 'messages';
		expect(draft.faults()).toEqual(['temperature']);
		draft.maxTokens = '';
		draft.label = '3';
		expect(draft.faults()).toEqual(['temperature', 'max_tokens']);
		expect(draft.request().label).toBe('3');
	});
});
