/** Collections and documents: adding, refusing, reading, removing. */
import { expect } from '@playwright/test';
import { test } from './door';
import { administrator, personWith } from './people';
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

test('title, label and date are given with the file and changed afterwards', async ({ page, door: { caller } }) => {
	const collection = await caller.send('POST', '/collections', {
		name: `区分の旅程 ${Date.now()}`,
		description: '',
		label: '1',
		readers: { everyone: true, department_ids: [] },
		editors: { department_ids: [] }
	});
	const path = `/collections/${String(collection.id)}`;
	await page.goto(path);
	await page.getByText('取扱区分と施行日を指定する').click();
	await page.getByRole('combobox', { name: '取扱区分' }).selectOption('自治体機密性2');
	await page.getByLabel('施行日').fill('2025-04-01');
	await expectNoBarriers(page);
	await page
		.locator('input[type=file]')
		.setInputFiles({ name: '図書館.txt', mimeType: 'text/plain', buffer: Buffer.from('図書館は月曜日に休みます。') });
	await expect(page.getByRole('list', { name: '登録中のファイル' })).toContainText('登録済み', { timeout: 30_000 });
	const [sent] = await caller.items(`${path}/documents`);
	expect(sent).toMatchObject({ label: '2', effective_date: '2025-04-01' });

	const document = `/documents/${String(sent?.id)}`;
	const form = page.getByRole('dialog', { name: '文書の情報を変える' });
	const open = async () => {
		await page.getByRole('button', { name: '文書の情報を変える' }).click();
		await expect(form).toBeVisible();
	};
	const save = async () => {
		await form.getByRole('button', { name: '保存する' }).click();
		await expect(form).toHaveCount(0);
	};
	await page.goto(document);
	await open();
	await expect(form.getByRole('option', { name: '自治体機密性1' })).toHaveCount(0);
	await form.getByLabel('文書名').fill('図書館の休館日');
	await form.getByLabel('施行日').fill('2026-04-01');
	await expectNoBarriers(page);
	await save();
	await expect(page.getByRole('heading', { level: 1, name: '図書館の休館日' })).toBeVisible();
	await expect(page.getByText('2026年4月1日')).toBeVisible();
	await open();
	await form.getByLabel('施行日').fill('');
	await save();
	expect(await caller.send('GET', document)).toMatchObject({
		title: '図書館の休館日',
		label: '2',
		effective_date: null
	});
	const changes = await caller.items('/acts?kind=knowledge.document_changed&limit=200');
	const mine = changes.filter((act) => (act.refs as Record<string, string>).document === sent?.id);
	expect(mine).toHaveLength(2);
	await caller.send('DELETE', document);
	await caller.send('DELETE', path);
});

test('who may not edit a collection cannot change its documents', async ({ page, door: { caller } }) => {
	const collection = (await caller.items('/collections')).find((entry) => entry.name === collectionName);
	const [document] = await caller.items(`/collections/${String(collection?.id)}/documents`);
	await page.context().clearCookies();
	await signIn(page, personWith('staff'));
	await page.goto(`/documents/${String(document?.id)}`);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(page.getByRole('button', { name: '文書の情報を変える' })).toHaveCount(0);
});
