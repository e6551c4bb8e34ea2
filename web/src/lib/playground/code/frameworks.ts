/**
 * A request through LangChain and LlamaIndex.
 *
 * They build the body by themselves, so what they send is the same request and not the same bytes.
 * LlamaIndex checks the names of Anthropic's models and so cannot speak Messages to a model of
 * another name: it goes through Chat Completions there.
 */
import { bodyOf, type Dialect, type Json, type ModelRequest } from '../request';
import { pythonArguments } from './literal';
import { place } from './python';

/** The dialect that LlamaIndex speaks where `dialect` is asked for. */
export function llamaIndexDialect(dialect: Dialect): Dialect {
	return dialect === 'messages' ? 'chat_completions' : dialect;
}

export function langChain(request: ModelRequest, origin: string): string {
	const messages = request.dialect === 'messages';
	const [package_, model] = messages ? ['langchain_anthropic', 'ChatAnthropic'] : ['langchain_openai', 'ChatOpenAI'];
	const said = [...(request.system === '' ? [] : [['system', request.system]]), ['human', request.user]];
	const facts = { ...factsOf(request, 'max_tokens'), ...(request.dialect === 'responses' ? { use_responses_api: true } : {}) };
	return `import os

from ${package_} import ${model}

model = ${model}(
${place(request, origin, 'base_url')}${pythonArguments(facts)})
messages = [
${said.map(([role, text]) => `    (${JSON.stringify(role)}, ${JSON.stringify(text)}),\n`).join('')}]
${
	request.stream
		? `for chunk in model.stream(messages):
    print(chunk.text, end="", flush=True)
print()`
		: 'print(model.invoke(messages).text)'
}
`;
}

export function llamaIndex(request: ModelRequest, origin: string): string {
	const spoken = { ...request, dialect: llamaIndexDialect(request.dialect) };
	const responses = spoken.dialect === 'responses';
	const model = responses ? 'OpenAILikeResponses' : 'OpenAILike';
	const facts = factsOf(spoken, responses ? 'max_output_tokens' : 'max_tokens');
	const said = [...(request.system === '' ? [] : [['system', request.system]]), ['user', request.user]];
	return `import os

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import ${model}

model = ${model}(
${place(spoken, origin, 'api_base')}${pythonArguments({ ...facts, ...(responses ? {} : { is_chat_model: true }) })})
messages = [
${said.map(([role, text]) => `    ChatMessage(role=${JSON.stringify(role)}, content=${JSON.stringify(text)}),\n`).join('')}]
${
	request.stream
		? `for chunk in model.stream_chat(messages):
    print(chunk.delta, end="", flush=True)
print()`
		: 'print(model.chat(messages).message.content)'
}
`;
}

/** Model, temperature and bound; the bound under the name that the framework has for it. */
function factsOf(request: ModelRequest, most: string): Record<string, Json> {
	const { model, temperature, max_completion_tokens, max_output_tokens, max_tokens } = bodyOf(request);
	const bound = max_completion_tokens ?? max_output_tokens ?? max_tokens;
	return {
		model: model ?? '',
		...(temperature === undefined ? {} : { temperature }),
		...(bound === undefined ? {} : { [most]: bound })
	};
}
