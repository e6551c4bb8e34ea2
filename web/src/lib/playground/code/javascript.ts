/** A request through the vendors' own JavaScript clients. */
import { bodyOf, headersOf, type Dialect, type ModelRequest } from '../request';
import { javascript as language, literal } from './literal';

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
		whole: 'console.log(answer.choices[0].message.content);',
		stream: `for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`
	},
	responses: {
		call: 'client.responses.create',
		whole: 'console.log(answer.output_text);',
		stream: `for await (const event of stream) {
  if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
}`
	},
	messages: {
		call: 'client.messages.create',
		whole: 'console.log(answer.content.map((block) => (block.type === "text" ? block.text : "")).join(""));',
		stream: `for await (const event of stream) {
  if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
    process.stdout.write(event.delta.text);
  }
}`
	}
};

export function javascript(request: ModelRequest, origin: string): string {
	const way = ways[request.dialect];
	const messages = request.dialect === 'messages';
	const [client, package_] = messages ? ['Anthropic', '@anthropic-ai/sdk'] : ['OpenAI', 'openai'];
	const name = request.stream ? 'stream' : 'answer';
	const headers = headersOf(request);
	const label = Object.keys(headers).length === 0 ? '' : `  defaultHeaders: ${literal(headers, language, '  ')},\n`;
	return `import ${client} from "${package_}";

const client = new ${client}({
  baseURL: ${JSON.stringify(messages ? origin : `${origin}/v1`)},
  apiKey: process.env.KANAME_API_KEY,
${label}});
const ${name} = await ${way.call}(${literal(bodyOf(request), language)});
${request.stream ? way.stream : way.whole}
`;
}
