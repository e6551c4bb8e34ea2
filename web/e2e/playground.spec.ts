/** The playground: a model is tried out through the door for programs, and the request stands there as code. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from '@playwright/test';
import { type Door, model as served, nowhere, test } from './door';
import { administrator, personWith } from './people';
import { expectNoBarriers, expectNoSideways, signIn } from './support';

test('a member of staff tries a model, sees the answer arrive, its figures and its act', async ({ page, door }) => {
	const upstream = new Upstream();
	const model = await modelAt(await door.serve(upstream.listener), door);
	await signIn(page, personWith('staff'));
	await page.getByRole('link', { name: 'モデルを試す' }).click();
	await expect(page.getByRole('heading', { name: 'モデルを試す' })).toBeVisible();
	await expectNoBarriers(page);
	await page.getByLabel('モデル', { exact: true }).selectOption(model);
	await page.getByLabel('前提の指示').fill('役場の係として答える。');
	const text = page.getByLabel('送る文章');
	await text.fill('こんにちは');
	await text.press('Control+Enter');
	await expect(page.getByText('こんに', { exact: true })).toBeVisible();
	await expect(page.getByText('回答が届いています。')).toBeVisible();
	await expect(page.locator('[aria-busy="true"]')).toHaveCount(1);
	await expectNoBarriers(page);
	upstream.finish();
	await expect(page.getByText(/^完了しました。/)).toBeVisible();
	await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
	await expect(page.getByText('こんにちは、旅程です。')).toBeVisible();
	await expect(page.getByText('出力トークン').locator('..')).toContainText('7');
	expect(upstream.bodies.at(-1)).toMatchObject({
		messages: [
			{ role: 'system', content: '役場の係として答える。' },
			{ role: 'user', content: 'こんにちは' }
		],
		max_completion_tokens: 1024,
		stream: true
	});
	await expectNoBarriers(page);
	await page.getByRole('link', { name: '行為の記録へ' }).click();
	await expect(page).toHaveURL(/\/acts\/[0-9a-f-]+/);
});

test('an answer is stopped by button and by key, and what was shown stays', async ({ page, door }) => {
	const upstream = new Upstream();
	const model = await modelAt(await door.serve(upstream.listener), door);
	await signIn(page, administrator);
	await page.goto(`/playground?model=${encodeURIComponent(model)}&dialect=messages`);
	await expect(page.getByLabel('呼び出しの形式')).toHaveValue('messages');
	await page.getByLabel('送る文章').fill('こんにちは');
	for (const stop of [
		() => page.getByRole('button', { name: '中止', exact: true }).click(),
		() => page.keyboard.press('Escape')
	]) {
		await page.getByRole('button', { name: '送信する' }).click();
		await expect(page.getByText('こんに', { exact: true })).toBeVisible();
		await stop();
		await expect(page.getByText(/^中止しました。/)).toBeVisible();
		await expect(page.getByText('こんに', { exact: true })).toBeVisible();
		await expect.poll(() => upstream.waiting).toBe(0);
	}
	await expectNoBarriers(page);
});

test('what cannot be sent is told at its field, and a refusal in plain words', async ({ page, door }) => {
	const model = await modelAt(nowhere, door);
	await signIn(page, administrator);
	await page.goto(`/playground?model=${encodeURIComponent(model)}`);
	await page.getByLabel('温度').fill('9');
	await page.getByRole('button', { name: '送信する' }).click();
	await expect(page.getByLabel('送る文章')).toHaveAttribute('aria-invalid', 'true');
	await expect(page.getByLabel('温度')).toHaveAttribute('aria-invalid', 'true');
	await expectNoBarriers(page);
	await page.getByLabel('温度').fill('0.5');
	await page.getByLabel('送る文章').fill('こんにちは');
	await page.getByRole('button', { name: '送信する' }).click();
	await expect(page.getByRole('alert')).toContainText('AIの接続先につながりません。');
	await expect(page.getByText(/^失敗しました。/)).toBeVisible();
	await expectNoBarriers(page);
});

test('the code follows what is typed, tabs work by keyboard, and it is copied', async ({
	page,
	context,
	baseURL,
	door
}) => {
	const model = await modelAt(nowhere, door);
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await signIn(page, administrator);
	await page.goto(`/playground?model=${encodeURIComponent(model)}&tool=python`);
	const panel = page.getByRole('tabpanel');
	await expect(panel).toContainText('from openai import OpenAI');
	await expect(panel).toContainText(`${baseURL}/v1`);
	await expect(panel).toContainText('os.environ["KANAME_API_KEY"]');
	await page.getByLabel('送る文章').fill('写す文');
	await expect(panel).toContainText('"content": "写す文"');
	await page.getByLabel('呼び出しの形式').selectOption('messages');
	await expect(panel).toContainText('from anthropic import Anthropic');
	await page.getByRole('tab', { name: 'Python' }).focus();
	await page.keyboard.press('ArrowLeft');
	await expect(page.getByRole('tab', { name: 'curl' })).toBeFocused();
	await expect(panel).toContainText('curl -sSN');
	await page.keyboard.press('End');
	await expect(page.getByRole('tab', { name: 'LlamaIndex' })).toHaveAttribute('aria-selected', 'true');
	await expect(panel).toContainText('Chat Completionsで呼び出します');
	await expect(page).toHaveURL(/tool=llamaindex/);
	await expectNoBarriers(page);
	await page.getByRole('button', { name: 'コードをコピー' }).click();
	await expect(page.getByText('コピーしました。')).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('OpenAILike(');
	await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
	await page.getByRole('button', { name: 'English' }).click();
	await expect(page.getByRole('heading', { name: 'Playground' })).toBeVisible();
	await expect(page.getByLabel('Your text')).toHaveValue('写す文');
	await expectNoBarriers(page);
	await page.setViewportSize({ width: 360, height: 740 });
	await expectNoBarriers(page);
	await expectNoSideways(page);
});

/** The public name of a model that everybody may use, at this address. */
const modelAt = async (address: string, door: Door) => (await door.endpoint('旅程の試し先', address)).publicName;

/** An upstream of OpenAI's form that sends the first piece at once, and the rest when it is told to. */
class Upstream {
	readonly bodies: unknown[] = [];
	readonly #open = new Set<ServerResponse>();

	readonly listener = (request: IncomingMessage, response: ServerResponse) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			this.bodies.push(JSON.parse(Buffer.concat(parts).toString()));
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write(piece({ role: 'assistant', content: 'こんに' }));
			this.#open.add(response);
		});
		response.on('close', () => this.#open.delete(response));
	};

	/** Answers that wait for their rest. */
	get waiting(): number {
		return this.#open.size;
	}

	finish(): void {
		const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
		for (const response of this.#open) {
			response.write(piece({ content: 'ちは、旅程です。' }));
			response.write(piece({}, 'stop'));
			response.end(`data: ${JSON.stringify({ ...frame, choices: [], usage })}\n\ndata: [DONE]\n\n`);
		}
	}
}

const frame = { id: 'x', object: 'chat.completion.chunk', created: 0, model: served };

function piece(delta: Record<string, string>, finish: string | null = null): string {
	const choices = [{ index: 0, delta, finish_reason: finish }];
	return `data: ${JSON.stringify({ ...frame, choices })}\n\n`;
}
