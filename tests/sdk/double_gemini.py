"""A stand-in of Google's Gemini service: generateContent and streamGenerateContent."""

from double import ARGUMENTS, KEPT, READ, SIGNATURE, THOUGHT, WRITTEN, Asked, Double, Refusal, sse

STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
            429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
CALL_ID = "call_g"


class GeminiDouble(Double):
    """What the stock `google-genai` client is content with."""

    @property
    def base_url(self):
        return f"{self.url}/v1beta"

    def check_key(self, request):
        if request.headers.get("x-goog-api-key") != self.api_key:
            raise Refusal(401, "API key not valid")

    def error(self, refusal):
        status = STATUSES.get(refusal.status, "UNKNOWN")
        return {"error": {"code": refusal.status, "message": refusal.message, "status": status}}, {}

    def answer(self, request, reply):
        model, _, verb = request.path.removeprefix("/v1beta/models/").partition(":")
        if request.method != "POST" or verb not in ("generateContent", "streamGenerateContent"):
            raise Refusal(404, "there is no such path")
        body = request.body
        self.require(body, "contents")
        calls = [part for turn in body["contents"] for part in turn["parts"] if "functionCall" in part]
        # Its own calls must come back signed.
        if any(part["functionCall"].get("id") == CALL_ID and part.get("thoughtSignature") != SIGNATURE for part in calls):
            raise Refusal(400, "Function call is missing a thought_signature in functionCall parts")
        asked = read(body)
        self.steer(asked.question)
        if verb == "generateContent":
            reply.json(answer(model, parts_of(asked), "STOP"))
        elif request.query != "alt=sse":
            raise Refusal(400, "only server-sent events are spoken here")
        else:
            error = {"code": 503, "message": "broken", "status": "UNAVAILABLE"}
            reply.stream(self._chunks(model, asked), sse({"error": error}))

    def _chunks(self, model, asked):
        if asked.thinks:
            yield sse(answer(model, thoughts_of(asked)))
        if asked.calls:
            yield sse(answer(model, [call_of(asked)]))
        else:
            for piece in self.paced(asked):
                yield sse(answer(model, [{"text": piece}]))
        yield sse(answer(model, [{"text": ""}], "STOP"))


def read(body):
    parts = body["contents"][-1]["parts"]
    results = [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]
    functions = [one for tool in body.get("tools") or [] for one in tool.get("functionDeclarations", [])]
    config = body.get("generationConfig") or {}
    shaped = any(name in config for name in ("responseSchema", "responseJsonSchema"))
    return Asked(
        question="".join(part.get("text", "") for part in parts),
        tools=[function["name"] for function in functions],
        result="".join(str(value) for result in results for value in result.values()),
        thinks=bool((config.get("thinkingConfig") or {}).get("includeThoughts")),
        wants_json=shaped and config.get("responseMimeType") == "application/json",
        images=sum("inlineData" in part for part in parts),
    )


def thoughts_of(asked):
    return [{"text": THOUGHT, "thought": True}] if asked.thinks else []


def call_of(asked):
    call = {"id": CALL_ID, "name": asked.calls, "args": ARGUMENTS}
    return {"functionCall": call, "thoughtSignature": SIGNATURE}


def parts_of(asked):
    return [*thoughts_of(asked), call_of(asked) if asked.calls else {"text": asked.text()}]


def answer(model, parts, finish=None):
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {"promptTokenCount": READ, "cachedContentTokenCount": KEPT, "candidatesTokenCount": WRITTEN,
             "totalTokenCount": READ + WRITTEN,
             "promptTokensDetails": [{"modality": "TEXT", "tokenCount": READ}]}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model, "responseId": "gen_1"}
