/** What an administrator does: people, departments, keys, endpoints, health. */
import { expect } from '@playwright/test';
import { greeting, model, test } from './door';
import { administrator, personWith } from './people';
import { expectNoBarriers, signIn } from './support';

test.beforeEach(async ({ page }) => signIn(page, administrator));

test('a user is added, signs in with the temporary password and is disabled', async ({ page, browser }) => {
	const userName = `journey-${Date.now()}`;
	await page.goto('/admin/users');
	await page.getByRole('button', { name: '利用者を追加する' }).click();
	await page.getByLabel('利用者名').fill(userName);
	await page.getByLabel('氏名').fill('一時 利用者');
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '保存する' }).click();
	const password = await page.getByRole('dialog').locator('code').innerText();
	await page.getByRole('button', { name: '決定' }).click();

	const other = await (await browser.newContext({ baseURL: test.info().project.use.baseURL })).newPage();
	await other.goto('/sign-in');
	await other.getByLabel('利用者名').fill(userName);
	await other.getByLabel('パスワード').fill(password);
	await other.getByRole('button', { name: 'サインイン' }).click();
	await expect(other.getByRole('heading', { name: 'パスワードの変更' })).toBeVisible();
	await other.goto('/collections');
	await expect(other).toHaveURL(/\/change-password/);
	await other.getByLabel('今のパスワード').fill(password);
	await other.getByLabel('新しいパスワード').fill('yuugata no kaze to hoshi');
	await other.getByRole('button', { name: 'パスワードを変更する' }).click();
	await expect(other.getByLabel('質問', { exact: true })).toBeVisible();

	await page
		.getByRole('row', { name: new RegExp(userName) })
		.getByRole('button')
		.click();
	await page.getByRole('button', { name: '利用を停止する' }).click();
	await expect(page.getByText('利用を停止しました。')).toBeVisible();
	await other.goto('/collections');
	await expect(other).toHaveURL(/\/sign-in/);
	await other.context().close();
});

test('a user is put into a department and a team, and leaves both', async ({ page, door: { caller } }) => {
	const stamp = Date.now();
	const department = await caller.send('POST', '/departments', { key: `d${stamp}`, name: `異動課${stamp}` });
	const path = `/departments/${String(department.id)}/teams`;
	const team = await caller.send('POST', path, { key: `a${stamp}`, name: `受付係${stamp}` });
	await caller.send('POST', path, { key: `b${stamp}`, name: `審査係${stamp}` });
	const displayName = `異動 ${stamp}`;
	const user = { user_name: `moved-${stamp}`, display_name: displayName, roles: ['staff'], clearance: '1' };
	await caller.send('POST', '/users', user);
	const found = async () => (await caller.items('/users?limit=200')).find((one) => one.user_name === user.user_name);

	await page.goto('/admin/users');
	const row = page.getByRole('row', { name: displayName });
	const form = page.getByRole('dialog', { name: `${displayName}さんを編集` });
	const edit = async () => {
		await row.getByRole('button').click();
		await page.getByRole('dialog').getByRole('button', { name: '編集する' }).click();
		await expect(form).toBeVisible();
	};
	const save = async () => {
		await form.getByRole('button', { name: '保存する' }).click();
		await expect(form).toHaveCount(0);
	};
	await edit();
	await expect(form.getByRole('group', { name: '係', exact: true })).toHaveCount(0);
	await form.getByRole('combobox', { name: '課', exact: true }).selectOption(`異動課${stamp}`);
	await form.getByLabel(`受付係${stamp}`).check();
	await expectNoBarriers(page);
	await save();
	await expect(row).toContainText(`異動課${stamp}`);
	expect((await found())?.team_ids).toEqual([team.id]);
	await row.getByRole('button').click();
	await expect(page.getByRole('dialog', { name: displayName, exact: true })).toContainText(`受付係${stamp}`);
	await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click();

	await edit();
	await expect(form.getByLabel(`受付係${stamp}`)).toBeChecked();
	await form.getByRole('combobox', { name: '課', exact: true }).selectOption('課に属さない');
	await save();
	await expect(row).not.toContainText(`異動課${stamp}`);
	expect(await found()).toMatchObject({ department_id: null, team_ids: [] });
});

test('a CSV file is tried first and tells the lines with faults', async ({ page }) => {
	await page.goto('/admin/users');
	await page.getByRole('button', { name: 'CSVで追加する' }).click();
	const head = 'user_name,display_name,roles,department,clearance\n';
	const good = `csv-${Date.now()},取込 花子,staff,,1\n`;
	const choose = (csv: string) =>
		page
			.locator('input[type=file]')
			.setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
	await choose(`${head}${good}x y,名前,chief,nowhere,zz\n`);
	await expect(page.getByText('0人を追加できます')).toBeVisible();
	await expect(page.getByRole('table', { name: '問題のある行' }).getByRole('row')).not.toHaveCount(0);
	await choose(`${head}${good}`);
	await expect(page.getByText('1人を追加できます')).toBeVisible();
	await page.getByRole('button', { name: '1人を追加する' }).click();
	await expect(page.getByText('1人を追加しました。')).toBeVisible();
});

test('a department is added and removed', async ({ page }) => {
	const key = `k${Date.now()}`;
	await page.goto('/admin/departments');
	await page.getByRole('button', { name: '課を追加する' }).click();
	await page.getByRole('textbox', { name: '名前' }).fill(`旅程課${key}`);
	await page.getByRole('textbox', { name: 'キー' }).fill(key);
	await page.getByRole('button', { name: '保存する' }).click();
	await page.getByRole('button', { name: `旅程課${key}を削除` }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(page.getByText(`旅程課${key}`)).toHaveCount(0);
});

test('an API key is shown once and revoked', async ({ page, playwright, baseURL }) => {
	const name = `旅程の鍵 ${Date.now()}`;
	await page.goto('/admin/keys');
	await page.getByRole('button', { name: 'APIキーを作る' }).first().click();
	await page.getByLabel('用途').fill(name);
	await page.getByLabel('質問と検索').check();
	await page.getByRole('dialog').getByRole('button', { name: 'APIキーを作る' }).click();
	const secret = await page.getByRole('dialog').locator('code').innerText();
	expect(secret).toMatch(/^kn_/);
	await page.getByRole('button', { name: '控えました' }).click();
	await expect(page.getByText(secret)).toHaveCount(0);
	const outside = await playwright.request.newContext({
		baseURL,
		extraHTTPHeaders: { authorization: `Bearer ${secret}` }
	});
	expect((await outside.get('/api/v1/collections')).status()).toBe(200);
	await page.getByRole('button', { name: `${name}を失効させる` }).click();
	await page.getByRole('dialog').getByRole('button', { name: '失効させる' }).click();
	await expect(page.getByRole('button', { name: `${name}を失効させる` })).toHaveCount(0);
	await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('失効');
	expect((await outside.get('/api/v1/collections')).status()).toBe(401);
	await outside.dispose();
});

test('the wizard adds an endpoint and gets a first answer from it', async ({ page, door }) => {
	const { address } = await door.service();
	const stamp = Date.now();
	await page.goto('/admin/endpoints/new');
	await page.getByLabel('接続先のアドレス').fill(address);
	await expectNoBarriers(page);
	await page.getByRole('button', { name: 'つないでみる' }).click();
	await expect(page.getByLabel('モデル', { exact: true })).toHaveValue(model);
	const name = `旅程 ${stamp}`;
	door.removeLater('/endpoints', name);
	await page.getByLabel('表示名').fill(name);
	await page.getByLabel('APIでの呼び名').fill(`kaname/journey-${stamp}`);
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '次へ' }).click();
	await expectNoBarriers(page);
	await page.getByRole('button', { name: '保存して試す' }).click();
	await expect(page.getByText(greeting)).toBeVisible({ timeout: 30_000 });
	await page.getByRole('link', { name: '接続先の一覧へ' }).click();
	const card = page.getByRole('article', { name });
	await card.getByRole('button', { name: '停止する' }).click();
	await expect(card.getByText('停止中')).toBeVisible();
	await card.getByRole('button', { name: '削除する' }).click();
	await page.getByRole('dialog').getByRole('button', { name: '削除する' }).click();
	await expect(page.getByRole('article', { name })).toHaveCount(0);
});

test('an address that nobody answers at is told with what to check', async ({ page }) => {
	await page.goto('/admin/endpoints/new');
	await page.getByLabel('接続先のアドレス').fill('http://127.0.0.1:9/v1');
	await page.getByRole('button', { name: 'つないでみる' }).click();
	await expect(page.getByRole('alert')).toContainText('対処：', { timeout: 30_000 });
});

test('health tells the state of every part', async ({ page }) => {
	await page.goto('/admin/health');
	await expect(page.getByRole('table', { name: '点検の結果' }).getByRole('row')).not.toHaveCount(1);
	await expect(page.getByRole('row', { name: '台帳' })).toContainText('綴じ込みを待つ記録はありません。');
	await expect(page.getByText('技術的な内容')).toHaveCount(0);
});

for (const role of ['ai_officer', 'auditor'] as const) {
	test(`who oversees looks at people, departments and endpoints and changes nothing: ${role}`, async ({ page }) => {
		await page.context().clearCookies();
		await signIn(page, personWith(role));
		await page.getByRole('navigation', { name: '主なメニュー' }).getByRole('link', { name: '管理（閲覧）' }).click();
		await expect(page).toHaveURL(/\/admin\/users$/);
		await expect(page.getByRole('table', { name: '利用者' })).toBeVisible();
		await expect(page.getByRole('main').getByRole('button', { name: /追加する|を管理$/ })).toHaveCount(0);
		await page.getByRole('row', { name: personWith('staff').displayName }).getByRole('button').click();
		const details = page.getByRole('dialog');
		await expect(details).toContainText('自治体機密性2');
		await expect(details.getByRole('button')).toHaveCount(1);
		await expectNoBarriers(page);
		await details.getByRole('button', { name: '閉じる' }).click();

		const tabs = page.getByRole('navigation', { name: '管理（閲覧）' });
		await expect(tabs.getByRole('link')).toHaveText(['利用者', '課と係', 'AIの接続先', 'モデルの経路', '予算と上限', '利用状況', '主権と継続', '稼働状況']);
		await tabs.getByRole('link', { name: '課と係' }).click();
		await expect(page.getByRole('heading', { level: 1, name: '課と係' })).toBeVisible();
		await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
		await tabs.getByRole('link', { name: 'AIの接続先' }).click();
		await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
		await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
		await expect(page.getByRole('link', { name: '接続先を追加する' })).toHaveCount(0);
		await expectNoBarriers(page);
		await tabs.getByRole('link', { name: '稼働状況' }).click();
		await expect(page.getByRole('table', { name: '点検の結果' }).getByRole('row')).not.toHaveCount(1);
		await expectNoBarriers(page);
		await page.goto('/admin/endpoints/new');
		await expect(page.getByText('この操作をする権限がありません。')).toBeVisible();
	});
}

test('who is no administrator gets no administration', async ({ page }) => {
	await page.context().clearCookies();
	await signIn(page, personWith('staff'));
	await page.goto('/admin/users');
	await expect(page.getByText('この操作をする権限がありません。')).toBeVisible();
});
