/** An endpoint while it is being described: from an address to something that can be saved. */
import type { Endpoint, NewEndpoint } from '$lib/api/types';

export class EndpointDraft {
	baseUrl = $state('');
	apiKey = $state('');
	models = $state<string[]>([]);
	model = $state('');
	name = $state('');
	publicName = $state('');
	capabilities = $state<NewEndpoint['capabilities']>(['chat']);
	languages = $state<NewEndpoint['languages']>(['ja', 'en']);
	clearance = $state('');
	vendor = $state('');
	operatorCountry = $state('');
	hostingCountry = $state('');
	openWeights = $state(false);

	constructor(lowestLabel: string) {
		this.clearance = lowestLabel;
	}

	/** Takes over what is known of an endpoint; its key is not known here. */
	static of(endpoint: Endpoint): EndpointDraft {
		const draft = new EndpointDraft(endpoint.clearance);
		draft.baseUrl = endpoint.base_url ?? '';
		draft.model = endpoint.model;
		draft.name = endpoint.name;
		draft.publicName = endpoint.public_name;
		draft.capabilities = [...endpoint.capabilities];
		draft.languages = [...endpoint.languages];
		draft.vendor = endpoint.vendor;
		draft.operatorCountry = endpoint.operator_country;
		draft.hostingCountry = endpoint.hosting_country;
		draft.openWeights = endpoint.open_weights;
		return draft;
	}

	/** Takes the models that the address offered and suggests names for the first one. */
	offer(models: string[]): void {
		this.models = models;
		this.choose(models[0] ?? '');
	}

	/** Chooses a model; names that nobody typed follow it. */
	choose(model: string): void {
		const last = (text: string) => text.split('/').at(-1) ?? text;
		if (this.name === '' || this.name === last(this.model)) this.name = last(model);
		if (this.publicName === '' || this.publicName === publicNameOf(this.model)) this.publicName = publicNameOf(model);
		this.model = model;
	}

	/** What is sent to the server; an empty key means that there is none or that it stays. */
	body(): NewEndpoint {
		return {
			kind: 'openai_compatible',
			name: this.name.trim(),
			base_url: this.baseUrl.trim(),
			...(this.apiKey === '' ? {} : { api_key: this.apiKey }),
			model: this.model.trim(),
			public_name: this.publicName.trim(),
			capabilities: this.capabilities,
			languages: this.languages,
			clearance: this.clearance,
			vendor: this.vendor.trim(),
			operator_country: this.operatorCountry.trim().toUpperCase(),
			hosting_country: this.hostingCountry.trim().toUpperCase(),
			open_weights: this.openWeights
		};
	}
}

function publicNameOf(model: string): string {
	const tail = (model.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
	return tail === '' ? '' : `kaname/${tail}`;
}
