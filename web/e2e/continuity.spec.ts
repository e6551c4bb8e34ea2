/** Continuity: what stops without a vendor, a drill under real calls with its report, and who may only look. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type PlaywrightWorkerArgs } from '@playwright/test';
import { administrator, personWith } from './people';
import { Caller, expectNoBarriers, expectNoSideways, signIn } from './support';

/** Whatever a test put on the server is taken away again, in the order of making, last first. */
const undo: (() => Promise<unknown>)[] = [];

test.describe.configure({ mode: 'serial' });
test.afterEach(async () => {
	for (const act of undo.splice(0).reverse()) await act();
});

test('a vendor is left out in a drill, calls go elsewhere, and the report says how it went', async ({
	page,
	playwright,
	baseURL
}) => {
	test.setTimeout(180_000);
	const stamp = Date.now();
	const [main, spare] = [`旅程の甲社 ${stamp}`, `旅程の乙社 ${stamp}`];
	const caller = await administratorByApi(playwright, baseURL);
	const first = await endpoint(caller, `旅程の主 ${stamp}`, main);
	const second = await endpoint(caller, `旅程の控え ${stamp}`, spare);
	const publicName = `kaname/continuity-${stamp}`;
	const legs = [first, second].map(({ id }, tier) => ({ endpoint_id: id, tier }));
	const route = await caller.send('POST', '/routes', { public_name: publicName, name: `旅程の継続 ${stamp}`, legs });
	undo.push(() => caller.send('DELETE', `/routes/${String(route.id)}`));
	const program = await programOf(caller, playwright, baseURL);
	const ask = async (model: string) =>
		(
			await program.post('/v1/chat/completions', {
				data: { model, messages: [{ role: 'user', content: 'こんにちは' }] }
			})
		).status();
	expect(await ask(publicName)).toBe(200);
	expect([first.calls(), second.calls()]).toEqual([1, 0]);

	await signIn(page, administrator);
	await page.goto('/admin/continuity');
	const exits = page.getByRole('region', { name: 'もし、なくなったら' });
	await exits.getByLabel('対象').selectOption(main);
	await exits.getByRole('button', { name: '影響を見る' }).click();
	await expect(page).toHaveURL(/subject=vendor/);
	const ways = page.getByRole('table', { name: /使い方ごとの影響/ });
	await expect(ways.getByRole('row', { name: new RegExp(`旅程の継続 ${stamp}`) })).toContainText(
		'続くが、接続先が減る'
	);
	await expect(ways.getByRole('row', { name: new RegExp(`旅程の主 ${stamp}`) })).toContainText('止まる');
	await expect(page.getByRole('table', { name: /文章を書くモデル：提供者別/ })).toContainText(main);
	await expect(page.getByText(/呼び出しの集中度（HHI）は/).first()).toBeVisible();
	await expectNoBarriers(page);

	await page.getByRole('button', { name: '訓練を始める' }).click();
	const dialog = page.getByRole('dialog', { name: '訓練を始める' });
	await expect(dialog.getByLabel('対象')).toHaveValue(main);
	await dialog.getByLabel('続ける時間（分）').fill('0');
	await dialog.getByLabel('理由').fill('年1回の撤退訓練');
	await expectNoBarriers(page);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog.getByLabel('続ける時間（分）')).toHaveAttribute('aria-invalid', 'true');
	await dialog.getByLabel('続ける時間（分）').fill('30');
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog).toHaveCount(0);
	undo.push(() => endDrills(caller));

	expect(await ask(publicName)).toBe(200);
	expect([first.calls(), second.calls()]).toEqual([1, 1]);
	expect(await ask(first.publicName)).toBe(503);
	const drills = page.getByRole('table', { name: 'これまでの訓練' });
	await expect(page.getByRole('table', { name: '使えなくしているもの' })).toContainText(main);
	await drills.getByRole('link', { name: new RegExp(main) }).click();
	await expect(page.getByText('訓練はまだ続いています。')).toBeVisible();
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '今すぐ終える' }).click();
	await page.getByRole('dialog').getByRole('button', { name: '今すぐ終える' }).click();
	await expect(page.getByText('訓練はまだ続いています。')).toHaveCount(0);
	const figures = page.getByRole('table', { name: '訓練中と直前の比較' });
	const during = (name: string) => figures.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell').first();
	await expect(during('接続先の呼び出し')).toHaveText('1');
	await expect(during('訓練の対象に向かった呼び出し')).toHaveText('0');
	await expect(during('使える接続先が残っていなかった依頼')).toHaveText('1');
	await expect(page.getByRole('table', { name: '回答を得られなかった使い方' })).toContainText(first.publicName);
	await expect(page.getByText('回答の中身の良し悪し。')).toBeVisible();
	await expectNoBarriers(page);
	await page.setViewportSize({ width: 360, height: 740 });
	await expectNoSideways(page);
	await page.getByRole('link', { name: '終了の記録（報告を含む）' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toContainText('訓練の終了');
	expect(await ask(publicName)).toBe(200);
	expect([first.calls(), second.calls()]).toEqual([2, 1]);
});

test('a block by hand is ended on screen', async ({ page, playwright, baseURL }) => {
	const vendor = `旅程の停止社 ${Date.now()}`;
	const caller = await administratorByApi(playwright, baseURL);
	const block = { subject: 'vendor', value: vendor, minutes: 30, reason: '障害の連絡' };
	await caller.send('POST', '/endpoint-blocks', block);
	await signIn(page, administrator);
	await page.goto('/admin/continuity');
	await page.getByRole('button', { name: `提供者：${vendor}の停止を解除` }).click();
	await page.getByRole('dialog').getByRole('button', { name: '今すぐ終える' }).click();
	await expect(page.getByRole('button', { name: `提供者：${vendor}の停止を解除` })).toHaveCount(0);
	expect((await caller.items('/endpoint-blocks')).filter((one) => one.value === vendor)).toEqual([]);
});

for (const role of ['ai_officer', 'auditor'] as const) {
	test(`who oversees sees it all and starts nothing: ${role}`, async ({ page }) => {
		await signIn(page, personWith(role));
		await page.goto('/admin/continuity');
		await expect(page.getByRole('heading', { name: '頼っている割合' })).toBeVisible();
		await expect(page.getByRole('button', { name: '影響を見る' })).toBeVisible();
		await expect(page.getByRole('button', { name: '訓練を始める' })).toHaveCount(0);
		await expectNoBarriers(page);
	});
}

test('staff get nothing of it, and an address that names nobody says so', async ({ page }) => {
	await signIn(page, personWith('staff'));
	await page.goto('/admin/continuity');
	await expect(page.getByText('この操作をする権限がありません。')).toBeVisible();
	await page.context().clearCookies();
	await signIn(page, administrator);
	await page.goto('/admin/continuity?subject=vendor&value=nobody');
	await expect(page.getByRole('alert')).toContainText('入力に誤りがあります。');
});

test('check questions are asked before a drill and in it, and the report says what came of them', async ({
	page,
	playwright,
	baseURL
}) => {
	test.setTimeout(120_000);
	const stamp = Date.now();
	const main = `旅程の質問の甲社 ${stamp}`;
	const caller = await administratorByApi(playwright, baseURL);
	const first = await endpoint(caller, `旅程の質問の主 ${stamp}`, main);
	const second = await endpoint(caller, `旅程の質問の控え ${stamp}`, `旅程の質問の乙社 ${stamp}`);
	await signIn(page, administrator);
	await page.goto('/admin/continuity');
	await page.getByRole('button', { name: '訓練を始める' }).click();
	const dialog = page.getByRole('dialog', { name: '訓練を始める' });
	await dialog.getByLabel('対象').selectOption(main);
	await dialog.getByLabel('理由').fill('質問で確かめる訓練');
	const question = (number: number) => dialog.getByRole('listitem', { name: `質問${number}` });
	const text = (number: number, name: string) => question(number).getByRole('textbox', { name });
	for (const [number, model, expected] of [
		[1, first.publicName, '　'],
		[2, second.publicName, 'こん にちは'],
		[3, second.publicName, 'さようなら']
	] as const) {
		await dialog.getByRole('button', { name: '質問を加える' }).press('Enter');
		await expect(text(number, '質問')).toBeFocused();
		await page.keyboard.type(`あいさつ${number}をしてください。`);
		await question(number).getByLabel('聞く相手').selectOption(model);
		await text(number, '回答に必要な言葉').fill(expected);
	}
	await dialog.getByRole('button', { name: '質問3を取り除く' }).press('Enter');
	await expect(question(3)).toHaveCount(0);
	await expectNoBarriers(page);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(text(1, '回答に必要な言葉')).toHaveAttribute('aria-invalid', 'true');
	await text(1, '回答に必要な言葉').fill('さようなら');
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog).toHaveCount(0);
	const [drill] = await caller.items('/drills');
	const path = `/drills/${String(drill?.id)}`;
	undo.push(() => caller.send('POST', `${path}/end`).catch(() => undefined));
	type Found = { report: { checks: { during: { asked: number } } } };
	const asked = async () => ((await caller.send('GET', path)) as unknown as Found).report.checks.during.asked;
	await expect.poll(asked).toBe(2);

	await page.goto(`/admin/continuity${path}`);
	await page.getByRole('button', { name: '今すぐ終える' }).click();
	await page.getByRole('dialog').getByRole('button', { name: '今すぐ終える' }).click();
	await expect(page.getByText('訓練はまだ続いています。')).toHaveCount(0);
	const results = page.getByRole('table', { name: '質問ごとの結果' });
	const cells = (name: string) => results.getByRole('row', { name: new RegExp(name) }).getByRole('cell');
	await expect(cells('あいさつ1').nth(1)).toContainText('期待どおりでない');
	await expect(cells('あいさつ1').nth(0)).toContainText('回答なし');
	await expect(cells('あいさつ2').nth(1)).toContainText(second.publicName);
	await expect(cells('あいさつ2').nth(0)).toContainText('期待どおり');
	const numbers = page.getByRole('table', { name: '確認の質問の集計' });
	await expect(numbers.getByRole('row', { name: /^期待どおりの回答/ }).getByRole('cell')).toHaveText(['1', '1']);
	await expect(page.getByText('確認の質問のほかの、回答の中身の良し悪し。')).toBeVisible();
	await expectNoBarriers(page);
	await page.setViewportSize({ width: 360, height: 740 });
	await expectNoSideways(page);
});

type Playwright = PlaywrightWorkerArgs['playwright'];

async function administratorByApi(playwright: Playwright, baseURL: string | undefined): Promise<Caller> {
	const outside = await playwright.request.newContext({ baseURL });
	undo.push(() => outside.dispose());
	const caller = new Caller(outside);
	await caller.signIn(administrator);
	return caller;
}

/** An endpoint of a vendor that answers for real and counts what it is asked. */
async function endpoint(caller: Caller, name: string, vendor: string) {
	const { ranks } = (await caller.send('GET', '/label-pack')) as { ranks: { rank: number }[] };
	const publicName = `kaname/${vendor.includes('甲') ? 'main' : 'spare'}-${Date.now()}`;
	const { address, calls } = await upstream();
	const { id } = await caller.send('POST', '/endpoints', {
		kind: 'openai_compatible',
		name,
		vendor,
		base_url: address,
		model: 'journey-model',
		public_name: publicName,
		capabilities: ['chat'],
		languages: ['ja'],
		clearance: String(Math.max(...ranks.map((entry) => entry.rank)))
	});
	undo.push(() => caller.send('DELETE', `/endpoints/${String(id)}`));
	return { id: String(id), publicName, calls };
}

/** A program with a key that may call models. */
async function programOf(caller: Caller, playwright: Playwright, baseURL: string | undefined) {
	const made = await caller.send('POST', '/keys', { name: '旅程の継続', scopes: ['models'], expires_in_days: 1 });
	const program = await playwright.request.newContext({
		baseURL,
		extraHTTPHeaders: { authorization: `Bearer ${String(made.secret)}` }
	});
	undo.push(() => program.dispose());
	return program;
}

/** Whatever drill a failed journey left under way. */
async function endDrills(caller: Caller): Promise<void> {
	for (const drill of await caller.items('/drills')) {
		if (drill.state === 'running') await caller.send('POST', `/drills/${String(drill.id)}/end`);
	}
}

/** A small upstream of OpenAI's form that answers every call and counts them. */
async function upstream(): Promise<{ address: string; calls: () => number }> {
	const completion = {
		id: 'x',
		object: 'chat.completion',
		model: 'journey-model',
		created: 0,
		choices: [{ index: 0, message: { role: 'assistant', content: 'こんにちは' }, finish_reason: 'stop' }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
	};
	let calls = 0;
	const server: Server = createServer((request, response) => {
		request.resume();
		request.on('end', () => {
			calls += 1;
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify(completion));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	undo.push(async () => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return { address: `http://127.0.0.1:${port}/v1`, calls: () => calls };
}
