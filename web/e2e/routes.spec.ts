/** Routes: an administrator puts endpoints in order, the order holds, and who watches only looks. */
import { expect, type Page } from '@playwright/test';
import { type Door, greeting, model, nowhere, test } from './door';
import { administrator, personWith } from './people';
import { ask, expectNoBarriers, expectNoSideways, sentence, signIn, tabTo } from './support';

test.beforeEach(async ({ page }) => signIn(page, administrator));

test('a route is made, its order changed by keyboard, and a failure goes on to the next', async ({ page, door }) => {
	const stamp = Date.now();
	const failing = await door.endpoint(`旅程の第一 ${stamp}`, (await door.service(500)).address);
	const answering = await door.endpoint(`旅程の第二 ${stamp}`, (await door.service()).address);
	const [name, publicName] = [`旅程の経路 ${stamp}`, `kaname/route-${stamp}`];
	door.removeLater('/routes', name);

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

	const greet = await door.program();
	const answer = await greet(publicName);
	expect(answer.status(), await answer.text()).toBe(200);
	expect(await answer.text()).toContain(greeting);

	await card.getByRole('button', { name: '停止する' }).click();
	await expect(card.getByRole('button', { name: '再開する' })).toBeVisible();
	expect((await greet(publicName)).status()).toBe(404);

	await card.getByRole('button', { name: `${name}を削除` }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(card).toHaveCount(0);
});

test('shares, conditions and bounds are kept and said in words', async ({ page, door }) => {
	const stamp = Date.now();
	const one = await door.endpoint(`旅程の甲 ${stamp}`, nowhere);
	const two = await door.endpoint(`旅程の乙 ${stamp}`, nowhere);
	const { id, name } = await door.route(`旅程の条件 ${stamp}`, [one, two]);

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
	expect(await door.caller.send('GET', `/routes/${id}`)).toMatchObject({
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

test('the wait before a second endpoint is asked is set by keyboard, and a wrong one is told at its field', async ({
	page,
	door
}) => {
	const stamp = Date.now();
	const first = await door.endpoint(`旅程の先手 ${stamp}`, nowhere);
	const second = await door.endpoint(`旅程の後手 ${stamp}`, nowhere);
	const { id, name } = await door.route(`旅程の並行 ${stamp}`, [first, second]);
	await page.goto('/admin/routes');
	const edit = page.getByRole('button', { name: `${name}を編集` });
	await edit.press('Enter');
	const dialog = page.getByRole('dialog', { name: `${name}を編集` });
	await dialog.getByLabel('経路の名前').fill(`${name}改`);
	await tabTo(page, dialog.locator('summary', { hasText: 'この経路が守る限度' }));
	await page.keyboard.press('Enter');
	const wait = dialog.getByLabel('別の接続先にも並行して尋ねるまでの待ち時間（ミリ秒）');
	await tabTo(page, wait);
	for (const [wrong, said] of [
		['5', '待ち時間は、10から120,000までの整数（ミリ秒）で書いてください。'],
		['abc', '0以上の整数で書いてください。']
	] as const) {
		await page.keyboard.press('Control+A');
		await page.keyboard.type(wrong);
		await page.keyboard.press('Enter');
		await expect(wait).toHaveAttribute('aria-invalid', 'true');
		await expect(wait).toHaveAccessibleDescription(new RegExp(`10〜120,000.*${said}`));
		await expect(wait).toHaveValue(wrong);
		await expect(wait).toBeFocused();
		await expectNoBarriers(page);
	}
	await expect(dialog.getByLabel('経路の名前')).toHaveValue(`${name}改`);
	await expect(dialog.getByRole('list', { name: '試す順番' }).getByRole('listitem')).toHaveCount(2);
	expect(await door.caller.send('GET', `/routes/${id}`)).toMatchObject({ name, bounds: { hedge_after_ms: null } });

	await page.keyboard.press('Control+A');
	await page.keyboard.type('1,500');
	await page.keyboard.press('Enter');
	await expect(dialog).toHaveCount(0);
	const card = page.getByRole('article', { name: `${name}改` });
	await expect(card).toContainText('1,500 ミリ秒');
	expect(await door.caller.send('GET', `/routes/${id}`)).toMatchObject({ bounds: { hedge_after_ms: 1500 } });
	await expectNoBarriers(page);

	await card.getByRole('button', { name: `${name}改を編集` }).press('Enter');
	const again = page.getByRole('dialog', { name: `${name}改を編集` });
	await again.getByText('この経路が守る限度').press('Enter');
	await expect(again.getByLabel('別の接続先にも並行して尋ねる')).toHaveValue('1500');
	await again.getByLabel('別の接続先にも並行して尋ねる').fill('');
	await page.keyboard.press('Enter');
	await expect(again).toHaveCount(0);
	await expect(card).not.toContainText('ミリ秒');
});

test('a route without endpoints, or of a name that is taken, is told at its field', async ({ page, door }) => {
	const made = await door.endpoint(`旅程の先客 ${Date.now()}`, nowhere);
	await page.goto('/admin/routes');
	await page.getByRole('button', { name: '経路を追加する' }).click();
	const dialog = page.getByRole('dialog', { name: '経路を追加する' });
	await dialog.getByLabel('経路の名前').fill('旅程の誤り');
	await dialog.getByLabel('APIでの呼び名').fill(made.publicName);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog.getByRole('group', { name: '接続先', exact: true })).toContainText(
		'接続先を1件以上32件以内で選び、'
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
	test(`who oversees sees the routes and changes none: ${role}`, async ({ page, door }) => {
		const stamp = Date.now();
		const made = await door.endpoint(`旅程の閲覧先 ${stamp}`, nowhere);
		const { name } = await door.route(`旅程の閲覧 ${stamp}`, [made]);
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

/** The place of an endpoint in the form's order. */
const place = (page: Page, name: string) =>
	page.getByRole('dialog').getByRole('list', { name: '試す順番' }).getByRole('listitem', { name });

test('one route serves the questions of the workspace, and marking another takes over', async ({
	page,
	door
}) => {
	const stamp = Date.now();
	const failing = await door.endpoint(`旅程の停止中 ${stamp}`, (await door.service(500)).address);
	const writing = await door.endpoint(`旅程の書き手 ${stamp}`, await writer(door, `${sentence}[1]`));
	const { name } = await door.route(`旅程の庁内 ${stamp}`, [failing, writing]);

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

	const { name: other } = await door.route(`旅程の後任 ${stamp}`, [failing, writing]);
	await page.goto('/admin/routes');
	await page.getByRole('button', { name: `${other}を編集` }).click();
	await expect(page.getByText(`いまは「${name}」を使っています。`)).toBeVisible();
	await page.getByLabel('庁内の画面での回答に使う').check();
	await page.getByRole('button', { name: '保存する' }).click();
	await expect(page.getByRole('article', { name: other })).toContainText('庁内の画面で使用');
	await expect(card).not.toContainText('庁内の画面で使用');
});

/** An upstream of OpenAI's form that streams this text; the address of its API. */
async function writer(door: Door, text: string): Promise<string> {
	const chunk = (delta: object, finish_reason: string | null) =>
		`data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model, created: 0, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
	return door.serve((request, response) => {
		request.resume();
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(`${chunk({ role: 'assistant', content: text }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
	});
}
