"""A stand-in of Amazon Bedrock: Converse and ConverseStream, with signatures checked by botocore.

The signature of a request is made again by Amazon's own library from what arrived, and the request
must fit Amazon's own model of it, unknown fields included.
"""

import binascii
import hmac
import json
import re
import struct
import urllib.parse

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.validate import ParamValidator
from double import ARGUMENTS, KEPT, READ, SIGNATURE, THOUGHT, WRITTEN, Asked, Double, Refusal, halves

REGION = "ap-northeast-1"
ACCESS, SECRET = "AKIDEXAMPLE", "not-a-real-secret"
KINDS = {400: "ValidationException", 401: "UnrecognizedClientException", 403: "AccessDeniedException",
         404: "ResourceNotFoundException", 429: "ThrottlingException", 500: "InternalServerException",
         503: "ServiceUnavailableException"}
CALL_ID = "tooluse_1"


class BedrockDouble(Double):
    """What the stock `boto3` client is content with."""

    def __init__(self):
        super().__init__(api_key=f"{ACCESS}:{SECRET}")
        service = botocore.session.Session().get_service_model("bedrock-runtime")
        self._shape = service.operation_model("Converse").input_shape

    @property
    def base_url(self):
        return self.url

    def check_key(self, request):
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme != "AWS4-HMAC-SHA256":
            raise Refusal(403, "the request is not signed")
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        if said["Credential"].split("/")[0] != ACCESS:
            raise Refusal(403, "the access key is not known")
        if not hmac.compare_digest(said["Signature"], self._signature(request, said)):
            raise Refusal(403, "the signature does not match")

    def _signature(self, request, said):
        """The signature that botocore makes of what arrived."""
        _, day, region, service, _ = said["Credential"].split("/")
        if region != REGION or not request.headers["x-amz-date"].startswith(day):
            raise Refusal(403, "the credential is scoped to another place or day")
        signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
        if not {"host", "x-amz-date"} <= set(signed):
            raise Refusal(403, "a header that must be signed is not")
        again = AWSRequest(request.method, self.url + request.path, signed, request.raw)
        again.context["timestamp"] = request.headers["x-amz-date"]
        auth = SigV4Auth(Credentials(ACCESS, SECRET), service, region)
        return auth.signature(auth.string_to_sign(again, auth.canonical_request(again)), again)

    def error(self, refusal):
        kind = KINDS.get(refusal.status, "InternalServerException")
        return {"message": refusal.message}, {"x-amzn-errortype": kind}

    def answer(self, request, reply):
        _, place, model, verb = (urllib.parse.unquote(part) for part in request.path.split("/"))
        if (request.method, place) != ("POST", "model") or verb not in ("converse", "converse-stream"):
            raise Refusal(404, "there is no such path")
        body = request.body
        self.require(body, "messages")
        faults = ParamValidator().validate({"modelId": model, **with_bytes(body)}, self._shape)
        if faults.has_errors():
            raise Refusal(400, faults.generate_report())
        used = [block["toolUse"]["toolUseId"] for turn in body["messages"] for block in turn["content"]
                if "toolUse" in block]
        if not all(re.fullmatch("[a-zA-Z0-9_.:-]{1,64}", one) for one in used):
            raise Refusal(400, "toolUseId: must satisfy regular expression pattern [a-zA-Z0-9_.:-]+ and length 1 to 64")
        asked = read(body)
        self.steer(asked.question)
        if verb == "converse":
            reply.json(whole(asked))
            return
        broken = frame("modelStreamErrorException", {"message": "broken"}, "exception")
        reply.stream(self._frames(asked), broken, "application/vnd.amazon.eventstream")

    def _frames(self, asked):
        final = whole(asked)
        yield frame("messageStart", {"role": "assistant"})
        at = {"contentBlockIndex": int(asked.thinks)}
        if asked.thinks:
            for piece in ({"text": THOUGHT}, {"signature": SIGNATURE}):
                yield frame("contentBlockDelta", {"delta": {"reasoningContent": piece}, "contentBlockIndex": 0})
            yield frame("contentBlockStop", {"contentBlockIndex": 0})
        if asked.calls:
            start = {"toolUse": {"toolUseId": CALL_ID, "name": asked.calls}}
            yield frame("contentBlockStart", {"start": start, **at})
            for piece in halves(json.dumps(ARGUMENTS, ensure_ascii=False)):
                yield frame("contentBlockDelta", {"delta": {"toolUse": {"input": piece}}, **at})
        else:
            for piece in self.paced(asked):
                yield frame("contentBlockDelta", {"delta": {"text": piece}, **at})
        yield frame("contentBlockStop", at)
        yield frame("messageStop", {"stopReason": final["stopReason"]})
        yield frame("metadata", {"usage": final["usage"], "metrics": final["metrics"]})


def with_bytes(value):
    """As Amazon's library holds a request: what is base64 in JSON is bytes there."""
    if isinstance(value, dict):
        return {key: item.encode() if key == "bytes" else with_bytes(item) for key, item in value.items()}
    return [with_bytes(item) for item in value] if isinstance(value, list) else value


def frame(kind, payload, message_type="event"):
    """One message of Amazon's event stream, with both checksums."""
    named = {":message-type": message_type, f":{message_type}-type": kind, ":content-type": "application/json"}
    headers = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
        for name, value in named.items()
    )
    data = json.dumps(payload, ensure_ascii=False).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(data), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + data
    return message + struct.pack(">I", binascii.crc32(message))


def read(body):
    blocks = body["messages"][-1]["content"]
    results = [block["toolResult"]["content"] for block in blocks if "toolResult" in block]
    tools = (body.get("toolConfig") or {}).get("tools") or []
    kind = ((body.get("outputConfig") or {}).get("textFormat") or {}).get("type")
    return Asked(
        question="".join(block.get("text", "") for block in blocks),
        tools=[tool["toolSpec"]["name"] for tool in tools if "toolSpec" in tool],
        result="".join(part.get("text") or json.dumps(part.get("json")) for result in results for part in result),
        thinks="effort" in (body.get("outputConfig") or {}),
        wants_json=kind == "json_schema",
        images=sum("image" in block for block in blocks),
    )


def whole(asked):
    use = {"toolUse": {"toolUseId": CALL_ID, "name": asked.calls, "input": ARGUMENTS}}
    thought = {"reasoningContent": {"reasoningText": {"text": THOUGHT, "signature": SIGNATURE}}}
    content = [thought] if asked.thinks else []
    content.append(use if asked.calls else {"text": asked.text()})
    usage = {"inputTokens": READ - KEPT, "outputTokens": WRITTEN, "totalTokens": READ + WRITTEN,
             "cacheReadInputTokens": KEPT, "cacheWriteInputTokens": 0}
    return {"output": {"message": {"role": "assistant", "content": content}},
            "stopReason": "tool_use" if asked.calls else "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
