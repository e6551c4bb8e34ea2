/** Bytes of the document against characters of the screen. */
import { describe, expect, it } from 'vitest';
import { ByteText, documentAddress, rangeFrom } from './offsets';

const text = '粗大ごみ🗑️の手数料は、1点につき500円です。\nABC';
const bytesOf = (part: string) => new TextEncoder().encode(part).length;

describe('ByteText', () => {
	it('cuts every pair of whole characters exactly', () => {
		const offset = 1000;
		const piece = new ByteText(text, offset);
		const characters = [...text];
		for (let from = 0; from <= characters.length; from++) {
			for (let to = from; to <= characters.length; to++) {
				const start = offset + bytesOf(characters.slice(0, from).join(''));
				const middle = characters.slice(from, to).join('');
				expect(piece.slice(start, start + bytesOf(middle))).toBe(middle);
			}
		}
	});

	it('never shows half a character', () => {
		const piece = new ByteText(text, 0);
		for (let at = 0; at <= bytesOf(text); at++) {
			expect(piece.slice(0, at) + piece.slice(at, bytesOf(text))).toBe(text);
			expect(piece.slice(0, at)).not.toContain('�');
		}
	});

	it('marks only the part of a highlight that lies in the block', () => {
		const piece = new ByteText('あいうえお', 30);
		const block = { start: 33, end: 39 };
		expect(piece.around(block, { start: 30, end: 36 })).toEqual({ before: '', marked: 'い', after: 'う' });
		expect(piece.around(block, { start: 0, end: 9 })).toEqual({ before: '', marked: '', after: 'いう' });
		expect(piece.around(block, { start: 42, end: 45 })).toEqual({ before: 'いう', marked: '', after: '' });
		expect(piece.around(block, null)).toEqual({ before: 'いう', marked: '', after: '' });
	});

	it('stays within the piece it has', () => {
		const piece = new ByteText('あい', 100);
		expect(piece.slice(0, 1000)).toBe('あい');
		expect([piece.start, piece.end]).toEqual([100, 106]);
	});
});

describe('places in addresses', () => {
	it('come back the same', () => {
		const address = new URL(documentAddress('d1', { start: 3, end: 9 }), 'http://localhost');
		expect(rangeFrom(address.searchParams.get('at'))).toEqual({ start: 3, end: 9 });
		expect(documentAddress('d1')).toBe('/documents/d1');
	});

	it('are refused when they make no sense', () => {
		for (const bad of [null, '', '9-3', '-1-2', 'a-b', '1', '1-2-3']) expect(rangeFrom(bad)).toBe(null);
	});
});
