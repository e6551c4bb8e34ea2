/** The first hour: set-up on screen, then people and a document for the other journeys, by the API. */
import { expect, test } from '@playwright/test';
import { administrator, others } from './people';
import { Caller, collectionName, documentText, expectNoBarriers } from './support';

test('the first administrator sets the institution up', async ({ page, request }) => {
	const status = await new Caller(request).send('GET', '/status');
	if (status.set_up === true) {
		await page.goto('/set-up?token=used');
		await expect(page).toHaveURL(/\/sign-in/);
		return;
	}
	await page.goto('/set-up');
	await expect(page.getByText('設定用のリンクを開いてください')).toBeVisible();
	await page.goto(`/set-up?token=${process.env.KANAME_SET_UP_TOKEN ?? ''}`);
	await expectNoBarriers(page);
	await page.getByLabel('団体の名称').fill('みどり野町');
	await page.getByLabel('地方公共団体').check();
	await page.getByLabel('利用者名').fill(administrator.userName);
	await page.getByLabel('氏名').fill(administrator.displayName);
	await page.getByLabel('パスワード').fill('short');
	await page.getByRole('button', { name: '設定して始める' }).click();
	await expect(page.getByText('パスワードが短すぎます。')).toBeVisible();
	await page.getByLabel('パスワード').fill(administrator.password);
	await page.getByRole('button', { name: '設定して始める' }).click();
	await expect(page.getByLabel('質問', { exact: true })).toBeVisible();
});

test('people and a document are there', async ({ request, playwright, baseURL }) => {
	const caller = new Caller(request);
	await caller.signIn(administrator);
	const known = (await caller.items('/users?limit=200')).map((user) => user.user_name);
	for (const person of others.filter((entry) => !known.includes(entry.userName))) {
		const made = await caller.send('POST', '/users', {
			user_name: person.userName,
			display_name: person.displayName,
			roles: [person.role],
			clearance: '2'
		});
		const own = await playwright.request.newContext({ baseURL });
		const newcomer = new Caller(own);
		const temporary = String(made.temporary_password);
		await newcomer.signIn({ userName: person.userName, password: temporary });
		await newcomer.send('PUT', '/me/password', { current_password: temporary, new_password: person.password });
		await own.dispose();
	}
	const collections = await caller.items('/collections');
	if (collections.some((entry) => entry.name === collectionName)) return;
	const collection = await caller.send('POST', '/collections', {
		name: collectionName,
		description: '',
		label: '1',
		readers: { everyone: true, department_ids: [] },
		editors: { department_ids: [] }
	});
	const { job_id } = await caller.upload(String(collection.id), '粗大ごみ.txt', documentText);
	await expect
		.poll(async () => (await caller.send('GET', `/jobs/${String(job_id)}`)).state, { timeout: 30_000 })
		.toBe('succeeded');
});
