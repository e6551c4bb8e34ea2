/** What the journeys share: signing in, calling the API as a person, and looking for barriers. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import type { Person } from './people';

/** The question that the journeys ask, and the sentence that answers it. */
export const question = '粗大ごみの手数料はいくらですか';
export const sentence = '粗大ごみの処理手数料は、1点につき500円です。';
export const collectionName = '旅程の文書集';

/** A document that answers the question, among sentences that do not. */
export const documentText = [
	'粗大ごみの出し方',
	'粗大ごみを出すときは、収集日の3日前までに環境課へ申し込んでください。',
	sentence,
	'手数料納付券は、役場の窓口で購入できます。',
	'家庭ごみは、決められた曜日の朝8時までに集積所へ出してください。'
].join('\n\n');

/** Signs in on screen and waits for the chat. */
export async function signIn(page: Page, person: Person): Promise<void> {
	await page.goto('/sign-in');
	await page.getByLabel('利用者名').fill(person.userName);
	await page.getByLabel('パスワード').fill(person.password);
	await page.getByRole('button', { name: 'サインイン' }).click();
	await expect(page.getByLabel('質問', { exact: true })).toBeVisible();
}

/** Calls the API as whoever signed in on this request context. */
export class Caller {
	#request: APIRequestContext;
	#csrf = '';

	constructor(request: APIRequestContext) {
		this.#request = request;
	}

	async signIn(person: Pick<Person, 'userName' | 'password'>): Promise<void> {
		const session = await this.send('POST', '/session', { user_name: person.userName, password: person.password });
		this.#csrf = String(session.csrf_token);
	}

	async send(method: string, path: string, data?: unknown): Promise<Record<string, unknown>> {
		const response = await this.#request.fetch(`/api/v1${path}`, {
			method,
			data,
			headers: { 'x-kaname-csrf': this.#csrf }
		});
		expect(response.ok(), `${method} ${path}: ${response.status()} ${await response.text()}`).toBe(true);
		const text = await response.text();
		return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
	}

	async upload(collectionId: string, name: string, text: string): Promise<Record<string, unknown>> {
		const response = await this.#request.post(`/api/v1/collections/${collectionId}/documents`, {
			headers: { 'x-kaname-csrf': this.#csrf },
			multipart: { file: { name, mimeType: 'text/plain', buffer: Buffer.from(text) } }
		});
		expect(response.status(), await response.text()).toBe(202);
		return (await response.json()) as Record<string, unknown>;
	}

	/** Makes a batch of calls for embeddings out of these lines; gives its id. */
	async batch(lines: string[]): Promise<string> {
		const headers = { 'x-kaname-csrf': this.#csrf };
		const file = { name: 'calls.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(lines.join('\n')) };
		const sent = await this.#request.post('/v1/files', { headers, multipart: { purpose: 'batch', file } });
		expect(sent.ok(), await sent.text()).toBe(true);
		const { id } = (await sent.json()) as { id: string };
		const data = { input_file_id: id, endpoint: '/v1/embeddings', completion_window: '24h' };
		const made = await this.#request.post('/v1/batches', { headers, data });
		expect(made.ok(), await made.text()).toBe(true);
		return ((await made.json()) as { id: string }).id;
	}

	/** The items of a list. */
	async items(path: string): Promise<Record<string, unknown>[]> {
		return (await this.send('GET', path)).items as Record<string, unknown>[];
	}
}

/** Fails on anything that axe finds in the page as it stands. */
export async function expectNoBarriers(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
		.analyze();
	expect(
		violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
	).toEqual([]);
}

/** Collects what must not happen on any page: scripts that fail, rules of the page broken, calls to other hosts. */
export function watchPage(page: Page): string[] {
	const seen: string[] = [];
	const own = new URL(test.info().project.use.baseURL ?? '').host;
	page.on('pageerror', (error) => seen.push(error.message));
	page.on('console', (line) => /Content Security Policy/.test(line.text()) && seen.push(line.text()));
	page.on('request', (request) => {
		const address = new URL(request.url());
		if (address.protocol.startsWith('http') && address.host !== own) seen.push(request.url());
	});
	return seen;
}

/** Fails when the page is wider than the screen. */
export async function expectNoSideways(page: Page): Promise<void> {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	expect(wide).toBeLessThanOrEqual(0);
}

/** Goes to a control as the keyboard does, one press after the other. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
	const there = () => target.evaluate((node) => node === document.activeElement);
	for (let presses = 0; presses < 30 && !(await there()); presses++) await page.keyboard.press(key);
	await expect(target).toBeFocused();
}

/** Asks on screen and waits until the answer with its sources is there, at the conversation's own address. */
export async function ask(page: Page, text: string = question): Promise<void> {
	await page.getByLabel('質問', { exact: true }).fill(text);
	await page.getByRole('button', { name: '送信' }).click();
	await expect(page.getByRole('article', { name: '回答' }).last()).toBeVisible({ timeout: 30_000 });
	await expect(page).toHaveURL(/\/c\/[0-9a-f-]+/);
}
