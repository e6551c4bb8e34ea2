/** Receipts and the record of acts, checked in the browser. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { administrator, personWith } from './people';
import { ask, expectNoBarriers, signIn } from './support';

test('the receipt of an answer verifies, and an altered copy does not', async ({ page }) => {
	await signIn(page, personWith('staff'));
	await ask(page);
	await page.getByRole('article', { name: '回答' }).getByRole('link', { name: '受領証' }).click();
	await expect(page.getByText('この受領証は正しいものです')).toBeVisible();
	await expect(page.getByRole('img', { name: '確認できました' })).toHaveCount(5);
	await expectNoBarriers(page);
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name: '受領証を保存する（JSON）' }).click()
	]);
	const saved = await readFile(await download.path(), 'utf8');
	await page.context().clearCookies();
	await page.goto('/verify');
	const choose = (text: string) =>
		page
			.locator('input[type=file]')
			.setInputFiles({ name: 'receipt.json', mimeType: 'application/json', buffer: Buffer.from(text) });
	await choose(saved);
	await expect(page.getByText('この受領証は正しいものです')).toBeVisible();
	const receipt = JSON.parse(saved) as { entry: string };
	const entry = Buffer.from(receipt.entry, 'base64')
		.toString()
		.replace(/"at_ms":\d/, '"at_ms":9');
	await choose(JSON.stringify({ ...receipt, entry: Buffer.from(entry).toString('base64') }));
	await expect(page.getByText('この受領証は正しくありません')).toBeVisible();
	await expect(page.getByText('root-mismatch')).toBeVisible();
	await choose('受領証ではない');
	await expect(page.getByText('Kanameの受領証として読み取れません。')).toBeVisible();
});

test('an answer is followed from its question to its end', async ({ page }) => {
	await signIn(page, personWith('staff'));
	await ask(page);
	await page.getByRole('article', { name: '回答' }).getByRole('link', { name: '受領証' }).click();
	await page.getByRole('link', { name: '行為の記録へ' }).click();
	const chain = page.getByRole('list', { name: '一つの依頼の始まりから終わりまで' });
	await expect(chain.getByRole('heading', { name: '質問', exact: true })).toBeVisible();
	// The question was turned into a vector: that call, too, was asked for, decided on, made and ended.
	for (const step of ['依頼', '判断', '実行', '結果']) {
		await expect(chain.getByRole('heading', { name: step, exact: true }).first()).toBeVisible();
	}
	await expect(chain.getByRole('heading', { name: '文書からの回答' })).toBeVisible();
});

test('the whole ledger is verified and the record is filtered', async ({ page }) => {
	await signIn(page, administrator);
	await page.goto('/acts');
	await page.getByRole('button', { name: '台帳全体を検証する' }).click();
	await expect(page.getByText('書き換えがないことを確かめました')).toBeVisible({ timeout: 30_000 });
	const kinds = page.getByLabel('行為', { exact: true });
	const kind = await kinds.locator('option').nth(1).getAttribute('value');
	await kinds.selectOption(kind);
	await page.getByRole('button', { name: '絞り込む' }).click();
	await expect(page).toHaveURL(new RegExp(`kind=${kind}`));
	await page.reload();
	await expect(kinds).toHaveValue(kind ?? '');
});
