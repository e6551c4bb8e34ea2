/**
 * What the journeys through the door share: an administrator by the API, endpoints with a small service
 * behind them, routes, and a program with a key. What a test made through it is gone when the test ends.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as base, type APIRequestContext, type APIResponse, type PlaywrightWorkerArgs } from '@playwright/test';
import { administrator } from './people';
import { Caller } from './support';

type Playwright = PlaywrightWorkerArgs['playwright'];

/** Where nobody answers: nothing leaves this machine. */
export const nowhere = 'http://127.0.0.1:9/v1';
export const model = 'journey-model';
/** What a small service answers to whatever it is asked. */
export const greeting = 'こんにちは。';

export interface Made {
	id: string;
	name: string;
	publicName: string;
}

export class Door {
	/** The administrator, signed in apart from the page. */
	readonly caller: Caller;
	readonly #playwright: Playwright;
	readonly #baseURL: string | undefined;
	readonly #undo: (() => Promise<unknown>)[] = [];

	private constructor(request: APIRequestContext, playwright: Playwright, baseURL: string | undefined) {
		this.caller = new Caller(request);
		this.#playwright = playwright;
		this.#baseURL = baseURL;
	}

	static async open(playwright: Playwright, baseURL: string | undefined): Promise<Door> {
		const request = await playwright.request.newContext({ baseURL });
		const door = new Door(request, playwright, baseURL);
		door.later(() => request.dispose());
		await door.caller.signIn(administrator);
		return door;
	}

	/** Done when the test ends, last first. */
	later(act: () => Promise<unknown>): void {
		this.#undo.push(act);
	}

	async close(): Promise<void> {
		for (const act of this.#undo.splice(0).reverse()) await act();
	}

	/** An endpoint that may handle everything, since the label of a call is the institution's default. */
	async endpoint(name: string, address: string, more: Record<string, unknown> = {}): Promise<Made> {
		const { ranks } = (await this.caller.send('GET', '/label-pack')) as { ranks: { rank: number }[] };
		const publicName = `kaname/e-${randomUUID()}`;
		const { id } = await this.caller.send('POST', '/endpoints', {
			kind: 'openai_compatible',
			name,
			base_url: address,
			model,
			public_name: publicName,
			capabilities: ['chat'],
			languages: ['ja'],
			clearance: String(Math.max(...ranks.map((entry) => entry.rank))),
			...more
		});
		this.later(() => this.caller.send('DELETE', `/endpoints/${String(id)}`));
		return { id: String(id), name, publicName };
	}

	/** A route that tries these endpoints one after the other. */
	async route(name: string, endpoints: Made[]): Promise<Made> {
		const publicName = `kaname/r-${randomUUID()}`;
		const legs = endpoints.map((endpoint, tier) => ({ endpoint_id: endpoint.id, tier }));
		const { id } = await this.caller.send('POST', '/routes', { public_name: publicName, name, legs });
		this.later(() => this.caller.send('DELETE', `/routes/${String(id)}`));
		return { id: String(id), name, publicName };
	}

	/** What the test is about to make on screen goes too, if it is still there at the end. */
	removeLater(path: '/endpoints' | '/routes', name: string): void {
		this.later(async () => {
			const found = (await this.caller.items(`${path}?limit=200`)).find((one) => one.name === name);
			if (found) await this.caller.send('DELETE', `${path}/${String(found.id)}`);
		});
	}

	/** A program with a key that may call models: greets the one of this name. */
	async program(): Promise<(publicName: string) => Promise<APIResponse>> {
		const key = { name: '旅程のプログラム', scopes: ['models'], expires_in_days: 1 };
		const { secret } = await this.caller.send('POST', '/keys', key);
		const extraHTTPHeaders = { authorization: `Bearer ${String(secret)}` };
		const program = await this.#playwright.request.newContext({ baseURL: this.#baseURL, extraHTTPHeaders });
		this.later(() => program.dispose());
		const messages = [{ role: 'user', content: 'こんにちは' }];
		return (publicName) => program.post('/v1/chat/completions', { data: { model: publicName, messages } });
	}

	/** A service on this machine; the address of its API. */
	async serve(listener: RequestListener): Promise<string> {
		const server = createServer(listener);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		this.later(async () => {
			server.closeAllConnections();
			server.close();
		});
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
	}

	/** A small service of OpenAI's form: one model that greets, or fails every call; counts what it is asked. */
	async service(status: 200 | 500 = 200): Promise<{ address: string; calls: () => number }> {
		let calls = 0;
		const address = await this.serve((request, response) => {
			request.resume();
			request.on('end', () => {
				calls += 1;
				const good = request.url?.endsWith('/models') ? models : completion;
				response.writeHead(status, { 'content-type': 'application/json' });
				response.end(JSON.stringify(status === 200 ? good : { error: { message: 'broken' } }));
			});
		});
		return { address, calls: () => calls };
	}
}

/** Journeys that ask for `door` get their own. */
export const test = base.extend<{ door: Door }>({
	door: async ({ playwright, baseURL }, use) => {
		const door = await Door.open(playwright, baseURL);
		await use(door);
		await door.close();
	}
});

const models = { object: 'list', data: [{ id: model, object: 'model' }] };
const completion = {
	id: 'x',
	object: 'chat.completion',
	model,
	created: 0,
	choices: [{ index: 0, message: { role: 'assistant', content: greeting }, finish_reason: 'stop' }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
};
