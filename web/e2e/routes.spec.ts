/** Routes: an administrator puts endpoints in order, the order holds, and who watches only looks. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Page, type PlaywrightWorkerArgs } from '@playwright/test';
import { administrator, personWith } from './people';
import { ask, Caller, expectNoBarriers, expectNoSideways, sentence, signIn } from './support';

const greeting = 'こんにちは、二番目です。';

/** Whatever a test put on the server is taken away again, in the order of making, last first. */
const undo: (() => Promise<unknown>)[] = [];

test.beforeEach(async ({ page }) => signIn(page, administrator));
test.afterEach(async () => {
	for (const act of undo.splice(0).reverse()) await act();
});

test('a route is made, its order changed by keyboard, and a failure goes on to the next', async ({
	page,
	playwright,
	baseURL
}) => {
	const stamp = Date.now();
	const caller = await administratorByApi(playwright, baseURL);
	const failing = await endpoint(caller, `旅程の第一 ${stamp}`, await upstream(500));
	const answering = await endpoint(caller, `旅程の第二 ${stamp}`, await upstream(200));
	const [name, publicName] = [`旅程の経路 ${stamp}`, `kaname/route-${stamp}`];
	undo.push(() => removeRouteNamed(caller, publicName));

	await page.goto('/admin/routes');
	await page.getByRole('button', { name: '経路を追加する' }).click();
	const dialog = page.getByRole('dialog', { name: '経路を追加する' });
	await dialog.getByLabel('経路の名前').fill(name);
	await dialog.getByLabel('APIでの呼び名').fill(publicName);
	for (const one of [answering, failing]) {
		await dialog.getByLabel('追加する接続先').selectOption(one.id);
		await dialog.getByRole('button', { name: '経路に加える' }).click();
		await expect(place(page, one.name)).toHaveCount(1);
	}
	await expect(place(page, answering.name)).toContainText('1番目');
	await expect(place(page, failing.name)).toContainText('2番目');
	await expectNoBarriers(page);

	await dialog.getByRole('button', { name: `${failing.name}を上へ` }).focus();
	await page.keyboard.press('Enter');
	await expect(place(page, failing.name)).toContainText('1番目');
	await expect(place(page, answering.name)).toContainText('2番目');
	await expect(dialog.getByRole('button', { name: `${failing.name}を下へ` })).toBeFocused();
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog).toHaveCount(0);

	const card = page.getByRole('article', { name });
	await expect(card).toContainText(publicName);
	await expect(card.getByRole('list', { name: '試す順番' }).getByRole('list')).toHaveText([
		new RegExp(failing.name),
		new RegExp(answering.name)
	]);
	await expectNoBarriers(page);

	const program = await programOf(caller, playwright, baseURL);
	const call = { model: publicName, messages: [{ role: 'user', content: 'こんにちは' }] };
	const answer = await program.post('/v1/chat/completions', { data: call });
	expect(answer.status(), await answer.text()).toBe(200);
	expect(await answer.text()).toContain(greeting);

	await card.getByRole('button', { name: '停止する' }).click();
	await expect(card.getByRole('button', { name: '再開する' })).toBeVisible();
	expect((await program.post('/v1/chat/completions', { data: call })).status()).toBe(404);

	await card.getByRole('button', { name: `${name}を削除` }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(card).toHaveCount(0);
});

test('shares, conditions and bounds are kept and said in words', async ({ page, playwright, baseURL }) => {
	const stamp = Date.now();
	const caller = await administratorByApi(playwright, baseURL);
	const one = await endpoint(caller, `旅程の甲 ${stamp}`, 'http://127.0.0.1:9/v1');
	const two = await endpoint(caller, `旅程の乙 ${stamp}`, 'http://127.0.0.1:9/v1');
	const [name, publicName] = [`旅程の条件 ${stamp}`, `kaname/conditions-${stamp}`];
	const legs = [one, two].map((made, tier) => ({ endpoint_id: made.id, tier }));
	const route = await caller.send('POST', '/routes', { public_name: publicName, name, legs });
	undo.push(() => removeRouteNamed(caller, publicName));

	await page.goto('/admin/routes');
	const card = page.getByRole('article', { name });
	await card.getByRole('button', { name: `${name}を編集` }).click();
	const dialog = page.getByRole('dialog', { name: `${name}を編集` });
	const second = place(page, two.name);
	await second.getByLabel('上の接続先と同じ順番にし、割合で分ける').check();
	await expect(second).toContainText('1番目');
	await second.getByText('割合と条件').click();
	await second.getByRole('textbox', { name: /^割合/ }).fill('3');
	await second.getByLabel('他のプログラムからの呼び出し').check();
	await second.getByLabel('画像を読む').check();
	await dialog.getByText('この経路が守る限度').click();
	await dialog.getByLabel('設置場所の国').fill('jp、US');
	await dialog.getByLabel('出力100万トークンの料金の上限（円）').fill('たくさん');
	await expectNoBarriers(page);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog.getByLabel('出力100万トークンの料金の上限（円）')).toHaveAttribute('aria-invalid', 'true');
	await dialog.getByLabel('出力100万トークンの料金の上限（円）').fill('1,200');
	await dialog.getByLabel('次の接続先を試す').uncheck();
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog).toHaveCount(0);

	await expect(card).toContainText('割合 3');
	await expect(card).toContainText('条件：目的は他のプログラムからの呼び出し、必要なのは画像を読む');
	await expect(card).toContainText('JP、US');
	await expect(card).toContainText('1,200円まで');
	await expect(card).toContainText('ほかの接続先は試さない');
	expect(await caller.send('GET', `/routes/${String(route.id)}`)).toMatchObject({
		legs: [
			{ endpoint_id: one.id, tier: 0, weight: 1 },
			{ endpoint_id: two.id, tier: 0, weight: 3, when: { purposes: ['direct_call'], needs: ['images'] } }
		],
		bounds: { hosting_countries: ['JP', 'US'], output_yen_most: 1200, failover: false }
	});
	await page.setViewportSize({ width: 360, height: 740 });
	await expectNoSideways(page);
	await card.getByRole('button', { name: `${name}を編集` }).click();
	await expect(dialog).toBeVisible();
	await expectNoSideways(page);
});

test('a route without endpoints, or of a name that is taken, is told at its field', async ({
	page,
	playwright,
	baseURL
}) => {
	const stamp = Date.now();
	const caller = await administratorByApi(playwright, baseURL);
	const made = await endpoint(caller, `旅程の先客 ${stamp}`, 'http://127.0.0.1:9/v1');
	await page.goto('/admin/routes');
	await page.getByRole('button', { name: '経路を追加する' }).click();
	const dialog = page.getByRole('dialog', { name: '経路を追加する' });
	await dialog.getByLabel('経路の名前').fill('旅程の誤り');
	await dialog.getByLabel('APIでの呼び名').fill(made.publicName);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog.getByRole('group', { name: '接続先', exact: true })).toContainText(
		'接続先または経路の設定に誤りがあります。'
	);
	await dialog.getByLabel('追加する接続先').selectOption(made.id);
	await dialog.getByRole('button', { name: '経路に加える' }).click();
	await expect(place(page, made.name)).toHaveCount(1);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog.getByLabel('APIでの呼び名')).toHaveAttribute('aria-invalid', 'true');
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
});

for (const role of ['ai_officer', 'auditor'] as const) {
	test(`who oversees sees the routes and changes none: ${role}`, async ({ page, playwright, baseURL }) => {
		const stamp = Date.now();
		const caller = await administratorByApi(playwright, baseURL);
		const made = await endpoint(caller, `旅程の閲覧先 ${stamp}`, 'http://127.0.0.1:9/v1');
		const [name, public_name] = [`旅程の閲覧 ${stamp}`, `kaname/watched-${stamp}`];
		await caller.send('POST', '/routes', { public_name, name, legs: [{ endpoint_id: made.id }] });
		undo.push(() => removeRouteNamed(caller, public_name));
		await page.context().clearCookies();
		await signIn(page, personWith(role));
		await page.goto('/admin/routes');
		await expect(page.getByRole('article', { name })).toContainText(made.name);
		await expect(page.getByText('閲覧だけができます。')).toBeVisible();
		await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
		await expectNoBarriers(page);
	});
}

test('staff get no routes', async ({ page }) => {
	await page.context().clearCookies();
	await signIn(page, personWith('staff'));
	await page.goto('/admin/routes');
	await expect(page.getByText('この操作をする権限がありません。')).toBeVisible();
});

test('the wizard asks for a region where the service has one, and keeps a price exactly', async ({
	page,
	playwright,
	baseURL
}) => {
	const stamp = Date.now();
	const caller = await administratorByApi(playwright, baseURL);
	const name = `旅程の岩盤 ${stamp}`;
	undo.push(() => removeEndpointNamed(caller, name));
	await page.goto('/admin/endpoints/new');
	await expect(page.getByLabel('リージョン')).toHaveCount(0);
	await page.getByText('詳しい設定：AnthropicやGemini、Bedrockにつなぐ').click();
	await page.getByLabel('サービスの種類').selectOption('bedrock');
	// Where nobody answers: nothing leaves this machine.
	await page.getByLabel('接続先のアドレス').fill('http://127.0.0.1:9');
	await page.getByLabel('リージョン').fill('ap-northeast-1');
	await page.getByLabel('接続先のAPIキー').fill('JOURNEYKEY:journey-secret');
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '次へ' }).click();
	await page.getByLabel('モデル', { exact: true }).fill('journey-model');
	await page.getByLabel('表示名').fill(name);
	await page.getByLabel('APIでの呼び名').fill(`kaname/bedrock-${stamp}`);
	await page.getByText('詳しい設定', { exact: true }).click();
	await expect(page.getByLabel('ツールを呼ぶ')).toBeChecked();
	await expect(page.getByLabel('画像を読む')).not.toBeChecked();
	const price = page.getByRole('group', { name: '料金（100万トークンあたりの円）' });
	await price.getByLabel('入力').first().fill('45.000001');
	await page.getByRole('button', { name: '次へ' }).click();
	await expect(price).toContainText('入力と出力の両方');
	await price.getByLabel('出力').fill('180');
	await price.getByLabel('料金の基準日').fill('2026-04-01');
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '次へ' }).click();
	await page.getByRole('button', { name: '保存して試す' }).click();
	await expect(page.getByRole('link', { name: '接続先の一覧へ' })).toBeVisible({ timeout: 30_000 });
	const kept = (await caller.items('/endpoints?limit=200')).find((one) => one.name === name);
	expect(kept).toMatchObject({
		kind: 'bedrock',
		region: 'ap-northeast-1',
		capabilities: ['chat', 'tools', 'structured_output'],
		price: { input: 45_000_001, output: 180_000_000, as_of: '2026-04-01' }
	});
	expect(JSON.stringify(kept)).not.toContain('journey-secret');
});

type Playwright = PlaywrightWorkerArgs['playwright'];

interface Made {
	id: string;
	name: string;
	publicName: string;
}

/** The place of an endpoint in the form's order. */
const place = (page: Page, name: string) =>
	page.getByRole('dialog').getByRole('list', { name: '試す順番' }).getByRole('listitem', { name });

async function administratorByApi(playwright: Playwright, baseURL: string | undefined): Promise<Caller> {
	const outside = await playwright.request.newContext({ baseURL });
	undo.push(() => outside.dispose());
	const caller = new Caller(outside);
	await caller.signIn(administrator);
	return caller;
}

/** An endpoint that may handle everything, since the label of a call is the institution's default. */
async function endpoint(caller: Caller, name: string, baseUrl: string): Promise<Made> {
	const { ranks } = (await caller.send('GET', '/label-pack')) as { ranks: { rank: number }[] };
	const publicName = `kaname/e-${randomUUID()}`;
	const { id } = await caller.send('POST', '/endpoints', {
		kind: 'openai_compatible',
		name,
		base_url: baseUrl,
		model: 'journey-model',
		public_name: publicName,
		capabilities: ['chat'],
		languages: ['ja'],
		clearance: String(Math.max(...ranks.map((entry) => entry.rank)))
	});
	undo.push(() => caller.send('DELETE', `/endpoints/${String(id)}`));
	return { id: String(id), name, publicName };
}

/** A program with a key that may call models. */
async function programOf(caller: Caller, playwright: Playwright, baseURL: string | undefined) {
	const made = await caller.send('POST', '/keys', { name: '旅程の経路', scopes: ['models'], expires_in_days: 1 });
	const program = await playwright.request.newContext({
		baseURL,
		extraHTTPHeaders: { authorization: `Bearer ${String(made.secret)}` }
	});
	undo.push(() => program.dispose());
	return program;
}

async function removeRouteNamed(caller: Caller, publicName: string): Promise<void> {
	const found = (await caller.items('/routes?limit=200')).find((route) => route.public_name === publicName);
	if (found) await caller.send('DELETE', `/routes/${String(found.id)}`);
}

async function removeEndpointNamed(caller: Caller, name: string): Promise<void> {
	const found = (await caller.items('/endpoints?limit=200')).find((one) => one.name === name);
	if (found) await caller.send('DELETE', `/endpoints/${String(found.id)}`);
}

/** A small upstream of OpenAI's form that always gives this status; the address of its API. */
async function upstream(status: 200 | 500): Promise<string> {
	const completion = {
		id: 'x',
		object: 'chat.completion',
		model: 'journey-model',
		created: 0,
		choices: [{ index: 0, message: { role: 'assistant', content: greeting }, finish_reason: 'stop' }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
	};
	const server: Server = createServer((request, response) => {
		request.resume();
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(status === 200 ? completion : { error: { message: 'broken' } }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	undo.push(async () => void server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

test('one route serves the questions of the workspace, and marking another takes over', async ({
	page,
	playwright,
	baseURL
}) => {
	const stamp = Date.now();
	const caller = await administratorByApi(playwright, baseURL);
	const failing = await endpoint(caller, `旅程の停止中 ${stamp}`, await upstream(500));
	const writing = await endpoint(caller, `旅程の書き手 ${stamp}`, await writer(`${sentence}[1]`));
	const [name, publicName] = [`旅程の庁内 ${stamp}`, `kaname/workspace-${stamp}`];
	const legs = [failing, writing].map((made, tier) => ({ endpoint_id: made.id, tier }));
	await caller.send('POST', '/routes', { public_name: publicName, name, legs });
	undo.push(() => removeRouteNamed(caller, publicName));

	await page.goto('/admin/routes');
	const card = page.getByRole('article', { name });
	await card.getByRole('button', { name: `${name}を編集` }).click();
	const dialog = page.getByRole('dialog', { name: `${name}を編集` });
	await dialog.getByLabel('庁内の画面での回答に使う').focus();
	await page.keyboard.press('Space');
	await expectNoBarriers(page);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(card).toContainText('庁内の画面で使用');
	await expectNoBarriers(page);

	await page.goto('/');
	await ask(page);
	await expect(page.getByText(`${writing.name}が文書を基に書きました。`)).toBeVisible();

	const [other, otherName] = [`旅程の後任 ${stamp}`, `kaname/successor-${stamp}`];
	await caller.send('POST', '/routes', { public_name: otherName, name: other, legs });
	undo.push(() => removeRouteNamed(caller, otherName));
	await page.goto('/admin/routes');
	await page.getByRole('button', { name: `${other}を編集` }).click();
	await expect(page.getByText(`いまは「${name}」を使っています。`)).toBeVisible();
	await page.getByLabel('庁内の画面での回答に使う').check();
	await page.getByRole('button', { name: '保存する' }).click();
	await expect(page.getByRole('article', { name: other })).toContainText('庁内の画面で使用');
	await expect(card).not.toContainText('庁内の画面で使用');
});

/** An upstream of OpenAI's form that streams this text; the address of its API. */
async function writer(text: string): Promise<string> {
	const chunk = (delta: object, finish_reason: string | null) =>
		`data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'journey-model', created: 0, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
	const server = createServer((request, response) => {
		request.resume();
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(`${chunk({ role: 'assistant', content: text }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	undo.push(async () => void server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
