/**
 * Checks a receipt in the browser, step by step, with nothing but WebCrypto.
 *
 * The server is not asked: the receipt and the log's public key are all it takes. A step that this
 * browser cannot do is reported as unchecked, never as passed.
 */
import { fromBase64, same, toHex, type Bytes } from './bytes';
import { commitment, isRecord, numbersIn, readEntry, type Entry } from './entry';
import { Fault } from './fault';
import { CannotCheck, openCheckpoint, readCheckpoint, readKey, readNote, type Checkpoint } from './note';
import { leafHash, verifyInclusion } from './proof';

const receiptSchema = 'kaname.receipt/1';

export type StepName = 'form' | 'signature' | 'inclusion' | 'entry' | 'disclosed';
export type Outcome = 'passed' | 'failed' | 'unchecked';

export interface Step {
	name: StepName;
	outcome: Outcome;
	/** Stable name of what failed. */
	code: string | null;
}

/** What came of checking a receipt. */
export interface Verification {
	verdict: Outcome;
	steps: Step[];
	entry: Entry | null;
	/** The entry's bytes as text, for people who want to see what was hashed. */
	entryText: string;
	checkpoint: Checkpoint | null;
	leafIndex: bigint | null;
	/** The leaf's hash in hexadecimal. */
	leafHash: string;
	disclosed: { field: string; value: string }[];
}

interface Parts {
	entry: Bytes;
	leafIndex: bigint;
	proof: Bytes[];
	checkpoint: string;
	disclosed: { field: string; salt: Bytes; value: Bytes }[];
}

/** Whether this browser can hash and verify here; plain HTTP to another host forbids it. */
export function canVerify(): boolean {
	return globalThis.crypto?.subtle !== undefined;
}

/** Checks every part of the receipt, given as its JSON text, against the log's key. */
export async function verifyReceipt(receipt: string, vkey: string): Promise<Verification> {
	const run = new Run();
	const parts = await run.step('form', () => readParts(receipt));
	if (parts === null) return run.result();
	const leaf = await leafHash(parts.entry);
	Object.assign(run.about, {
		leafIndex: parts.leafIndex,
		entryText: new TextDecoder().decode(parts.entry),
		leafHash: toHex(leaf)
	});
	await run.step('signature', async () => openCheckpoint(parts.checkpoint, await readKey(vkey)));
	await run.step('inclusion', async () => {
		run.about.checkpoint = await readCheckpoint(readNote(parts.checkpoint).text);
		const { size, root } = run.about.checkpoint;
		await verifyInclusion(leaf, parts.leafIndex, size, parts.proof, root);
	});
	run.about.entry = await run.step('entry', () => readEntry(parts.entry));
	const committed = run.about.entry?.commitments ?? {};
	await run.step('disclosed', async () => {
		run.about.disclosed = await openDisclosed(parts, committed);
	});
	return run.result();
}

const receiptFields = ['schema', 'entry', 'leaf_index', 'proof', 'checkpoint', 'disclosed'];

function readParts(text: string): Parts {
	const receipt = readOnce(text);
	if (!isRecord(receipt) || !hasExactly(receipt, receiptFields)) throw new Fault('receipt-form');
	const { schema, entry, leaf_index, proof, checkpoint, disclosed } = receipt;
	if (typeof schema !== 'string' || !Array.isArray(proof)) throw new Fault('receipt-form');
	if (typeof checkpoint !== 'string' || !Array.isArray(disclosed)) throw new Fault('receipt-form');
	if (schema !== receiptSchema) throw new Fault('receipt-schema');
	return {
		entry: bytesOf(entry),
		leafIndex: wholeOf(leaf_index),
		proof: proof.map((hash) => bytesOf(hash, 32)),
		checkpoint,
		disclosed: disclosed.map((shown: unknown) => {
			if (!isRecord(shown) || !hasExactly(shown, ['field', 'salt', 'value'])) throw new Fault('receipt-form');
			if (typeof shown.field !== 'string') throw new Fault('receipt-form');
			return { field: shown.field, salt: bytesOf(shown.salt, 32), value: bytesOf(shown.value) };
		})
	};
}

const hasExactly = (value: Record<string, unknown>, fields: string[]) =>
	Object.keys(value).length === fields.length && fields.every((field) => Object.hasOwn(value, field));

/** Reads JSON in which no object names a field twice, which the language's own reader lets pass. */
function readOnce(text: string): unknown {
	let kept = 0;
	const countKeys = (_key: string, value: unknown) => {
		if (isRecord(value)) kept += Object.keys(value).length;
		return value;
	};
	try {
		const value: unknown = JSON.parse(text, countKeys);
		const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter((match) => match[1] !== undefined).length;
		if (written === kept && numbersIn(text).every((number) => /^\d+$/.test(number))) return value;
	} catch {
		// Told below, together with fields that stand there twice.
	}
	throw new Fault('receipt-form');
}

function bytesOf(value: unknown, length?: number): Bytes {
	if (typeof value !== 'string') throw new Fault('receipt-form');
	const bytes = fromBase64(value);
	if (bytes === null || (length !== undefined && bytes.length !== length)) throw new Fault('receipt-encoding');
	return bytes;
}

function wholeOf(value: unknown): bigint {
	if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Fault('receipt-form');
	return BigInt(value);
}

async function openDisclosed(parts: Parts, committed: Entry['commitments']): Promise<Verification['disclosed']> {
	const opened = new Map<string, string>();
	for (const { field, salt, value } of parts.disclosed) {
		const expected = Object.hasOwn(committed, field) ? committed[field] : undefined;
		if (expected === undefined) throw new Fault('not-committed');
		if (!same(await commitment(salt, field, value), expected)) throw new Fault('commitment-mismatch');
		if (opened.has(field)) throw new Fault('disclosed-twice');
		opened.set(field, new TextDecoder().decode(value));
	}
	return [...opened].map(([field, value]) => ({ field, value }));
}

/** Collects what came of each step; a step that fails does not keep the next from being tried. */
class Run {
	about: Omit<Verification, 'verdict' | 'steps'> = {
		entry: null,
		entryText: '',
		checkpoint: null,
		leafIndex: null,
		leafHash: '',
		disclosed: []
	};
	#steps: Step[] = [];

	async step<T>(name: StepName, work: () => T | Promise<T>): Promise<T | null> {
		try {
			const value = await work();
			this.#steps.push({ name, outcome: 'passed', code: null });
			return value;
		} catch (error) {
			if (error instanceof CannotCheck) this.#steps.push({ name, outcome: 'unchecked', code: null });
			else if (error instanceof Fault) this.#steps.push({ name, outcome: 'failed', code: error.code });
			else throw error;
			return null;
		}
	}

	result(): Verification {
		const outcomes = this.#steps.map((step) => step.outcome);
		const worst = (['failed', 'unchecked', 'passed'] as const).find((outcome) => outcomes.includes(outcome));
		return { ...this.about, verdict: worst ?? 'failed', steps: this.#steps };
	}
}
