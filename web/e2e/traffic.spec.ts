/** Live traffic: who watches sees calls counted, looks at them another way, and pauses the refreshing. */
import { expect, test } from '@playwright/test';
import { administrator, personWith } from './people';
import { ask, expectNoBarriers, expectNoSideways, signIn } from './support';

test('a question is counted, looked at another way, and the refreshing is paused', async ({ page }) => {
	await signIn(page, administrator);
	await ask(page);
	await page.goto('/admin/traffic');
	await expect(page.getByRole('heading', { name: '利用状況', level: 1 })).toBeVisible();
	const table = page.getByRole('region', { name: '内訳' });
	await expect(table.getByRole('row').nth(1)).toBeVisible();
	await expectNoBarriers(page);

	await page.getByLabel('分け方').selectOption('purpose');
	await expect(page).toHaveURL(/by=purpose/);
	await expect(table.getByRole('columnheader', { name: '目的' })).toBeVisible();
	await page.getByLabel('期間').selectOption('24');
	await expect(page).toHaveURL(/by=purpose&hours=24/);
	await page.reload();
	await expect(page.getByLabel('分け方')).toHaveValue('purpose');
	await expect(page.getByLabel('期間')).toHaveValue('24');

	await page.getByText('時間ごとの数値を表で見る').click();
	await expect(page.getByRole('region', { name: '時間ごとの利用' }).getByRole('row').nth(1)).toBeVisible();
	await expectNoBarriers(page);
	await expectNoSideways(page);

	await page.getByRole('button', { name: '自動更新を止める' }).click();
	await expect(page.getByRole('button', { name: '自動更新を再開する' })).toBeVisible();
	await expect(page.getByRole('status')).toHaveCount(0);
});

test('the page asks again by itself while it is seen', async ({ page }) => {
	await signIn(page, administrator);
	await page.goto('/admin/traffic');
	const asked = page.waitForRequest((request) => request.url().includes('/api/v1/traffic'), { timeout: 20_000 });
	await asked;
	await expect(page.getByRole('button', { name: '自動更新を止める' })).toBeVisible();
});

test('staff see their own department at most', async ({ page }) => {
	await signIn(page, personWith('staff'));
	await page.goto('/admin/traffic');
	const own = page.getByText('自分の課の利用だけを表示しています。');
	const none = page.getByText('この操作をする権限がありません。');
	await expect(own.or(none)).toBeVisible();
	await expect(page.getByText('機関全体の利用を表示しています。')).toHaveCount(0);
});
