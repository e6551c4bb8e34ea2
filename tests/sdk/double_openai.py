"""A stand-in of OpenAI's service: chat completions, responses, embeddings, models."""

import base64
import json
import struct

from double import (ARGUMENTS, KEPT, READ, SIGNATURE, THOUGHT, WRITTEN, Asked, Double, Refusal, bearer, halves,
                    sse)

DIMENSIONS = 8
CALL_ID = "call_1"
LONGEST_ID = 64
SENT = json.dumps(ARGUMENTS, ensure_ascii=False)


def vector_of(text):
    """A vector that tells one text from another."""
    data = text.encode()
    return [(sum(data[place::DIMENSIONS]) % 997) / 997 for place in range(DIMENSIONS)]


class OpenAiDouble(Double):
    """What the stock `openai` clients and `llm-comply` are content with."""

    @property
    def base_url(self):
        return f"{self.url}/v1"

    def check_key(self, request):
        if self.api_key and bearer(request) != self.api_key:
            raise Refusal(401, "wrong key")

    def error(self, refusal):
        kind = {401: "authentication_error", 429: "rate_limit_error"}.get(refusal.status, "invalid_request_error")
        kind = kind if refusal.status < 500 else "server_error"
        code = {401: "invalid_api_key", 429: "rate_limit_exceeded", 400: "bad_value"}.get(refusal.status)
        return {"error": {"message": refusal.message, "type": kind, "param": None, "code": code}}, {}

    def answer(self, request, reply):
        where = (request.method, request.path)
        if where == ("GET", "/v1/models"):
            model = {"id": "mock-1", "object": "model", "created": 1, "owned_by": "mock"}
            reply.json({"object": "list", "data": [model]})
        elif where == ("POST", "/v1/chat/completions"):
            self._chat(request.body, reply)
        elif where == ("POST", "/v1/responses"):
            self._responses(request.body, reply)
        elif where == ("POST", "/v1/embeddings"):
            self.require(request.body, "model", "input")
            reply.json(embeddings(request.body))
        else:
            raise Refusal(404, "there is no such path")

    def _chat(self, body, reply):
        self.require(body, "model", "messages")
        calls = [call["id"] for message in body["messages"] for call in message.get("tool_calls") or []]
        if any(len(one) > LONGEST_ID for one in calls):
            raise Refusal(400, "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a maximum of 64")
        asked = read_chat(body)
        self.steer(asked.question)
        if not body.get("stream"):
            return reply.json(completion(body, asked))
        broken = sse({"error": {"message": "broken", "type": "server_error", "param": None, "code": None}})
        return reply.stream(self._chunks(body, asked), broken)

    def _chunks(self, body, asked):
        yield sse(chunk(body, {"role": "assistant", "content": None if asked.calls else "", "refusal": None}))
        if asked.calls:
            head = {"index": 0, "id": CALL_ID, "type": "function",
                    "function": {"name": asked.calls, "arguments": ""}}
            yield sse(chunk(body, {"tool_calls": [head]}))
            for piece in halves(SENT):
                yield sse(chunk(body, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}))
        else:
            if asked.is_ahead:
                yield sse({**chunk(body, {"x_future": [1]}), "x_future": None})
            for piece in self.paced(asked):
                yield sse(chunk(body, {"content": piece}))
        yield sse(chunk(body, {}, "tool_calls" if asked.calls else "stop"))
        if (body.get("stream_options") or {}).get("include_usage"):
            yield sse({**chunk(body, {}), "choices": [], "usage": chat_usage(asked)})
        yield b"data: [DONE]\n\n"

    def _responses(self, body, reply):
        self.require(body, "model", "input")
        items = body["input"] if isinstance(body["input"], list) else []
        if any(len(item.get("call_id") or "") > LONGEST_ID for item in items):
            raise Refusal(400, "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64")
        asked = read_responses(body)
        self.steer(asked.question)
        if not body.get("stream"):
            return reply.json(response(body, asked))
        return reply.stream(self._events(body, asked), sse({
            "type": "error", "sequence_number": 99, "code": "server_error", "message": "broken", "param": None,
        }, "error"))

    def _events(self, body, asked):
        count = iter(range(10_000))

        def event(kind, **more):
            return sse({"type": kind, "sequence_number": next(count), **more}, kind)

        final = response(body, asked)
        begun = {**final, "status": "in_progress", "completed_at": None, "output": [], "usage": None}
        yield event("response.created", response=begun)
        yield event("response.in_progress", response=begun)
        if asked.is_ahead:
            yield event("response.x_future.delta", delta="?")
        for index, item in enumerate(final["output"]):
            at = {"item_id": item["id"], "output_index": index}
            empty = {"message": {"content": []}, "function_call": {"arguments": ""}, "reasoning": {"summary": []}}.get(item["type"], {})
            yield event("response.output_item.added", output_index=index,
                        item={**item, **empty, "status": "in_progress"} if empty else item)
            if item["type"] == "message":
                part = {"content_index": 0, **at}
                blank = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
                yield event("response.content_part.added", part=blank, **part)
                for piece in self.paced(asked):
                    yield event("response.output_text.delta", delta=piece, logprobs=[], **part)
                yield event("response.output_text.done", text=asked.text(), logprobs=[], **part)
                yield event("response.content_part.done", part=item["content"][0], **part)
            elif item["type"] == "reasoning":
                part = {"summary_index": 0, **at}
                yield event("response.reasoning_summary_part.added", part={"type": "summary_text", "text": ""}, **part)
                yield event("response.reasoning_summary_text.delta", delta=THOUGHT, **part)
                yield event("response.reasoning_summary_text.done", text=THOUGHT, **part)
                yield event("response.reasoning_summary_part.done", part=item["summary"][0], **part)
            elif item["type"] == "function_call":
                for piece in halves(SENT):
                    yield event("response.function_call_arguments.delta", delta=piece, **at)
                yield event("response.function_call_arguments.done", arguments=SENT, name=item["name"], **at)
            yield event("response.output_item.done", output_index=index, item=item)
        yield event("response.completed", response=final)


def text_of(content, *kinds):
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content or [] if part["type"] in kinds)


def images_in(content, kind):
    return sum(part["type"] == kind for part in content) if isinstance(content, list) else 0


def read_chat(body):
    messages = body["messages"]
    users = [message for message in messages if message["role"] == "user"]
    last = users[-1]["content"] if users else ""
    answered = messages[-1]["role"] == "tool"
    return Asked(
        question=text_of(last, "text"),
        tools=[tool["function"]["name"] for tool in body.get("tools") or []],
        result=text_of(messages[-1]["content"], "text") if answered else "",
        wants_json=(body.get("response_format") or {}).get("type") == "json_schema",
        thinks="reasoning_effort" in body,
        images=images_in(last, "image_url"),
    )


def chat_usage(asked):
    return {
        "prompt_tokens": READ, "completion_tokens": WRITTEN, "total_tokens": READ + WRITTEN,
        "prompt_tokens_details": {"cached_tokens": KEPT, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 5 if asked.thinks else 0, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
        },
    }


def completion(body, asked):
    message = {"role": "assistant", "content": None if asked.calls else asked.text(),
               "refusal": None, "annotations": []}
    if asked.calls:
        message["tool_calls"] = [{"id": CALL_ID, "type": "function",
                                  "function": {"name": asked.calls, "arguments": SENT}}]
    if asked.is_ahead:
        message["x_future"] = {"a": None}
    choice = {"index": 0, "message": message, "logprobs": None,
              "finish_reason": "tool_calls" if asked.calls else "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [choice], "usage": chat_usage(asked), "service_tier": "default",
            "system_fingerprint": "fp_1"}


def chunk(body, delta, finish=None):
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"],
            "service_tier": "default", "system_fingerprint": "fp_1", "choices": [choice], "usage": None}


def read_responses(body):
    given = body["input"]
    if isinstance(given, str):
        return _asked_of(body, given, None)
    users = [item for item in given if item.get("role") == "user"]
    answered = given[-1].get("type") == "function_call_output"
    return _asked_of(body, users[-1]["content"] if users else "", given[-1]["output"] if answered else None)


def _asked_of(body, last, result):
    return Asked(
        question=text_of(last, "input_text"),
        tools=[tool["name"] for tool in body.get("tools") or []],
        result=text_of(result, "input_text") if result else "",
        wants_json=((body.get("text") or {}).get("format") or {}).get("type") == "json_schema",
        thinks=bool((body.get("reasoning") or {}).get("summary")),
        images=images_in(last, "input_image"),
    )


def response(body, asked):
    items = []
    if asked.is_ahead:
        items.append({"type": "x_future", "id": "xf_1", "status": "completed"})
    if asked.thinks:
        summary = [{"type": "summary_text", "text": THOUGHT}]
        hidden = {"encrypted_content": SIGNATURE} if "reasoning.encrypted_content" in (body.get("include") or []) else {}
        items.append({"type": "reasoning", "id": "rs_1", "summary": summary, **hidden})
    if asked.calls:
        items.append({"type": "function_call", "id": "fc_1", "call_id": CALL_ID, "name": asked.calls,
                      "arguments": SENT, "status": "completed"})
    else:
        part = {"type": "output_text", "text": asked.text(), "annotations": [], "logprobs": []}
        items.append({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                      "content": [part]})
    tools = [{"strict": True, "description": None, **tool} for tool in body.get("tools") or []]
    thought = body.get("reasoning") or {}
    usage = {
        "input_tokens": READ, "output_tokens": WRITTEN, "total_tokens": READ + WRITTEN,
        "input_tokens_details": {"cached_tokens": KEPT},
        "output_tokens_details": {"reasoning_tokens": 5 if asked.thinks else 0},
    }
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "completed_at": 2, "status": "completed",
        "incomplete_details": None, "model": body["model"], "previous_response_id": None,
        "instructions": body.get("instructions"), "output": items, "error": None, "tools": tools,
        "tool_choice": body.get("tool_choice") or "auto", "truncation": "disabled",
        "parallel_tool_calls": True, "text": body.get("text") or {"format": {"type": "text"}},
        "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0, "top_logprobs": 0, "temperature": 1,
        "reasoning": {"effort": thought.get("effort"), "summary": thought.get("summary")}, "usage": usage,
        "max_output_tokens": body.get("max_output_tokens"), "max_tool_calls": None,
        "store": body.get("store", True), "background": False, "service_tier": "default", "metadata": {},
        "safety_identifier": None, "prompt_cache_key": None,
    }


def embeddings(body):
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = []
    for index, text in enumerate(texts):
        vector = vector_of(text)
        if body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{DIMENSIONS}f", *vector)).decode()
        data.append({"object": "embedding", "index": index, "embedding": vector})
    return {"object": "list", "data": data, "model": body["model"],
            "usage": {"prompt_tokens": READ, "total_tokens": READ}}
