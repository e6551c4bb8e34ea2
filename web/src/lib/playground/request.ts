/**
 * One request to a model: what is tried out on screen is what is shown as code.
 *
 * Pure: opens no connection and knows no page. The order of a body's fields is the order in which
 * the code shows them.
 */
export const dialects = ['chat_completions', 'responses', 'messages'] as const;
export type Dialect = (typeof dialects)[number];

export interface ModelRequest {
	/** The public name of a route or an endpoint. */
	model: string;
	dialect: Dialect;
	/** What the model is told beforehand; may be empty. */
	system: string;
	user: string;
	/** Left to the endpoint when `null`. */
	temperature: number | null;
	/** Most tokens of the answer; left to the endpoint when `null`, but Messages wants one. */
	maxTokens: number | null;
	stream: boolean;
	/** The label of the text where it is above the institution's default, such as `2+personal`. */
	label: string | null;
}

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What Messages is sent where nobody said how long the answer may be. */
const messagesMaxTokens = 1024;

/** The path of each dialect below the server's address. */
export const paths: Record<Dialect, string> = {
	chat_completions: '/v1/chat/completions',
	responses: '/v1/responses',
	messages: '/v1/messages'
};

type Body = Record<string, Json>;

/** The body that a request is sent with. */
export function bodyOf(request: ModelRequest): Body {
	const { model, dialect, system, user, temperature, maxTokens, stream } = request;
	const degree: Body = temperature === null ? {} : { temperature };
	const flow: Body = stream ? { stream } : {};
	const said = { role: 'user', content: user };
	const most = (name: string): Body => (maxTokens === null ? {} : { [name]: maxTokens });
	switch (dialect) {
		case 'chat_completions': {
			const told = system === '' ? [] : [{ role: 'system', content: system }];
			// Without it a stream of this dialect does not say what it used.
			const usage: Body = stream ? { stream_options: { include_usage: true } } : {};
			return { model, messages: [...told, said], ...degree, ...most('max_completion_tokens'), ...flow, ...usage };
		}
		case 'responses': {
			const told: Body = system === '' ? {} : { instructions: system };
			return { model, ...told, input: user, ...degree, ...most('max_output_tokens'), ...flow };
		}
		case 'messages': {
			const told: Body = system === '' ? {} : { system };
			return { model, max_tokens: maxTokens ?? messagesMaxTokens, ...told, messages: [said], ...degree, ...flow };
		}
	}
}

/** The headers that Kaname reads besides the key. */
export function headersOf(request: ModelRequest): Record<string, string> {
	return request.label === null ? {} : { 'x-kaname-label': request.label };
}
