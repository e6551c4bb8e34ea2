"""A stand-in of Anthropic's service: messages, plain and streaming."""

import json
import re

from double import ARGUMENTS, KEPT, READ, SIGNATURE, THOUGHT, WRITTEN, Asked, Double, Refusal, halves, sse

KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
         404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}
CALL_ID = "toolu_1"


class AnthropicDouble(Double):
    """What the stock `anthropic` clients and `llm-comply` are content with."""

    @property
    def base_url(self):
        return f"{self.url}/v1"

    def check_key(self, request):
        # The checks of llm-comply send a bearer's key and no version.
        told = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.api_key and told != self.api_key:
            raise Refusal(401, "invalid x-api-key")

    def error(self, refusal):
        kind = KINDS.get(refusal.status, "api_error")
        error = {"type": kind, "message": refusal.message}
        return {"type": "error", "error": error, "request_id": "req_1"}, {"request-id": "req_1"}

    def answer(self, request, reply):
        body = request.body if request.method == "POST" else {}
        if (request.method, request.path) == ("POST", "/v1/messages/count_tokens"):
            self.require(body, "model", "messages")
            reply.json({"input_tokens": len(text_of(body["messages"][-1]["content"]))})
            return
        if (request.method, request.path) != ("POST", "/v1/messages"):
            raise Refusal(404, "there is no such path")
        self.require(body, "model", "max_tokens", "messages")
        asked = read(body)
        self._check_history(body, asked)
        self.steer(asked.question)
        if not body.get("stream"):
            reply.json(message(body, asked), headers={"request-id": "req_1"})
            return
        error = {"type": "overloaded_error", "message": "broken"}
        reply.stream(self._events(body, asked), sse({"type": "error", "error": error}, "error"))

    def _check_history(self, body, asked):
        """Its own thoughts must come back signed, before the call that they led to; ids are of plain letters."""
        turns = [turn["content"] for turn in body["messages"] if turn["role"] == "assistant"]
        blocks = [block for turn in turns if isinstance(turn, list) for block in turn]
        ids = [block.get("id") or block.get("tool_use_id") or "x" for block in all_blocks(body)]
        if not all(re.fullmatch("[a-zA-Z0-9_-]+", one) for one in ids):
            raise Refusal(400, "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
        if any(block["type"] == "thinking" and block["signature"] != SIGNATURE for block in blocks):
            raise Refusal(400, "Invalid `signature` in `thinking` block")
        if asked.thinks and asked.result and blocks[0]["type"] not in ("thinking", "redacted_thinking"):
            raise Refusal(400, "Expected `thinking` or `redacted_thinking`, but found `tool_use`")

    def _events(self, body, asked):
        def event(kind, **more):
            return sse({"type": kind, **more}, kind)

        whole = message(body, asked)
        begun = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
        yield event("message_start", message=begun)
        yield event("ping")
        if asked.is_ahead:
            yield event("x_future", more=None)
        for index, block in enumerate(whole["content"]):
            first, pieces = self._told(block, asked)
            yield event("content_block_start", index=index, content_block=first)
            for piece in pieces:
                yield event("content_block_delta", index=index, delta=piece)
            yield event("content_block_stop", index=index)
        delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
        yield event("message_delta", delta=delta, usage={"output_tokens": WRITTEN})
        yield event("message_stop")

    def _told(self, block, asked):
        """A block as it begins, and its pieces."""
        if block["type"] == "text":
            return {**block, "text": ""}, ({"type": "text_delta", "text": piece} for piece in self.paced(asked))
        if block["type"] == "x_future":
            return block, [{"type": "x_future_delta", "piece": "?"}]
        if block["type"] == "thinking":
            pieces = [{"type": "thinking_delta", "thinking": THOUGHT},
                      {"type": "signature_delta", "signature": block["signature"]}]
            return {**block, "thinking": "", "signature": ""}, pieces
        sent = halves(json.dumps(block["input"], ensure_ascii=False))
        pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *sent]]
        return {**block, "input": {}}, pieces


def text_of(content):
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content or [] if block["type"] == "text")


def all_blocks(body):
    turns = [turn["content"] for turn in body["messages"] if isinstance(turn["content"], list)]
    return [block for turn in turns for block in turn]


def read(body):
    last = body["messages"][-1]["content"]
    blocks = last if isinstance(last, list) else []
    results = [block for block in blocks if block["type"] == "tool_result"]
    result = text_of(results[-1].get("content")) if results else ""
    wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return Asked(
        question=text_of(last),
        tools=[tool["name"] for tool in body.get("tools") or []],
        result=result,
        wants_json=wanted.get("type") == "json_schema",
        thinks=(body.get("thinking") or {}).get("type") in ("enabled", "adaptive"),
        images=sum(block["type"] == "image" for block in blocks),
    )


def message(body, asked):
    content = []
    if asked.is_ahead:
        content.append({"type": "x_future", "said": None})
    if asked.thinks:
        content.append({"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE})
    if asked.calls:
        content.append({"type": "tool_use", "id": CALL_ID, "name": asked.calls, "input": ARGUMENTS,
                        "caller": {"type": "direct"}})
    else:
        content.append({"type": "text", "text": asked.text(), "citations": None})
    usage = {
        "input_tokens": READ - KEPT, "output_tokens": WRITTEN, "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": KEPT, "inference_geo": None, "server_tool_use": None,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens_details": {"thinking_tokens": 5 if asked.thinks else 0}, "service_tier": "standard",
    }
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": content,
            "stop_reason": "tool_use" if asked.calls else "end_turn", "stop_sequence": None,
            "stop_details": None, "container": None, "usage": usage}
