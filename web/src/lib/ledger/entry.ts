/**
 * An act as it stands in the log: canonical JSON with ids and commitments, never content.
 *
 * The form is that of RFC 8785 with integers only; any other spelling of the same value is refused.
 */
import { bigEndian, fromBase64, sha256, utf8, type Bytes } from './bytes';
import { Fault } from './fault';

const schema = 'kaname.act/1';
const maxEntryBytes = 65_535;
const maxInteger = 2 ** 53;

/** One act. */
export interface Entry {
	id: string;
	institution: string;
	kind: string;
	at_ms: number;
	actor: string;
	refs: Record<string, string>;
	label: string | null;
	commitments: Record<string, Bytes>;
}

/** Reads the canonical bytes of an entry, strictly. */
export function readEntry(bytes: Uint8Array): Entry {
	if (bytes.length > maxEntryBytes) throw new Fault('entry-too-large');
	const fields = readCanonical(bytes);
	if (!isRecord(fields) || fields.schema !== schema) throw new Fault('entry-schema');
	const { schema: _, id, institution, kind, at_ms, actor, refs, label, commitments, ...unknown } = fields;
	const moment = typeof at_ms === 'number' && Math.abs(at_ms) <= maxInteger ? at_ms : null;
	const entry = {
		id: filled(id),
		institution: filled(institution),
		kind: filled(kind),
		at_ms: moment ?? refuse(),
		actor: filled(actor),
		refs: mapOf(refs, (text) => text),
		label: label === undefined ? null : filled(label),
		commitments: mapOf(commitments, digest)
	};
	if (Object.keys(unknown).length > 0) throw new Fault('entry-unknown-field');
	return entry;
}

/** Stands for a value in an entry without giving it away. */
export function commitment(salt: Uint8Array, field: string, value: Uint8Array): Promise<Bytes> {
	const name = utf8(field);
	return sha256(
		utf8('kaname.commitment/1\n'),
		salt,
		bigEndian(name.length, 4),
		name,
		bigEndian(value.length, 8),
		value
	);
}

/** Reads JSON and refuses every spelling but the canonical one. */
export function readCanonical(bytes: Uint8Array): unknown {
	let text: string;
	let value: unknown;
	try {
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
		value = JSON.parse(text);
	} catch {
		throw new Fault('json-syntax');
	}
	const spelt = canonical(value);
	if (!numbersIn(text).every(isPlain)) throw new Fault('json-number');
	if (spelt !== text) throw new Fault('json-not-canonical');
	return value;
}

/** The numbers of a JSON text as they are spelt; the language's own reader rounds them. */
export function numbersIn(text: string): string[] {
	return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
}

const isPlain = (number: string) =>
	/^(0|-?[1-9]\d{0,15})$/.test(number) &&
	Math.abs(Number(number)) <= maxInteger &&
	BigInt(number) === BigInt(Number(number));

function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
	if (isRecord(value)) {
		// The default order of JavaScript is that of UTF-16 code units, as the standard asks.
		const members = Object.keys(value).sort();
		return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
	}
	// What other readers refuse outright: a number beyond every range, half a surrogate pair.
	const broken = value === Infinity || value === -Infinity || (typeof value === 'string' && /\p{Cs}/u.test(value));
	if (broken) throw new Fault('json-syntax');
	return JSON.stringify(value);
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(): never {
	throw new Fault('entry-field');
}

function filled(value: unknown): string {
	return typeof value === 'string' && value !== '' ? value : refuse();
}

function digest(text: string): Bytes {
	const bytes = fromBase64(text);
	return bytes?.length === 32 ? bytes : refuse();
}

function mapOf<T>(value: unknown, read: (text: string) => T): Record<string, T> {
	if (!isRecord(value) || '' in value) refuse();
	return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, read(filled(text))]));
}
