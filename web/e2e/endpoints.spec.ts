/** The fields of an endpoint: a price from the table of prices, and what only some services want. */
import { expect } from '@playwright/test';
import { type Door, model as unlisted, nowhere, test } from './door';
import { administrator } from './people';
import { expectNoBarriers, expectNoSideways, signIn, tabTo } from './support';

/** What the table of prices says of one model. */
interface Offer {
	entry: { vendor: string; model: string; source: string };
	price: { input: number; output: number; as_of: string; source: string };
}

test.beforeEach(async ({ page }) => signIn(page, administrator));

test('a price is taken over from the table by keyboard, and kept only by saving', async ({ page, door }) => {
	const { entry, price: listed } = await firstOffer(door);
	const amounts = { input: 5_000_000, cached_input: 1_000_000, output: 7_000_000, request: 0 };
	const before = { ...amounts, as_of: '2025-04-01', source: '契約書' };
	const name = `旅程の料金 ${Date.now()}`;
	const { id } = await door.endpoint(name, nowhere, { model: entry.model, price: before });
	const kept = async () => (await door.caller.send('GET', `/endpoints/${id}`)).price;

	await page.goto('/admin/endpoints');
	const card = page.getByRole('article', { name });
	await expect(card).toContainText('入力 5円、キャッシュ 1円、出力 7円（2025年4月1日現在）');
	await card.getByRole('button', { name: '編集する' }).press('Enter');
	const dialog = page.getByRole('dialog', { name: `${name}を編集` });
	await dialog.locator('summary', { hasText: '詳しい設定' }).press('Enter');
	const price = dialog.getByRole('group', { name: '料金（100万トークンあたりの円）' });
	await expect(price).toContainText(`料金表（${entry.vendor}）`);
	await expect(price).toContainText(`根拠：${entry.source}`);
	await expectNoBarriers(page);

	await tabTo(page, price.getByRole('button', { name: 'この料金を取り込む' }));
	await page.keyboard.press('Enter');
	await expect(price.getByRole('status')).toHaveText('下の欄に料金を取り込みました。');
	await expect(price.getByLabel('入力').first()).toHaveValue(yen(listed.input));
	await expect(price.getByLabel('入力（キャッシュ分）')).toHaveValue('');
	await expect(price.getByLabel('出力')).toHaveValue(yen(listed.output));
	await expect(price.getByLabel('料金の基準日')).toHaveValue(listed.as_of);
	await expect(price.getByLabel('料金の根拠')).toHaveValue(listed.source);
	await expectNoBarriers(page);
	expect(await kept()).toMatchObject(before);

	await dialog.getByRole('button', { name: '保存する' }).press('Enter');
	await expect(dialog).toHaveCount(0);
	await expect(card).toContainText(`入力 ${yen(listed.input)}円`);
	expect(await kept()).toMatchObject({ ...listed, cached_input: null });
});

test('a model that the table does not know is offered no price, and the fields stay to be filled in', async ({
	page,
	door
}) => {
	const known = await firstOffer(door);
	const name = `旅程の無料金 ${Date.now()}`;
	const { id } = await door.endpoint(name, nowhere);
	await page.goto('/admin/endpoints');
	const card = page.getByRole('article', { name });
	const listed = page.waitForResponse((response) => response.url().endsWith('/api/v1/prices'));
	await card.getByRole('button', { name: '編集する' }).click();
	const dialog = page.getByRole('dialog', { name: `${name}を編集` });
	await dialog.getByText('詳しい設定', { exact: true }).click();
	expect((await listed).status()).toBe(200);
	const model = dialog.getByLabel('モデル', { exact: true });
	const takeOver = dialog.getByRole('button', { name: 'この料金を取り込む' });
	// The offer follows the model as it is typed: so its absence is no delay.
	await model.fill(known.entry.model.toUpperCase());
	await expect(takeOver).toBeVisible();
	await model.fill(unlisted);
	await expect(takeOver).toHaveCount(0);
	const price = dialog.getByRole('group', { name: '料金（100万トークンあたりの円）' });
	await expect(price).toContainText('料金表に、このモデルの円での料金はありません。');
	await expect(price).toContainText('料金がない接続先は、円の予算の下では使えません。');
	await price.getByLabel('入力').first().fill('1,200.5');
	await price.getByLabel('出力').fill('2400');
	await expectNoBarriers(page);
	await page.setViewportSize({ width: 360, height: 740 });
	await expectNoSideways(page);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog).toHaveCount(0);
	await expect(card).toContainText('入力 1,200.5円、キャッシュ 1,200.5円、出力 2,400円');
	const kept = await door.caller.send('GET', `/endpoints/${id}`);
	expect(kept.price).toMatchObject({ input: 1_200_500_000, cached_input: null, output: 2_400_000_000, source: '' });
});

test('the wizard asks for a region where the service has one, and keeps a price exactly', async ({ page, door }) => {
	const stamp = Date.now();
	const name = `旅程の岩盤 ${stamp}`;
	door.removeLater('/endpoints', name);
	await page.goto('/admin/endpoints/new');
	await expect(page.getByLabel('リージョン')).toHaveCount(0);
	await page.getByText('詳しい設定：AnthropicやGemini、Bedrockにつなぐ').click();
	await page.getByLabel('サービスの種類').selectOption('bedrock');
	await page.getByLabel('接続先のアドレス').fill(nowhere);
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
	const kept = (await door.caller.items('/endpoints?limit=200')).find((one) => one.name === name);
	expect(kept).toMatchObject({
		kind: 'bedrock',
		region: 'ap-northeast-1',
		capabilities: ['chat', 'tools', 'structured_output'],
		price: { input: 45_000_001, output: 180_000_000, as_of: '2026-04-01' }
	});
	expect(JSON.stringify(kept)).not.toContain('journey-secret');
});

/** What the table says of the first model whose price it knows in yen; the table that ships has one. */
async function firstOffer(door: Door): Promise<Offer> {
	const found = (await door.caller.items('/prices')).find((one) => one.price !== null);
	expect(found).toBeDefined();
	return found as unknown as Offer;
}

/** Yen as a field shows them, for millionths of a yen. */
const yen = (micro: number) => String(micro / 1_000_000);
