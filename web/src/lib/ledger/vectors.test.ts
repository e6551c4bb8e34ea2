/** The ledger's exact bytes, against the vectors that every verifier of it passes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromBase64, sha256, toBase64, toHex, utf8, type Bytes } from './bytes';
import { commitment, readEntry } from './entry';
import { Fault } from './fault';
import { openCheckpoint, readKey } from './note';
import { leafHash, nodeHash, verifyInclusion } from './proof';
import { verifyReceipt } from './verify';

interface Case<Input> {
	name: string;
	input: Input;
	refused: string | null;
}

const folder = new URL('../../../../tests/vectors/ledger/', import.meta.url);
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
const bytes = (text: string): Bytes => fromBase64(text) ?? utf8('');

/** The name of the check that failed, or `null`. */
async function refusal(work: () => unknown): Promise<string | null> {
	try {
		await work();
		return null;
	} catch (error) {
		if (error instanceof Fault) return error.code;
		throw error;
	}
}

describe('vectors', () => {
	const receipts = read<{ vkey: string; cases: Case<string>[] }>('receipts.json');
	it.each(receipts.cases)('receipt: $name', async ({ input, refused }) => {
		const { verdict, steps } = await verifyReceipt(input, receipts.vkey);
		expect(steps.find((step) => step.outcome === 'failed')?.code ?? null).toBe(refused);
		expect(verdict).toBe(refused === null ? 'passed' : 'failed');
	});

	const checkpoints = read<{ vkey: string; cases: Case<string>[] }>('checkpoints.json');
	it.each(checkpoints.cases)('checkpoint: $name', async ({ input, refused }) => {
		expect(await refusal(async () => openCheckpoint(input, await readKey(checkpoints.vkey)))).toBe(refused);
	});

	it.each(read<Case<string>[]>('keys.json'))('key: $name', async ({ input, refused }) => {
		expect(await refusal(() => readKey(input))).toBe(refused);
	});

	it.each(read<Case<EntryInput>[]>('entries.json'))('entry: $name', async ({ input, refused }) => {
		expect(await refusal(() => readEntry(widened(input)))).toBe(refused);
		if (input.leaf_hash) expect(toBase64(await leafHash(bytes(input.bytes)))).toBe(input.leaf_hash);
	});

	it('commitments', async () => {
		type Vector = { digest: string; field: string; salt: string; value: string };
		for (const { digest, field, salt, value } of read<Vector[]>('commitments.json')) {
			expect(toBase64(await commitment(bytes(salt), field, utf8(value)))).toBe(digest);
		}
	});

	it('trees of RFC 6962', async () => {
		const leaves: Bytes[] = [];
		for (const { root, next_leaf } of read<{ root: string; next_leaf: string | null }[]>('rfc6962.json')) {
			expect(toHex(await rootOf(leaves))).toBe(root);
			if (leaves.length === 1) await verifyInclusion(leaves[0]!, 0n, 1n, [], leaves[0]!);
			if (next_leaf !== null) leaves.push(await leafHash(Buffer.from(next_leaf, 'hex')));
		}
	});
});

interface EntryInput {
	bytes: string;
	leaf_hash?: string;
	/** The entry is too large to be written out: its actor, of one letter, is to be this long. */
	widen_actor_to?: number;
}

function widened({ bytes: text, widen_actor_to: length }: EntryInput): Uint8Array {
	if (length === undefined) return bytes(text);
	const entry = new TextDecoder().decode(bytes(text));
	return utf8(entry.replace('"actor":"u"', `"actor":"${'u'.repeat(length)}"`));
}

async function rootOf(leaves: Bytes[]): Promise<Bytes> {
	if (leaves.length === 0) return sha256();
	if (leaves.length === 1) return leaves[0]!;
	const middle = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
	return nodeHash(await rootOf(leaves.slice(0, middle)), await rootOf(leaves.slice(middle)));
}
