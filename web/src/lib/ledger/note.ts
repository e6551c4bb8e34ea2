/**
 * Keys, signed notes and checkpoints of a log.
 *
 * Source: C2SP signed-note and tlog-checkpoint. Signatures by keys that are not known are ignored.
 */
import { concat, fromBase64, same, sha256, toHex, utf8, type Bytes } from './bytes';
import { Fault } from './fault';

const ed25519 = 0x01;
const maxNoteBytes = 1 << 20;
const maxSignatures = 100;
const maxTreeSize = 2n ** 63n - 1n;

/** Ed25519 points of small order, the sign bit left out: every signature of nothing fits them. */
const weakPoints = new Set([
	'0100000000000000000000000000000000000000000000000000000000000000',
	'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
	'0000000000000000000000000000000000000000000000000000000000000000',
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
	'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
	'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
]);

/** A key that checks signatures made in the name of a log. */
export interface LogKey {
	name: string;
	hash: Bytes;
	public: Bytes;
}

/** What a log says about itself. */
export interface Checkpoint {
	origin: string;
	size: bigint;
	root: Bytes;
}

/** A note whose form is right and whose signatures nobody has checked yet. */
export interface Note {
	text: string;
	signatures: { name: string; hash: Bytes; signature: Bytes }[];
}

const isKeyName = (name: string) => name !== '' && !/[+\s\p{Cc}]/u.test(name);

/** Reads `name+hash+key`; the hash must belong to the name and the key. */
export async function readKey(vkey: string): Promise<LogKey> {
	const [name, hex, ...rest] = vkey.split('+');
	if (name === undefined || hex === undefined || rest.length === 0) throw new Fault('key-form');
	if (!isKeyName(name)) throw new Fault('key-name');
	const bytes = fromBase64(rest.join('+'));
	if (bytes === null || bytes.length === 0) throw new Fault('key-form');
	if (bytes[0] !== ed25519) throw new Fault('key-algorithm');
	if (bytes.length !== 33 || !/^[0-9a-f]{8}$/.test(hex)) throw new Fault('key-form');
	const hash = (await sha256(utf8(`${name}\n`), bytes)).slice(0, 4);
	if (toHex(hash) !== hex) throw new Fault('key-hash');
	const point = bytes.slice(1);
	if (weakPoints.has(toHex(Uint8Array.from(point, (byte, index) => (index === 31 ? byte & 0x7f : byte)))))
		throw new Fault('key-point');
	return { name, hash, public: point };
}

/** Reads a note strictly. */
export function readNote(note: string): Note {
	if (utf8(note).length > maxNoteBytes) throw new Fault('note-too-large');
	if (/[\x00-\x09\x0b-\x1f\x7f]/.test(note)) throw new Fault('note-control-character');
	const cut = note.lastIndexOf('\n\n');
	if (cut <= 0) throw new Fault('note-no-separator');
	const lines = note.slice(cut + 2);
	if (!lines.endsWith('\n')) throw new Fault('note-signature-line');
	const parts = lines.slice(0, -1).split('\n');
	if (parts.length > maxSignatures) throw new Fault('note-too-many-signatures');
	return { text: note.slice(0, cut + 1), signatures: parts.map(readSignature) };
}

function readSignature(line: string): Note['signatures'][number] {
	const match = /^— ([^ ]+) ([^ ]+)$/u.exec(line);
	const [name = '', bytes] = [match?.[1], fromBase64(match?.[2] ?? '')];
	if (!isKeyName(name) || bytes === null || bytes.length < 5) throw new Fault('note-signature-line');
	return { name, hash: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** Throws unless the key signed the note, and no signature that claims to be by it is wrong. */
export async function verifyNote(note: Note, key: LogKey): Promise<void> {
	const claimed = note.signatures.filter((entry) => entry.name === key.name && same(entry.hash, key.hash));
	if (claimed.length === 0) throw new Fault('unsigned');
	const imported = await importKey(key);
	for (const { signature } of claimed) {
		const good = await crypto.subtle.verify('Ed25519', imported, signature, utf8(note.text));
		if (!good) throw new Fault('bad-signature');
	}
}

async function importKey(key: LogKey): Promise<CryptoKey> {
	try {
		return await crypto.subtle.importKey('raw', key.public, 'Ed25519', false, ['verify']);
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === 'NotSupportedError') throw new CannotCheck();
		throw new Fault('key-point');
	}
}

/** This browser has no Ed25519. */
export class CannotCheck extends Error {}

/** Reads a signed checkpoint; the log's key must have signed it and be named as its origin. */
export async function openCheckpoint(signed: string, key: LogKey): Promise<Checkpoint> {
	const note = readNote(signed);
	await verifyNote(note, key);
	const checkpoint = await readCheckpoint(note.text);
	if (checkpoint.origin !== key.name) throw new Fault('checkpoint-origin');
	return checkpoint;
}

/** Reads the signed text of a checkpoint, strictly. */
export async function readCheckpoint(text: string): Promise<Checkpoint> {
	const [origin = '', size = '', root = '', ...extensions] = text.replace(/\n$/, '').split('\n');
	if (!text.endsWith('\n') || [origin, size, root, ...extensions].includes('')) throw new Fault('checkpoint-lines');
	if (!/^(0|[1-9]\d{0,18})$/.test(size) || BigInt(size) > maxTreeSize) throw new Fault('checkpoint-size');
	const rootBytes = fromBase64(root);
	if (rootBytes?.length !== 32) throw new Fault('checkpoint-root');
	if (size === '0' && !same(rootBytes, await sha256(concat()))) throw new Fault('checkpoint-empty-tree-root');
	return { origin, size: BigInt(size), root: rootBytes };
}
