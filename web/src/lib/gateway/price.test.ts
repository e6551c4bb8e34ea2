/** Prices: exact between yen and millionths of a yen. */
import { describe, expect, it } from 'vitest';
import { microYenOf, yenText } from './price';

describe('a price', () => {
	it('is read exactly, with up to six decimals', () => {
		expect(microYenOf('0.1')).toBe(100_000);
		expect(microYenOf('450')).toBe(450_000_000);
		expect(microYenOf('1,234.000001')).toBe(1_234_000_001);
		expect(microYenOf('４５０．５')).toBe(450_500_000);
	});

	it('is not guessed from what is no amount', () => {
		for (const text of ['', '-1', '1.2345678', 'free', '1.']) expect(microYenOf(text)).toBe(null);
	});

	it('is written as it was read', () => {
		for (const text of ['0', '0.1', '450', '1234.000001']) expect(yenText(microYenOf(text) ?? -1)).toBe(text);
	});
});
