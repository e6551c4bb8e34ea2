/** Every page in both languages, both themes and on a phone: no barriers, nothing sideways, a title of its own. */
import { expect, test, type Page } from '@playwright/test';
import { administrator } from './people';
import { ask, Caller, expectNoBarriers, expectNoSideways, signIn, watchPage } from './support';

const open = ['/sign-in', '/verify', '/errors/identity.locked', '/no-such-page'];
const own = [
	'/',
	'/playground',
	'/collections',
	'/acts',
	'/account',
	'/batches',
	'/api-docs',
	'/admin/users',
	'/admin/departments',
	'/admin/keys',
	'/admin/endpoints',
	'/admin/endpoints/new',
	'/admin/routes',
	'/admin/budgets',
	'/admin/continuity',
	'/admin/traffic',
	'/admin/health'
];

/** Pages of things that exist on this server, besides the fixed ones. */
async function pagesOfThings(page: Page): Promise<string[]> {
	await ask(page);
	const caller = new Caller(page.request);
	const [collection] = await caller.items('/collections');
	const [document] = await caller.items(`/collections/${String(collection?.id)}/documents`);
	const acts = await caller.items('/acts');
	const sealed = acts.find((act) => act.state === 'in_ledger');
	return [
		new URL(page.url()).pathname,
		`/collections/${String(collection?.id)}`,
		`/documents/${String(document?.id)}`,
		`/acts/${String(sealed?.id)}`,
		`/receipts/${String(sealed?.id)}`
	];
}

async function visit(page: Page, path: string): Promise<string> {
	await page.goto(path);
	await page.waitForLoadState('networkidle');
	await expectNoBarriers(page);
	await expectNoSideways(page);
	return page.title();
}

for (const language of ['ja', 'en'] as const) {
	for (const theme of ['light', 'dark'] as const) {
		test(`no barriers: ${language}, ${theme}`, async ({ page }) => {
			test.setTimeout(240_000);
			await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
			const mishaps = watchPage(page);
			const titles: string[] = [];
			const speak = () => page.evaluate((value) => localStorage.setItem('kaname.locale', value), language);
			await page.goto('/sign-in');
			await speak();
			for (const path of open) titles.push(await visit(page, path));
			await page.evaluate(() => localStorage.setItem('kaname.locale', 'ja'));
			await signIn(page, administrator);
			const things = await pagesOfThings(page);
			await speak();
			for (const path of [...own, ...things]) titles.push(await visit(page, path));
			expect(await page.locator('html').getAttribute('lang')).toBe(language);
			const fixed = titles.slice(0, open.length + own.length);
			expect(new Set(fixed).size).toBe(fixed.length);
			expect(mishaps.filter((text) => !text.includes('Not found: /no-such-page'))).toEqual([]);
		});
	}
}

test('the phone shows everything within its width', async ({ page }) => {
	test.setTimeout(240_000);
	await page.setViewportSize({ width: 360, height: 740 });
	await signIn(page, administrator);
	const things = await pagesOfThings(page);
	for (const path of [...own, ...things]) await visit(page, path);
	await page.goto('/');
	await page.getByRole('button', { name: 'これまでの会話' }).click();
	await page.getByRole('dialog').getByRole('link').nth(1).click();
	await expect(page).toHaveURL(/\/c\//);
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await page.getByRole('button', { name: /メニュー/ }).click();
	await page.getByRole('link', { name: '文書', exact: true }).click();
	await expect(page).toHaveURL(/\/collections/);
});

test('the language is switched in place and kept', async ({ page }) => {
	await page.goto('/sign-in');
	await page.getByLabel('利用者名').fill('kept');
	await page.getByRole('button', { name: 'English' }).click();
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await expect(page.getByLabel('User name')).toHaveValue('kept');
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('forced colours leave every control visible', async ({ page }) => {
	await page.emulateMedia({ forcedColors: 'active' });
	await signIn(page, administrator);
	await page.getByLabel('質問', { exact: true }).fill('あ');
	await expect(page.getByRole('button', { name: '送信' })).toBeVisible();
	await expectNoBarriers(page);
});
