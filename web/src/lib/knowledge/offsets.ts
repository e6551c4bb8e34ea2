/**
 * Places in a document, which the server counts in UTF-8 bytes and JavaScript does not.
 *
 * A place that falls inside a character is moved to the character's start, so that text is never
 * cut in the middle of one.
 */
export interface Range {
	/** First byte. */
	start: number;
	/** Byte after the last one. */
	end: number;
}

/** Text whose parts are asked for by bytes of the document it was taken from. */
export class ByteText {
	readonly start: number;
	readonly end: number;
	#bytes: Uint8Array;
	#decoder = new TextDecoder();

	/** `start` is the byte of the document at which `text` begins. */
	constructor(text: string, start: number) {
		this.#bytes = new TextEncoder().encode(text);
		this.start = start;
		this.end = start + this.#bytes.length;
	}

	/** The text between two bytes of the document, as far as it lies in this piece. */
	slice(start: number, end: number): string {
		return this.#decoder.decode(this.#bytes.subarray(this.#index(start), this.#index(end)));
	}

	/** The part before the highlight, the highlight, and the part after it, within `part`. */
	around(part: Range, highlight: Range | null): { before: string; marked: string; after: string } {
		if (highlight === null) return { before: this.slice(part.start, part.end), marked: '', after: '' };
		const from = Math.min(Math.max(highlight.start, part.start), part.end);
		const to = Math.max(Math.min(highlight.end, part.end), from);
		return { before: this.slice(part.start, from), marked: this.slice(from, to), after: this.slice(to, part.end) };
	}

	#index(byte: number): number {
		let index = Math.min(Math.max(byte - this.start, 0), this.#bytes.length);
		while (index > 0 && ((this.#bytes[index] ?? 0) & 0xc0) === 0x80) index -= 1;
		return index;
	}
}

/** Reads `at=120-180` from an address; anything else is no place. */
export function rangeFrom(text: string | null): Range | null {
	const match = /^(\d{1,12})-(\d{1,12})$/.exec(text ?? '');
	if (match === null) return null;
	const range = { start: Number(match[1]), end: Number(match[2]) };
	return range.end >= range.start ? range : null;
}

/** The address of a document, at a place in it. */
export function documentAddress(id: string, range?: Range): string {
	return range ? `/documents/${id}?at=${range.start}-${range.end}` : `/documents/${id}`;
}
