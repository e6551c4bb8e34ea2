import { describe, expect, it } from 'vitest';
import { amount, mayWatchBudgets, periods, title, unitsFor, units } from './budgets';

describe('budgets', () => {
	it('count by the minute no money, and at once only calls', () => {
		expect(unitsFor('at_once')).toEqual(['requests']);
		expect(unitsFor('minute')).not.toContain('yen');
		for (const period of periods.filter((p) => p !== 'minute' && p !== 'at_once')) {
			expect(unitsFor(period)).toEqual([...units]);
		}
	});

	it('read as people write them', () => {
		expect(amount(1234.5, 'yen')).toBe('1,234.5円');
		const budget = { subject_kind: 'department', subject_name: '住民課', period: 'month', unit: 'yen' } as const;
		expect(title(budget)).toContain('住民課');
	});

	it('are seen by those who watch and not by staff', () => {
		const user = { roles: ['staff'] } as never;
		expect(mayWatchBudgets(user)).toBe(false);
		expect(mayWatchBudgets({ roles: ['staff', 'auditor'] } as never)).toBe(true);
	});
});
