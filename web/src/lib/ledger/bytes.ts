/** Bytes, their text forms, and the one hash function, as the ledger uses them. */

/** Bytes whose memory WebCrypto accepts. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Bytes {
	return new TextEncoder().encode(text) as Bytes;
}

/** All parts, one after the other. */
export function concat(...parts: Uint8Array[]): Bytes {
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** Reads standard base64 with padding, in its one canonical spelling; `null` for anything else. */
export function fromBase64(text: string): Bytes | null {
	try {
		const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
		return toBase64(bytes) === text ? bytes : null;
	} catch {
		return null;
	}
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
	return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A whole number in `length` bytes, the highest first. */
export function bigEndian(value: number, length: number): Bytes {
	const bytes = new Uint8Array(length);
	for (let at = length - 1, rest = BigInt(value); at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
	return bytes;
}

/** Whether two byte strings are the same. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** SHA-256 over the parts, one after the other. */
export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}
