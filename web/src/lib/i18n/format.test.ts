/** Days are days, wherever the browser is; remedies are found by the code of the fault. */
import { describe, expect, it } from 'vitest';
import { fixText } from './errors';
import { calendarDay } from './format';

describe('a calendar day', () => {
	it('is written in the language in force and does not move with the time zone', () => {
		expect(calendarDay('2026-04-01')).toBe('2026年4月1日');
	});

	it('shows what is no day as it came', () => {
		expect(calendarDay('令和8年')).toBe('令和8年');
	});
});

describe('a remedy', () => {
	it('is said in the language in force where the code is known', () => {
		const fault = { code: 'gateway.embedded_no_model', detail: '', fix: 'Fetch the model' };
		expect(fixText(fault)).toContain('kaname model fetch');
		expect(fixText(fault)).not.toBe(fault.fix);
	});

	it("is the server's own where the code is not known, and nothing where there is none", () => {
		expect(fixText({ code: 'gateway.new_fault', fix: 'Do this' })).toBe('Do this');
		expect(fixText({ code: 'gateway.new_fault', fix: null })).toBe('');
	});
});
