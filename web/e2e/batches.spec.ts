/** Batches: a person sees their own, what came of them, and stops one that is under way. */
import { expect } from '@playwright/test';
import { test } from './door';
import { administrator } from './people';
import { expectNoBarriers, signIn } from './support';

const call = (id: string, model: string) =>
	JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/embeddings', body: { model, input: id } });

test('a batch is worked through, and its results and faults are found on the page', async ({ page, door: { caller } }) => {
	const made = await caller.batch([call('a', 'kaname/embedding'), call('b', 'no/model')]);
	const faulty = await caller.batch(['{']);
	expect(made).not.toBe(faulty);
	await signIn(page, administrator);
	await page.getByRole('button', { name: /メニュー/ }).click();
	await page.getByRole('link', { name: '一括処理' }).click();
	await expect(page.getByRole('heading', { level: 1, name: '一括処理' })).toBeVisible();
	const rows = page.getByRole('row');
	await expect(rows.nth(2)).toContainText('完了', { timeout: 30_000 });
	await expect(rows.nth(2)).toContainText('2件のうち成功1件、失敗1件');
	await expect(rows.nth(1)).toContainText('読み取れませんでした');
	await expect(rows.nth(1)).toContainText('1行目：この行を、JSONの呼び出しとして読み取れません。');
	await expectNoBarriers(page);
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		rows.nth(2).getByRole('link', { name: /結果/ }).click()
	]);
	const text = await (await file.createReadStream()).toArray();
	expect(Buffer.concat(text as Buffer[]).toString()).toContain('"custom_id":"a"');
});
