/**
 * The code that sends a request: curl, the vendors' clients, and two frameworks.
 *
 * Pure. The same texts are shown on screen, stand in docs/user/sdks.md, and are run by tests/sdk.
 * No key is ever part of them: it is read from the environment variable `KANAME_API_KEY`.
 */
import { curl } from './code/curl';
import { langChain, llamaIndex } from './code/frameworks';
import { javascript } from './code/javascript';
import { python } from './code/python';
import type { ModelRequest } from './request';

export const tools = ['curl', 'python', 'javascript', 'langchain', 'llamaindex'] as const;
export type Tool = (typeof tools)[number];

const writers: Record<Tool, (request: ModelRequest, origin: string) => string> = {
	curl,
	python,
	javascript,
	langchain: langChain,
	llamaindex: llamaIndex
};

/** The code with which `tool` sends `request` to the Kaname at `origin`. */
export function codeOf(tool: Tool, request: ModelRequest, origin: string): string {
	return writers[tool](request, origin);
}

/** What has to be installed for it, as one command; nothing for curl. */
export function installOf(tool: Tool, { dialect }: Pick<ModelRequest, 'dialect'>): string {
	const vendor = dialect === 'messages' ? 'anthropic' : 'openai';
	switch (tool) {
		case 'curl':
			return '';
		case 'python':
			return `pip install ${vendor}`;
		case 'javascript':
			return `npm install ${dialect === 'messages' ? '@anthropic-ai/sdk' : 'openai'}`;
		case 'langchain':
			return `pip install langchain-${vendor}`;
		case 'llamaindex':
			return 'pip install llama-index-llms-openai-like';
	}
}
