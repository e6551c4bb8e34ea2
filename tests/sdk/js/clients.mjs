// The stock JavaScript clients against one place; prints what each check found as JSON.
// Reads one JSON object from its input: {openai: {url, key, model}, anthropic: {url, key, model}, question, tool}.
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const given = JSON.parse(await new Response(process.stdin).text());
const { question, tool } = given;
const openai = new OpenAI({ baseURL: given.openai.url, apiKey: given.openai.key, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: given.anthropic.url, apiKey: given.anthropic.key, maxRetries: 0 });
const messages = [{ role: "user", content: question }];
const chat = { model: given.openai.model, messages };
const responses = { model: given.openai.model, input: question };
const said = { model: given.anthropic.model, max_tokens: 50, messages };

const functions = [{ type: "function", function: tool }];
const flat = [{ type: "function", strict: true, ...tool }];
const own = [{ name: tool.name, description: tool.description, input_schema: tool.parameters }];

/** The call of a tool in a chat's message. */
function called(message) {
  const [call] = message.tool_calls;
  return [call.function.name, JSON.parse(call.function.arguments)];
}

/** The call of a tool among a response's items. */
function calledItem(response) {
  const item = response.output.find((one) => one.type === "function_call");
  return [item.name, JSON.parse(item.arguments)];
}

/** The call of a tool among a message's blocks. */
function calledBlock(message) {
  const block = message.content.find((one) => one.type === "tool_use");
  return [block.name, block.input];
}

/** What is raised, by the name of its class and its status. */
async function raised(call) {
  try {
    await call();
  } catch (error) {
    return [error.constructor.name, error.status ?? null];
  }
  return null;
}

const last = (text) => [{ role: "user", content: text }];

/** Whether a stream that is left after three pieces ends without a word. */
async function left(stream) {
  let heard = 0;
  for await (const _piece of stream) {
    heard += 1;
    if (heard === 3) break;
  }
  return heard;
}

/** Hears a stream to its end. */
async function toTheEnd(stream) {
  for await (const _piece of stream);
}

const checks = {
  chat: async () => (await openai.chat.completions.create(chat)).choices[0].message.content,
  chat_stream: async () => openai.chat.completions.stream(chat).finalContent(),
  chat_tool: async () =>
    called((await openai.chat.completions.create({ ...chat, tools: functions })).choices[0].message),
  chat_tool_stream: async () =>
    called(await openai.chat.completions.stream({ ...chat, tools: functions }).finalMessage()),
  chat_left: async () =>
    left(await openai.chat.completions.create({ ...chat, messages: last("ENDLESS"), stream: true })),
  chat_refused: async () => raised(() => openai.chat.completions.create({ ...chat, messages: last("FAIL400") })),
  chat_broken: async () =>
    raised(async () =>
      toTheEnd(await openai.chat.completions.create({ ...chat, messages: last("BREAK"), stream: true })),
    ),
  responses: async () => (await openai.responses.create(responses)).output_text,
  responses_stream: async () => (await openai.responses.stream(responses).finalResponse()).output_text,
  responses_tool: async () => calledItem(await openai.responses.create({ ...responses, tools: flat })),
  responses_tool_stream: async () =>
    calledItem(await openai.responses.stream({ ...responses, tools: flat }).finalResponse()),
  responses_broken: async () =>
    raised(async () => toTheEnd(await openai.responses.create({ ...responses, input: "BREAK", stream: true }))),
  messages: async () => (await anthropic.messages.create(said)).content[0].text,
  messages_stream: async () => anthropic.messages.stream(said).finalText(),
  messages_tool: async () => calledBlock(await anthropic.messages.create({ ...said, tools: own })),
  messages_tool_stream: async () => calledBlock(await anthropic.messages.stream({ ...said, tools: own }).finalMessage()),
  messages_left: async () =>
    left(await anthropic.messages.create({ ...said, messages: last("ENDLESS"), stream: true })),
  messages_refused: async () => raised(() => anthropic.messages.create({ ...said, messages: last("FAIL400") })),
  messages_broken: async () =>
    raised(async () => toTheEnd(await anthropic.messages.create({ ...said, messages: last("BREAK"), stream: true }))),
};

const found = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    found[name] = await check();
  } catch (error) {
    found[name] = { wrong: String(error) };
  }
}
process.stdout.write(JSON.stringify(found));
process.exit(0);
