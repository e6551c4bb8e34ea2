/** A request through the vendors' own Python clients. */
import { bodyOf, headersOf, type Dialect, type Json, type ModelRequest } from '../request';
import { literal, python as language, pythonArguments } from './literal';

interface Way {
	/** The method that is called. */
	call: string;
	/** What prints a whole answer called `answer`. */
	whole: string;
	/** What prints a stream called `stream`. */
	stream: string;
}

const ways: Record<Dialect, Way> = {
	chat_completions: {
		call: 'client.chat.completions.create',
		whole: 'print(answer.choices[0].message.content)',
		stream: `for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()`
	},
	responses: {
		call: 'client.responses.create',
		whole: 'print(answer.output_text)',
		stream: `for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)
print()`
	},
	messages: {
		call: 'client.messages.create',
		whole: 'print("".join(block.text for block in answer.content if block.type == "text"))',
		stream: `for event in stream:
    if event.type == "content_block_delta" and event.delta.type == "text_delta":
        print(event.delta.text, end="", flush=True)
print()`
	}
};

export function python(request: ModelRequest, origin: string): string {
	const way = ways[request.dialect];
	const [package_, client] = request.dialect === 'messages' ? ['anthropic', 'Anthropic'] : ['openai', 'OpenAI'];
	const name = request.stream ? 'stream' : 'answer';
	return `import os

from ${package_} import ${client}

client = ${client}(
${place(request, origin, 'base_url')})
${name} = ${way.call}(
${pythonArguments(argumentsOf(request))})
${request.stream ? way.stream : way.whole}
`;
}

/** Anthropic's client names no temperature any more; what it does not name goes into `extra_body`. */
function argumentsOf(request: ModelRequest): Record<string, Json> {
	const { temperature, ...named } = bodyOf(request);
	if (request.dialect !== 'messages' || temperature === undefined) return bodyOf(request);
	return { ...named, extra_body: { temperature } };
}

/** Where a Python client goes, with which key and headers; Anthropic's adds `/v1` by itself. */
export function place(request: ModelRequest, origin: string, address: string): string {
	const url = request.dialect === 'messages' ? origin : `${origin}/v1`;
	const headers = headersOf(request);
	const label = Object.keys(headers).length === 0 ? '' : `    default_headers=${literal(headers, language, '    ')},\n`;
	return `    ${address}=${JSON.stringify(url)},\n    api_key=os.environ["KANAME_API_KEY"],\n${label}`;
}
