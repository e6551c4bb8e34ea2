/** Asking, stopping, looking at the source, and never sending by accident. */
import { expect, test, type Page } from '@playwright/test';
import { personWith } from './people';
import { ask, expectNoBarriers, question, sentence, signIn, tabTo } from './support';

test.beforeEach(async ({ page }) => signIn(page, personWith('staff')));

const box = (page: Page) => page.getByLabel('質問', { exact: true });

test('an answer names its kind, quotes its source and opens it at the place', async ({ page }) => {
	await ask(page);
	await expect(page).toHaveURL(/\/c\/[0-9a-f-]+/);
	const answer = page.getByRole('article', { name: '回答' });
	await expect(answer.getByText('抜粋回答', { exact: true })).toBeVisible();
	await expect(answer.getByText('AIが書いた文章ではありません')).toBeVisible();
	await expect(page.getByRole('status').filter({ hasText: '回答が表示されました。' })).toBeAttached();
	await answer
		.getByRole('button', { name: /根拠1を開く/ })
		.first()
		.click();
	await expect(page.getByRole('dialog').locator('mark')).toContainText('500円');
	await expect(page.getByRole('dialog').locator('mark')).toBeInViewport();
	await expect(page).toHaveURL(/source=/);
	await expectNoBarriers(page);
	await page.reload();
	await expect(page.getByRole('dialog').locator('mark')).toContainText('500円');
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(page).not.toHaveURL(/source=/);
	expect(await answer.innerText()).toContain(sentence);
});

test('a question that no document answers is declined', async ({ page }) => {
	await ask(page, '火星までの距離は何キロメートルですか');
	await expect(page.getByText('文書に見つからない', { exact: true })).toBeVisible();
});

test('Enter during conversion never sends, and the next one does', async ({ page }) => {
	const cdp = await page.context().newCDPSession(page);
	await box(page).focus();
	await page.evaluate(() => {
		const seen = ((window as unknown as { seen: boolean[] }).seen = [] as boolean[]);
		document.addEventListener('keydown', (event) => event.key === 'Enter' && seen.push(event.isComposing), true);
	});
	await cdp.send('Input.imeSetComposition', { text: 'そだいごみ', selectionStart: 5, selectionEnd: 5 });
	await page.keyboard.press('Enter');
	expect(await page.evaluate(() => (window as unknown as { seen: boolean[] }).seen)).toEqual([true]);
	await cdp.send('Input.insertText', { text: '粗大ごみの手数料' });
	await expect(box(page)).toHaveValue(/粗大ごみの手数料/);
	expect(new URL(page.url()).pathname).toBe('/');
	await expect(page.getByRole('article', { name: '回答' })).toHaveCount(0);
	await page.keyboard.press('Shift+Enter');
	await expect(box(page)).toHaveValue(/\n$/);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/c\//);
	await expect(box(page)).toHaveValue('');
});

test('the sending key can be set to Ctrl+Enter', async ({ page }) => {
	await page.goto('/account');
	await page.getByLabel('Ctrl+Enterで送る').check();
	await page.goto('/');
	await box(page).fill(question);
	await page.keyboard.press('Enter');
	await expect(box(page)).toHaveValue(`${question}\n`);
	await page.keyboard.press('Control+Enter');
	await expect(page).toHaveURL(/\/c\//);
});

for (const how of ['button', 'Esc'] as const) {
	test(`an answer is stopped by ${how} and what was shown is kept`, async ({ page }) => {
		const cdp = await page.context().newCDPSession(page);
		await cdp.send('Network.enable');
		await box(page).fill(question);
		await cdp.send('Network.emulateNetworkConditions', {
			offline: false,
			latency: 3_000,
			downloadThroughput: 200,
			uploadThroughput: -1
		});
		await page.keyboard.press('Enter');
		await expect(page.getByRole('button', { name: '中止' })).toBeVisible();
		await expect(page.locator('[aria-busy="true"]')).toBeVisible();
		if (how === 'button') await page.getByRole('button', { name: '中止' }).click();
		else await page.keyboard.press('Escape');
		await expect(page.getByText('回答を途中で中止しました。')).toBeVisible();
		await expect(page.getByRole('button', { name: 'もう一度質問する' })).toBeVisible();
		await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
	});
}

test('a conversation is renamed and deleted', async ({ page }) => {
	await ask(page);
	const address = page.url();
	await page.getByRole('button', { name: 'この会話の操作' }).click();
	await page.getByRole('button', { name: '会話の名前を変える' }).click();
	await page.getByRole('textbox', { name: '会話の名前' }).fill('手数料の確認');
	await page.getByRole('button', { name: '保存する' }).click();
	await expect(page.getByRole('heading', { level: 1, name: '手数料の確認' })).toBeVisible();
	await expect(page.getByRole('link', { name: /手数料の確認/ })).toBeVisible();
	await page.getByRole('button', { name: 'この会話の操作' }).click();
	await page.getByRole('button', { name: '会話を削除する' }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(page).toHaveURL(/\/$/);
	await page.goto(address);
	await expect(page.getByRole('alert')).toBeVisible();
});

test('the chat is used with the keyboard alone', async ({ page }) => {
	await page.keyboard.press('Tab');
	await expect(page.getByRole('link', { name: '本文へ移動' })).toBeFocused();
	await page.keyboard.press('Enter');
	await tabTo(page, box(page));
	await page.keyboard.type(question);
	await page.keyboard.press('Enter');
	const source = page.getByRole('button', { name: /根拠1を開く/ }).last();
	await expect(source).toBeVisible({ timeout: 30_000 });
	await expect(box(page)).toBeFocused();
	await tabTo(page, source, 'Shift+Tab');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(source).toBeFocused();
});
