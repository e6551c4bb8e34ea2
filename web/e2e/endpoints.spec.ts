/** The fields of an endpoint: what only some services want. */
import { expect } from '@playwright/test';
import { nowhere, test } from './door';
import { administrator } from './people';
import { expectNoBarriers, signIn } from './support';

test.beforeEach(async ({ page }) => signIn(page, administrator));

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
