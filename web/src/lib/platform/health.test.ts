/** What the line above the checks counts. */
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '$lib/api/types';
import { failingEndpoints, worstOf, type Check } from './health';

const check = (state: Check['state']) => ({ state }) as Check;
const endpoint = (state: Endpoint['health']['state'], enabled = true) => ({ enabled, health: { state } }) as Endpoint;

describe('the health of the whole', () => {
	it('is as bad as its worst check', () => {
		expect(worstOf([check('ok')], [])).toBe('ok');
		expect(worstOf([check('ok'), check('warning')], [endpoint('ok')])).toBe('warning');
		expect(worstOf([check('warning'), check('failing')], [])).toBe('failing');
	});

	it('counts an endpoint that fails, unless it is switched off or was never tested', () => {
		expect(worstOf([check('ok')], [endpoint('failing')])).toBe('failing');
		expect(worstOf([check('ok')], [endpoint('failing', false), endpoint('unknown')])).toBe('ok');
		expect(failingEndpoints([endpoint('failing'), endpoint('ok')])).toHaveLength(1);
	});
});
