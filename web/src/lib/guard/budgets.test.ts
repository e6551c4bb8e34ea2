import { describe, expect, it } from 'vitest';
import type { Budget } from '$lib/api/types';
import { amount, mayWatchBudgets, periods, scarcest, title, unitsFor, units } from './budgets';

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

	it('of a day or longer stand with the scarcest first', () => {
		const budget = (id: string, limit: number, remaining: number, ends: number | null = 1) =>
			({ id, limit, remaining, period_ends_at_ms: ends }) as Budget;
		const all = [budget('half', 10, 5), budget('rate', 10, 0, null), budget('none', 0, 0), budget('tenth', 100, 10)];
		expect(scarcest(all).map(({ id }) => id)).toEqual(['none', 'tenth', 'half']);
	});

	it('are seen by those who watch and not by staff', () => {
		const user = { roles: ['staff'] } as never;
		expect(mayWatchBudgets(user)).toBe(false);
		expect(mayWatchBudgets({ roles: ['staff', 'auditor'] } as never)).toBe(true);
	});
});
