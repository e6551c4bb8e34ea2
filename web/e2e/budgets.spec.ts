/** Budgets and rates: an administrator sets one, it holds, and everybody sees what is left. */
import { expect } from '@playwright/test';
import { test } from './door';
import { administrator, personWith } from './people';
import { ask, expectNoBarriers, signIn } from './support';

test('a budget is made, changed and removed, and its bar and row say what is left', async ({ page }) => {
	const app = `旅程アプリ ${Date.now()}`;
	await signIn(page, administrator);
	await page.goto('/admin/budgets');
	await page.getByRole('button', { name: '予算を追加する' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('対象').selectOption('app');
	await dialog.getByLabel('アプリ').fill(app);
	await dialog.getByLabel('期間').selectOption('fiscal_year');
	await dialog.getByLabel('単位').selectOption('tokens');
	await dialog.getByLabel('上限').fill('120000');
	await dialog.getByLabel('相談先').fill('旅程の相談窓口');
	await expectNoBarriers(page);
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog).toHaveCount(0);

	const row = page.getByRole('row', { name: new RegExp(app) });
	await expect(row).toContainText('120,000トークン');
	await expect(row).toContainText('旅程の相談窓口');
	const bar = page.getByRole('progressbar', { name: new RegExp(app) });
	await expect(bar).toHaveAttribute('value', '0');
	await expectNoBarriers(page);

	await row.getByRole('button', { name: /変更する/ }).click();
	await page.getByRole('dialog').getByLabel('上限').fill('5000');
	await page.getByRole('dialog').getByLabel('この予算を守らせる').uncheck();
	await page.getByRole('dialog').getByRole('button', { name: '保存する' }).click();
	await expect(row).toContainText('5,000トークン');
	await expect(row).toContainText('停止中');
	await expect(bar).toHaveCount(0);

	await row.getByRole('button', { name: /削除する/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(row).toHaveCount(0);
});

test('a budget that makes no sense is told at its field', async ({ page }) => {
	await signIn(page, administrator);
	await page.goto('/admin/budgets');
	await page.getByRole('button', { name: '予算を追加する' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('期間').selectOption('minute');
	await expect(dialog.getByLabel('単位').getByRole('option')).toHaveText(['回数', 'トークン']);
	await dialog.getByLabel('上限').fill('99999999999999');
	await dialog.getByRole('button', { name: '保存する' }).click();
	await expect(dialog.getByLabel('上限')).toHaveAttribute('aria-invalid', 'true');
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
});

test('a person sees what is left, and sets nothing', async ({ page, door }) => {
	const staff = (await door.caller.items('/users?limit=200')).find(
		(user) => user.user_name === personWith('staff').userName
	);
	const made = await door.caller.send('POST', '/budgets', {
		subject_kind: 'person',
		subject_id: staff?.id,
		period: 'day',
		unit: 'requests',
		limit: 100_000,
		contact: '旅程の担当'
	});
	door.later(() => door.caller.send('DELETE', `/budgets/${String(made.id)}`));
	await signIn(page, personWith('staff'));
	await page.goto('/account');
	await expect(page.getByText('相談先：旅程の担当')).toBeVisible();
	await expect(page.getByRole('progressbar', { name: /旅程 staff/ })).toBeVisible();
	await expectNoBarriers(page);
	await page.goto('/admin/budgets');
	await expect(page.getByText('この操作をする権限がありません。')).toBeVisible();
});

test('a question that a budget refuses says which, when it opens anew and whom to ask', async ({ page, door }) => {
	const asked = `旅程の予算 ${Date.now()}`;
	const staff = (await door.caller.items('/users?limit=200')).find(
		(user) => user.user_name === personWith('staff').userName
	);
	const made = await door.caller.send('POST', '/budgets', {
		subject_kind: 'person',
		subject_id: staff?.id,
		period: 'month',
		unit: 'requests',
		limit: 0,
		contact: '旅程の窓口'
	});
	door.later(() => door.caller.send('DELETE', `/budgets/${String(made.id)}`));
	await signIn(page, personWith('staff'));
	await ask(page, asked);
	const answer = page.getByRole('article', { name: '回答' });
	await expect(answer.getByRole('alert')).toContainText('予算の上限に達しています。');
	const budgets = answer.getByRole('region', { name: 'あなたの利用に関わる予算' });
	await expect(budgets.getByRole('progressbar').first()).toHaveAccessibleName(/旅程 staff.*1か月/);
	await expect(budgets).toContainText('次に改まる時：');
	await expect(budgets).toContainText('相談先：旅程の窓口');
	await expect(page.getByRole('heading', { name: asked })).toBeVisible();
	await expectNoBarriers(page);
});

test('who watches sees every budget and changes none', async ({ page }) => {
	await signIn(page, personWith('auditor'));
	await page.goto('/account');
	await page.getByRole('link', { name: '機関全体の予算を見る' }).click();
	await expect(page.getByRole('heading', { name: '予算と上限' })).toBeVisible();
	await expect(page.getByRole('button', { name: '予算を追加する' })).toHaveCount(0);
});
