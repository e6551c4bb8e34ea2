/** Budgets and rates: the calls, and their amounts as people read them. */
import { call } from '$lib/api/client';
import type { Budget, BudgetChange, List, NewBudget, Role, User } from '$lib/api/types';
import { count, dateTime } from '$lib/i18n/format';
import { t } from '$lib/i18n/locale.svelte';

export const subjectKinds = ['institution', 'department', 'team', 'person', 'key', 'app', 'system'] as const;
export const periods = ['day', 'month', 'fiscal_year', 'minute', 'at_once'] as const;
export const units = ['yen', 'tokens', 'requests'] as const;

export type SubjectKind = Budget['subject_kind'];
export type Period = Budget['period'];
export type Unit = Budget['unit'];

/** All budgets of the institution, page by page. */
export async function listBudgets(fetcher?: typeof fetch): Promise<Budget[]> {
	const all: Budget[] = [];
	let cursor: string | null = null;
	do {
		const query = { cursor, limit: 200 };
		const page: List<Budget> = await call<List<Budget>>('GET', '/budgets', { query, fetch: fetcher });
		all.push(...page.items);
		cursor = page.next_cursor;
	} while (cursor !== null);
	return all;
}

/** What limits the person who is signed in. */
export const listOwnBudgets = (fetcher?: typeof fetch) =>
	call<List<Budget>>('GET', '/me/budgets', { fetch: fetcher });
export const createBudget = (body: NewBudget) => call<Budget>('POST', '/budgets', { body });
export const changeBudget = (id: string, body: BudgetChange) => call<Budget>('PATCH', `/budgets/${id}`, { body });
export const removeBudget = (id: string) => call<void>('DELETE', `/budgets/${id}`);

const watchers: Role[] = ['administrator', 'ai_officer', 'auditor', 'section_head'];

/** Whether the person may see the budgets of the whole institution. */
export const mayWatchBudgets = (user: User) => user.roles.some((role) => watchers.includes(role));

/** The units that can be counted over a period. */
export function unitsFor(period: Period): Unit[] {
	if (period === 'at_once') return ['requests'];
	return period === 'minute' ? ['requests', 'tokens'] : [...units];
}

/** Budgets of a day or longer, the one with the smallest part left first. */
export function scarcest(budgets: Budget[]): Budget[] {
	const left = (budget: Budget) => (budget.limit === 0 ? 0 : budget.remaining / budget.limit);
	return budgets.filter((budget) => budget.period_ends_at_ms !== null).sort((a, b) => left(a) - left(b));
}

/** `1,200円`, `3,000 tokens`. */
export const amount = (value: number, unit: Unit) => t(`budget.amount.${unit}`, { count: count(value) });

/** Whose budget it is and over which time, in one line. */
export function title(budget: Pick<Budget, 'subject_kind' | 'subject_name' | 'period' | 'unit'>): string {
	const whose = t(`budget.subject.${budget.subject_kind}`);
	return t('budget.title', {
		whose: `${whose} ${budget.subject_name}`,
		period: t(`budget.period.${budget.period}`),
		unit: t(`budget.unit.${budget.unit}`)
	});
}

/** When it opens anew, in words. */
export function opens(budget: Budget): string {
	if (budget.period_ends_at_ms !== null) return dateTime(budget.period_ends_at_ms);
	return t(budget.period === 'minute' ? 'budget.opens_evenly' : 'budget.opens_when_ended');
}
