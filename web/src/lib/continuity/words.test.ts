import { expect, test } from 'vitest';
import type { Ability, Endpoint } from '$lib/api/types';
import { concentrationOf, percent, reachText, seconds, valuesOf, withoutText } from './words';

const endpoint = (id: string, vendor: string) =>
	({ id, name: `接続先${id}`, vendor, operator_country: 'JP', hosting_country: '' }) as Endpoint;

test('an index is spread below 1,500 and high above 2,500', () => {
	expect([1, 1499, 1500, 2500, 2501, 10_000].map(concentrationOf)).toEqual([
		'spread',
		'spread',
		'medium',
		'medium',
		'high',
		'high'
	]);
});

test('shares and times are written out, and nothing is a dash', () => {
	expect([percent(10_000), percent(1234), percent(0), percent(null)]).toEqual(['100%', '12.3%', '0%', '—']);
	expect([seconds(1250), seconds(null)]).toEqual(['1.3秒', '—']);
});

test('each value that endpoints state can be chosen once, and what is not stated cannot', () => {
	const all = [endpoint('1', '乙'), endpoint('2', '甲'), endpoint('3', '乙'), endpoint('4', '')];
	expect(valuesOf('vendor', all).map(({ value }) => value)).toEqual(['乙', '甲']);
	expect(valuesOf('hosting_country', all)).toEqual([]);
	expect(valuesOf('endpoint', all)[3]).toEqual({ value: '4', label: '接続先4' });
});

test('what is done without names an endpoint, also one that is gone', () => {
	const all = [endpoint('1', '甲')];
	expect(withoutText({ subject: 'endpoint', value: '1' }, all)).toBe('接続先：接続先1');
	expect(withoutText({ subject: 'endpoint', value: '9' }, all)).toBe('接続先：9');
	expect(withoutText({ subject: 'vendor', value: '甲' }, all)).toBe('提供者：甲');
});

test('an ability says up to where it is served, and whether it stops', () => {
	const ability: Ability = {
		needs: ['chat'],
		language: null,
		highest_before: ['3'],
		highest_after: ['2'],
		stops_at: ['3']
	};
	expect(reachText(ability, undefined)).toContain('3');
	expect(reachText(ability, undefined)).toContain('2');
	expect(reachText({ ...ability, highest_after: [] }, undefined)).toContain('止まります');
	expect(reachText({ ...ability, stops_at: [] }, undefined)).toContain('変わりません');
});
