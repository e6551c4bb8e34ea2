/** The receipt check, against a log made here by the slow, obvious definition of its tree. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commitment } from './entry';
import { verifyReceipt } from './verify';

const sha = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (entry: Buffer) => sha(Buffer.of(0), entry);
const half = (count: number) => 2 ** Math.ceil(Math.log2(count) - 1);

function rootOf(leaves: Buffer[]): Buffer {
	if (leaves.length === 1) return leaves[0]!;
	const middle = half(leaves.length);
	return sha(Buffer.of(1), rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

function pathOf(index: number, leaves: Buffer[]): Buffer[] {
	if (leaves.length === 1) return [];
	const middle = half(leaves.length);
	return index < middle
		? [...pathOf(index, leaves.slice(0, middle)), rootOf(leaves.slice(middle))]
		: [...pathOf(index - middle, leaves.slice(middle)), rootOf(leaves.slice(0, middle))];
}

const origin = 'kaname.example/town';
const keys = generateKeyPairSync('ed25519');
const rawKey = Buffer.concat([Buffer.of(1), keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)]);
const keyHash = (name: string) => sha(Buffer.from(`${name}\n`), rawKey).subarray(0, 4);
const vkey = `${origin}+${keyHash(origin).toString('hex')}+${rawKey.toString('base64')}`;

function checkpointOf(leaves: Buffer[], key: KeyObject = keys.privateKey): string {
	const body = `${origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`;
	const signature = Buffer.concat([keyHash(origin), sign(null, Buffer.from(body), key)]);
	return `${body}\n— ${origin} ${signature.toString('base64')}\n`;
}

const salt = Buffer.alloc(32, 7);
const value = Buffer.from('粗大ごみの手数料');
const committed = Buffer.from(await commitment(salt, 'question', value)).toString('base64');

const entryOf = (index: number) =>
	Buffer.from(
		`{"actor":"user-1","at_ms":${1700000000000 + index},"commitments":{"question":"${committed}"},"id":"act-${index}",` +
			`"institution":"town","kind":"request","label":"1","refs":{},"schema":"kaname.act/1"}`
	);

function receiptOf(index: number, size: number) {
	const leaves = Array.from({ length: size }, (_, i) => leafOf(entryOf(i)));
	return {
		schema: 'kaname.receipt/1',
		entry: entryOf(index).toString('base64'),
		leaf_index: index,
		proof: pathOf(index, leaves).map((hash) => hash.toString('base64')),
		checkpoint: checkpointOf(leaves),
		disclosed: [{ field: 'question', salt: salt.toString('base64'), value: value.toString('base64') }]
	};
}

const failed = async (receipt: unknown, key = vkey) => {
	const { verdict, steps } = await verifyReceipt(JSON.stringify(receipt), key);
	expect(verdict).toBe('failed');
	return steps.filter((step) => step.outcome === 'failed').map((step) => [step.name, step.code]);
};

describe('verifyReceipt', () => {
	it('accepts every leaf of every small tree', async () => {
		for (let size = 1; size <= 17; size++) {
			for (let index = 0; index < size; index++) {
				const { verdict, steps } = await verifyReceipt(JSON.stringify(receiptOf(index, size)), vkey);
				expect([index, size, verdict]).toEqual([index, size, 'passed']);
				expect(steps).toHaveLength(5);
			}
		}
	});

	it('shows what the receipt says', async () => {
		const shown = await verifyReceipt(JSON.stringify(receiptOf(3, 7)), vkey);
		expect(shown.entry).toMatchObject({ id: 'act-3', kind: 'request', label: '1', at_ms: 1700000000003 });
		expect(shown.disclosed).toEqual([{ field: 'question', value: '粗大ごみの手数料' }]);
		expect([shown.leafIndex, shown.checkpoint?.size, shown.leafHash]).toEqual([
			3n,
			7n,
			leafOf(entryOf(3)).toString('hex')
		]);
	});

	it('refuses an entry that was altered', async () => {
		const entry = entryOf(3).toString().replace('user-1', 'user-2');
		const altered = { ...receiptOf(3, 7), entry: Buffer.from(entry).toString('base64') };
		expect(await failed(altered)).toEqual([['inclusion', 'root-mismatch']]);
	});

	it('refuses a proof for another place, or of another length', async () => {
		const good = receiptOf(3, 7);
		expect(await failed({ ...good, leaf_index: 2 })).toEqual([['inclusion', 'root-mismatch']]);
		expect(await failed({ ...good, leaf_index: 7 })).toEqual([['inclusion', 'index-out-of-range']]);
		expect(await failed({ ...good, proof: good.proof.slice(1) })).toEqual([['inclusion', 'path-length']]);
		expect(await failed({ ...good, proof: [...good.proof, good.proof[0]] })).toEqual([['inclusion', 'path-length']]);
	});

	it('refuses a checkpoint that another key signed', async () => {
		const leaves = Array.from({ length: 7 }, (_, i) => leafOf(entryOf(i)));
		const forged = checkpointOf(leaves, generateKeyPairSync('ed25519').privateKey);
		expect(await failed({ ...receiptOf(3, 7), checkpoint: forged })).toEqual([['signature', 'bad-signature']]);
	});

	it('refuses a key of another log, and a key whose hash is wrong', async () => {
		const other = `other+${keyHash('other').toString('hex')}+${rawKey.toString('base64')}`;
		expect(await failed(receiptOf(3, 7), other)).toEqual([['signature', 'unsigned']]);
		expect(await failed(receiptOf(3, 7), vkey.replace(origin, 'other'))).toEqual([['signature', 'key-hash']]);
		expect(await failed(receiptOf(3, 7), 'no key')).toEqual([['signature', 'key-form']]);
	});

	it('refuses a disclosed value that the entry does not commit to', async () => {
		const good = receiptOf(3, 7);
		const shown = good.disclosed[0]!;
		const wrong = [{ ...shown, value: Buffer.from('別の質問').toString('base64') }];
		expect(await failed({ ...good, disclosed: wrong })).toEqual([['disclosed', 'commitment-mismatch']]);
		expect(await failed({ ...good, disclosed: [shown, shown] })).toEqual([['disclosed', 'disclosed-twice']]);
		expect(await failed({ ...good, disclosed: [{ ...shown, field: 'answer' }] })).toEqual([
			['disclosed', 'not-committed']
		]);
	});

	it('refuses what is no receipt', async () => {
		for (const bad of [null, [], {}, 'text', { ...receiptOf(0, 1), schema: 'kaname.receipt/2' }]) {
			expect((await failed(bad)).map(([name]) => name)).toEqual(['form']);
		}
		expect(await failed({ ...receiptOf(3, 7), entry: '*' })).toEqual([['form', 'receipt-encoding']]);
	});

	it('refuses an entry that is not spelt canonically, even where it is in the log', async () => {
		const odd = Buffer.from(entryOf(0).toString().replace('{"actor"', '{ "actor"'));
		const leaves = [leafOf(odd)];
		const receipt = {
			...receiptOf(0, 1),
			entry: odd.toString('base64'),
			checkpoint: checkpointOf(leaves),
			disclosed: []
		};
		expect(await failed(receipt)).toEqual([['entry', 'json-not-canonical']]);
	});
});
