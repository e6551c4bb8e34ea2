/** The wizard's draft: names follow the model until somebody types one. */
import { describe, expect, it } from 'vitest';
import { EndpointDraft } from './draft.svelte';

describe('an endpoint draft', () => {
	it('suggests names from the chosen model', () => {
		const draft = new EndpointDraft('1');
		draft.offer(['Org/Model A', 'other']);
		expect([draft.model, draft.name, draft.publicName]).toEqual(['Org/Model A', 'Model A', 'kaname/model-a']);
		draft.choose('other');
		expect([draft.name, draft.publicName]).toEqual(['other', 'kaname/other']);
	});

	it('keeps names that somebody typed', () => {
		const draft = new EndpointDraft('1');
		draft.offer(['a', 'b']);
		draft.name = '庁内の標準モデル';
		draft.choose('b');
		expect([draft.name, draft.publicName]).toEqual(['庁内の標準モデル', 'kaname/b']);
	});

	it('starts from the lowest clearance and sends no empty key', () => {
		const draft = new EndpointDraft('1');
		draft.operatorCountry = ' jp ';
		expect(draft.body()).toMatchObject({ clearance: '1', kind: 'openai_compatible', operator_country: 'JP' });
		expect('api_key' in draft.body()).toBe(false);
		draft.apiKey = 'secret';
		expect(draft.body().api_key).toBe('secret');
	});
});
