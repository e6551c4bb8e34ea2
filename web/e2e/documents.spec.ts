/** Collections and documents: adding, refusing, reading, removing. */
import { expect, test } from '@playwright/test';
import { administrator } from './people';
import { Caller, collectionName, documentText, expectNoBarriers, signIn } from './support';

test.beforeEach(async ({ page }) => signIn(page, administrator));

test('a collection is made, filled, read and removed', async ({ page }) => {
	const name = `旅程 ${Date.now()}`;
	await page.goto('/collections');
	await page.getByRole('button', { name: '文書集を作る' }).click();
	await page.getByLabel('文書集の名前').fill(name);
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '保存する' }).click();
	await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
	await page.locator('input[type=file]').setInputFiles([
		{ name: '粗大ごみ.txt', mimeType: 'text/plain', buffer: Buffer.from(documentText) },
		{ name: '昔の文書.doc', mimeType: 'application/msword', buffer: Buffer.from('d0cf11e0a1b11ae1', 'hex') },
		{ name: '空.txt', mimeType: 'text/plain', buffer: Buffer.from('') }
	]);
	const list = page.getByRole('list', { name: '登録中のファイル' });
	await expect(list.getByRole('listitem').nth(0)).toContainText('登録済み', { timeout: 30_000 });
	await expect(list.getByRole('listitem').nth(1)).toContainText('受け付けられません');
	await expect(list.getByRole('listitem').nth(1)).toContainText('対処：');
	await expect(list.getByRole('listitem').nth(2)).toContainText('中身のないファイルです。');
	await expectNoBarriers(page);
	await page.getByRole('table').getByRole('link').first().click();
	await expect(page.getByText('1点につき500円')).toBeVisible();
	await page.goBack();
	// A file that could not be read stays in the list until somebody removes it.
	const remove = page.getByRole('button', { name: /を削除$/ });
	await expect(remove.first()).toBeVisible();
	for (let left = await remove.count(); left > 0; left--) {
		await remove.first().click();
		await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
		await expect(remove).toHaveCount(left - 1);
	}
	await page.getByRole('button', { name: '文書集を削除する' }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(page).toHaveURL(/\/collections$/);
	await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('an upload is stopped on its way', async ({ page }) => {
	await page.goto('/collections');
	await page.getByRole('link', { name: collectionName }).click();
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.emulateNetworkConditions', {
		offline: false,
		latency: 0,
		downloadThroughput: -1,
		uploadThroughput: 20_000
	});
	await page
		.locator('input[type=file]')
		.setInputFiles({ name: '大きい.txt', mimeType: 'text/plain', buffer: Buffer.alloc(2_000_000, '本文') });
	await expect(page.getByRole('progressbar')).toBeVisible();
	await page.getByRole('button', { name: '大きい.txtの登録を中止' }).click();
	await expect(page.getByRole('list', { name: '登録中のファイル' })).toContainText('中止しました');
});

test('a place in a document is marked and scrolled to', async ({ page }) => {
	await page.goto('/collections');
	await page.getByRole('link', { name: collectionName }).click();
	await page.getByRole('table').getByRole('link').first().click();
	await expect(page.getByText('1点につき500円')).toBeVisible();
	const wanted = '500円';
	const { pathname } = new URL(page.url());
	const { text, text_start } = await new Caller(page.request).send('GET', `${pathname}/text`);
	const before = String(text).slice(0, String(text).indexOf(wanted));
	const start = Number(text_start) + Buffer.byteLength(before);
	await page.goto(`${pathname}?at=${start}-${start + Buffer.byteLength(wanted)}`);
	await expect(page.locator('mark')).toHaveText(wanted);
	await expect(page.locator('mark')).toBeInViewport();
});
