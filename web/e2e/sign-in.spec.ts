/** Signing in, as each role, and being led back to where one was. */
import { expect, test } from '@playwright/test';
import { administrator, others, personWith } from './people';
import { signIn } from './support';

for (const person of [administrator, ...others]) {
	test(`${person.role} signs in and sees what is theirs`, async ({ page }) => {
		await signIn(page, person);
		const menu = page.getByRole('navigation', { name: '主なメニュー' });
		await expect(menu.getByRole('link', { name: '文書' })).toBeVisible();
		const oversees = ['administrator', 'ai_officer', 'auditor'].includes(person.role);
		const administration = person.role === 'administrator' ? ['管理'] : oversees ? ['管理（閲覧）'] : [];
		expect(await menu.getByRole('link', { name: '管理' }).allTextContents()).toEqual(administration);
	});
}

test('a wrong password is told and the name stays', async ({ page }) => {
	await page.goto('/sign-in');
	await page.getByLabel('利用者名').fill('nobody-here');
	await page.getByLabel('パスワード').fill('certainly not right');
	await page.getByRole('button', { name: 'サインイン' }).click();
	await expect(page.getByRole('alert')).toContainText('利用者名かパスワードが違います。');
	await expect(page.getByLabel('利用者名')).toHaveValue('nobody-here');
});

test('an ended session keeps what was typed and leads back', async ({ page, context }) => {
	await signIn(page, personWith('staff'));
	await page.getByLabel('質問', { exact: true }).fill('途中まで書いた質問');
	await context.clearCookies();
	await page.getByRole('button', { name: '送信' }).click();
	await expect(page).toHaveURL(/\/sign-in/);
	await page.getByLabel('利用者名').fill(personWith('staff').userName);
	await page.getByLabel('パスワード').fill(personWith('staff').password);
	await page.getByRole('button', { name: 'サインイン' }).click();
	await expect(page.getByLabel('質問', { exact: true })).toHaveValue('途中まで書いた質問');
});

test('signing out ends the session', async ({ page }) => {
	await signIn(page, personWith('staff'));
	await page.getByRole('button', { name: /メニュー/ }).click();
	await page.getByRole('button', { name: 'サインアウト' }).click();
	await expect(page).toHaveURL(/\/sign-in/);
	await page.goto('/collections');
	await expect(page).toHaveURL(/\/sign-in\?next=%2Fcollections/);
});
