/** Continuity: what stops without a vendor, a drill under real calls with its report, and who may only look. */
import { expect } from '@playwright/test';
import { test } from './door';
import { administrator, personWith } from './people';
import { type Caller, expectNoBarriers, expectNoSideways, signIn } from './support';

test.describe.configure({ mode: 'serial' });

test('a vendor is left out in a drill, calls go elsewhere, and the report says how it went', async ({ page, door }) => {
	test.setTimeout(180_000);
	const stamp = Date.now();
	const [main, spare] = [`旅程の甲社 ${stamp}`, `旅程の乙社 ${stamp}`];
	const services = [await door.service(), await door.service()] as const;
	const first = await door.endpoint(`旅程の主 ${stamp}`, services[0].address, { vendor: main });
	const second = await door.endpoint(`旅程の控え ${stamp}`, services[1].address, { vendor: spare });
	const { publicName } = await door.route(`旅程の継続 ${stamp}`, [first, second]);
	const greet = await door.program();
	const statusFrom = async (model: string) => (await greet(model)).status();
	const calls = () => services.map((service) => service.calls());
	expect(await statusFrom(publicName)).toBe(200);
	expect(calls()).toEqual([1, 0]);

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
	await expect(page.getByText(/集中度（HHI）：呼び出し [\d,]+（/).first()).toBeVisible();
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
	door.later(() => endDrills(door.caller));

	expect(await statusFrom(publicName)).toBe(200);
	expect(calls()).toEqual([1, 1]);
	expect(await statusFrom(first.publicName)).toBe(503);
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
	expect(await statusFrom(publicName)).toBe(200);
	expect(calls()).toEqual([2, 1]);
});

test('a block by hand is ended on screen', async ({ page, door }) => {
	const vendor = `旅程の停止社 ${Date.now()}`;
	const block = { subject: 'vendor', value: vendor, minutes: 30, reason: '障害の連絡' };
	await door.caller.send('POST', '/endpoint-blocks', block);
	await signIn(page, administrator);
	await page.goto('/admin/continuity');
	await page.getByRole('button', { name: `提供者：${vendor}の停止を解除` }).click();
	await page.getByRole('dialog').getByRole('button', { name: '今すぐ終える' }).click();
	await expect(page.getByRole('button', { name: `提供者：${vendor}の停止を解除` })).toHaveCount(0);
	expect((await door.caller.items('/endpoint-blocks')).filter((one) => one.value === vendor)).toEqual([]);
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
	door
}) => {
	test.setTimeout(120_000);
	const stamp = Date.now();
	const main = `旅程の質問の甲社 ${stamp}`;
	const { caller } = door;
	const { address } = await door.service();
	const first = await door.endpoint(`旅程の質問の主 ${stamp}`, address, { vendor: main });
	const second = await door.endpoint(`旅程の質問の控え ${stamp}`, address, { vendor: `旅程の質問の乙社 ${stamp}` });
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
	door.later(() => caller.send('POST', `${path}/end`).catch(() => undefined));
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

/** Whatever drill a failed journey left under way. */
async function endDrills(caller: Caller): Promise<void> {
	for (const drill of await caller.items('/drills')) {
		if (drill.state === 'running') await caller.send('POST', `/drills/${String(drill.id)}/end`);
	}
}
