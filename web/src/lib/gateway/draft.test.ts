/** The wizard's draft: names follow the model until somebody types one. */
import type { Endpoint } from '$lib/api/types';
import { describe, expect, it } from 'vitest';
import { EndpointDraft } from './draft.svelte';

const endpoint: Endpoint = {
	id: 'e',
	name: 'm',
	kind: 'anthropic',
	base_url: 'https://models.example.jp/v1',
	has_api_key: true,
	model: 'm',
	public_name: 'kaname/m',
	capabilities: ['chat'],
	languages: ['ja'],
	clearance: '1',
	enabled: true,
	vendor: '',
	operator_country: '',
	hosting_country: '',
	open_weights: false,
	licence: '',
	dialects: ['messages'],
	region: '',
	context_tokens: 8_000,
	concurrent_max: 4,
	cache_seconds: 0,
	price: null,
	created_at_ms: 0,
	health: { state: 'unknown', checked_at_ms: null, detail: '' }
};

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

	it('begins with what a chat model can do, and drops it for a model that does not write', () => {
		const draft = new EndpointDraft('1');
		expect(draft.body().capabilities).toEqual(['chat', 'tools', 'structured_output']);
		draft.chooseCapabilities(['chat', 'embeddings'], ['embeddings']);
		expect(draft.body().capabilities).toEqual(['embeddings']);
	});

	it('states no price until somebody does, and then a whole one', () => {
		const draft = new EndpointDraft('1');
		expect(draft.body().price).toBe(null);
		draft.priceInput = '45.5';
		expect(() => draft.body()).toThrow(expect.objectContaining({ code: 'client.price', field: 'price' }));
		draft.priceOutput = '180';
		draft.priceAsOf = '2026-04-01';
		expect(draft.body().price).toEqual({
			input: 45_500_000,
			cached_input: null,
			output: 180_000_000,
			request: 0,
			as_of: '2026-04-01',
			source: ''
		});
	});

	it('changes no kind, no fact of an embedded model, and takes a bound away by 0', () => {
		const change = EndpointDraft.of({ ...endpoint, kind: 'embedded_generation', base_url: null }).change();
		for (const fact of ['kind', 'base_url', 'model', 'capabilities', 'languages', 'dialects', 'price']) {
			expect(change).not.toHaveProperty(fact);
		}
		const draft = EndpointDraft.of(endpoint);
		draft.contextTokens = '';
		expect(draft.change()).toMatchObject({ model: 'm', dialects: ['messages'], context_tokens: 0, concurrent_max: 4 });
		expect(draft.change()).not.toHaveProperty('kind');
	});

	it('keeps answers for as long as is said, and not at all where nothing is', () => {
		const draft = EndpointDraft.of({ ...endpoint, cache_seconds: 60 });
		expect([draft.cacheSeconds, draft.change().cache_seconds]).toEqual(['60', 60]);
		draft.cacheSeconds = ' ';
		expect(draft.change().cache_seconds).toBe(0);
	});

	it('keeps what a form does not show of a price', () => {
		const price = { input: 1, cached_input: 2, output: 3, request: 4, as_of: '2026-04-01', source: '' };
		expect(EndpointDraft.of({ ...endpoint, price }).change().price).toEqual(price);
	});
});
