/** An endpoint while it is being described: from an address to something that can be saved. */
import type { Capability, Endpoint, EndpointChange, EndpointKind, NewEndpoint, Price, Speaks } from '$lib/api/types';
import { microYenOf, refused, wholeOf, yenText } from './price';

/** What only a model that writes can do. */
const writersOnly: Capability[] = ['tools', 'images', 'files', 'structured_output'];

/** What every part of the form is given. */
export interface FieldsProps {
	draft: EndpointDraft;
	/** What the server did not accept about a field. */
	faultOf: (field: string) => string | null;
}

export class EndpointDraft {
	kind = $state<EndpointKind>('openai_compatible');
	baseUrl = $state('');
	apiKey = $state('');
	models = $state<string[]>([]);
	model = $state('');
	name = $state('');
	publicName = $state('');
	capabilities = $state<Capability[]>(['chat', 'tools', 'structured_output']);
	languages = $state<NewEndpoint['languages']>(['ja', 'en']);
	clearance = $state('');
	vendor = $state('');
	operatorCountry = $state('');
	hostingCountry = $state('');
	openWeights = $state(false);
	licence = $state('');
	dialects = $state<Speaks[]>([]);
	region = $state('');
	contextTokens = $state('');
	concurrentMax = $state('');
	cacheSeconds = $state('');
	priceInput = $state('');
	priceCached = $state('');
	priceOutput = $state('');
	priceAsOf = $state('');
	priceSource = $state('');
	/** The price that is kept already; it can be changed, not taken away. */
	#priceBefore: Price | null = null;

	constructor(lowestLabel: string) {
		this.clearance = lowestLabel;
	}

	/** Takes over what is known of an endpoint; its key is not known here. */
	static of(endpoint: Endpoint): EndpointDraft {
		const draft = new EndpointDraft(endpoint.clearance);
		draft.kind = endpoint.kind;
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
		draft.licence = endpoint.licence;
		draft.dialects = [...endpoint.dialects];
		draft.region = endpoint.region;
		draft.contextTokens = endpoint.context_tokens?.toString() ?? '';
		draft.concurrentMax = endpoint.concurrent_max?.toString() ?? '';
		draft.cacheSeconds = endpoint.cache_seconds === 0 ? '' : endpoint.cache_seconds.toString();
		draft.#takePrice(endpoint.price);
		return draft;
	}

	#takePrice(price: Price | null): void {
		this.#priceBefore = price;
		if (price === null) return;
		this.priceInput = yenText(price.input);
		this.priceCached = price.cached_input == null ? '' : yenText(price.cached_input);
		this.priceOutput = yenText(price.output);
		this.priceAsOf = price.as_of;
		this.priceSource = price.source ?? '';
	}

	/** Fills the fields with a price of the table; what was kept before is changed only by saving. */
	takeOver(price: Price): void {
		const before = this.#priceBefore;
		this.#takePrice(price);
		this.#priceBefore = before;
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

	/** Chooses among `offered` capabilities; the others stay as they are. */
	chooseCapabilities(offered: readonly Capability[], chosen: string[]): void {
		const others = this.capabilities.filter((one) => !offered.includes(one));
		this.capabilities = [...others, ...offered.filter((one) => chosen.includes(one))];
	}

	/** What is sent to the server; an empty key means that there is none or that it stays. */
	body(): NewEndpoint {
		const writes = this.capabilities.includes('chat');
		return {
			kind: this.kind,
			name: this.name.trim(),
			base_url: this.baseUrl.trim(),
			...(this.apiKey === '' ? {} : { api_key: this.apiKey }),
			model: this.model.trim(),
			public_name: this.publicName.trim(),
			capabilities: this.capabilities.filter((one) => writes || !writersOnly.includes(one)),
			languages: this.languages,
			clearance: this.clearance,
			vendor: this.vendor.trim(),
			operator_country: this.operatorCountry.trim().toUpperCase(),
			hosting_country: this.hostingCountry.trim().toUpperCase(),
			open_weights: this.openWeights,
			licence: this.licence.trim(),
			dialects: this.dialects,
			region: this.region.trim(),
			context_tokens: wholeOf(this.contextTokens, 'context_tokens'),
			concurrent_max: wholeOf(this.concurrentMax, 'concurrent_max'),
			cache_seconds: wholeOf(this.cacheSeconds, 'cache_seconds') ?? 0,
			price: this.price()
		};
	}

	/** What is sent for an endpoint that exists: no kind, and of an embedded model no facts. */
	change(): EndpointChange {
		const { kind, base_url, model, capabilities, languages, dialects, price, ...rest } = this.body();
		const bounds = { context_tokens: rest.context_tokens ?? 0, concurrent_max: rest.concurrent_max ?? 0 };
		const facts = kind.startsWith('embedded_') ? {} : { base_url, model, capabilities, languages, dialects };
		return { ...rest, ...facts, ...bounds, ...(price ? { price } : {}) };
	}

	/** The price in millionths of a yen, or nothing where nobody stated one. */
	price(): Price | null {
		const stated = [this.priceInput, this.priceCached, this.priceOutput].some((text) => text.trim() !== '');
		if (!stated && this.#priceBefore === null) return null;
		const [input, output] = [microYenOf(this.priceInput), microYenOf(this.priceOutput)];
		const cached = this.priceCached.trim() === '' ? null : microYenOf(this.priceCached);
		if (input === null || output === null || (this.priceCached.trim() !== '' && cached === null)) {
			throw refused('client.price', 'price');
		}
		return {
			input,
			cached_input: cached,
			output,
			request: this.#priceBefore?.request ?? 0,
			as_of: this.priceAsOf === '' ? today() : this.priceAsOf,
			source: this.priceSource.trim()
		};
	}
}

/** Today where the browser is, as `2026-04-01`. */
function today(): string {
	const now = new Date();
	const two = (number: number) => String(number).padStart(2, '0');
	return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function publicNameOf(model: string): string {
	const tail = (model.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
	return tail === '' ? '' : `kaname/${tail}`;
}
