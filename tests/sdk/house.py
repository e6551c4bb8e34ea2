"""A Kaname with the four vendors' stand-ins behind it, and a key for its callers."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from clients import anthropic_at, openai_at
from double_anthropic import AnthropicDouble
from double_bedrock import REGION, BedrockDouble
from double_gemini import GeminiDouble
from double_openai import OpenAiDouble
from kaname_server import Server

ABLE = ["chat", "tools", "images", "files", "structured_output"]
# What stands behind a public name: the kind of endpoint, its stand-in, what else is said of it.
BEHIND = {
    "chat": ("openai_compatible", OpenAiDouble, {"dialects": ["chat_completions"]}),
    "responses": ("openai_compatible", OpenAiDouble, {"dialects": ["responses"]}),
    "anthropic": ("anthropic", AnthropicDouble, {}),
    "gemini": ("gemini", GeminiDouble, {}),
    "bedrock": ("bedrock", BedrockDouble, {"region": REGION}),
}


class House:
    """The server, what stands behind it, and who may call it; ends with the test, or the class of tests."""

    def __init__(self, case, environment=None):
        self.enter = case.enterClassContext if isinstance(case, type) else case.enterContext
        self.server = self.enter(Server(environment=environment))
        self.server.start()
        self.session = self.server.set_up()
        self.secret = self.session.post(
            "/keys", {"name": "試験", "scopes": ["models"], "expires_in_days": 1})["secret"]
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.doubles = {}

    def vendor(self, what, name=None):
        """An endpoint of one kind under `town/{name}`; gives its stand-in."""
        _, double, _ = BEHIND[what]
        double = self.enter(double())
        self.endpoint(what, name or what, double)
        self.doubles[name or what] = double
        return double

    def endpoint(self, what, name, double, **more):
        """The endpoint as the program gives it back."""
        kind, _, said = BEHIND[what]
        return self.session.post("/endpoints", {
            "name": name, "kind": kind, "api_key": double.api_key, "base_url": double.base_url,
            "model": "mock.model-1:0", "public_name": f"town/{name}", "capabilities": ABLE,
            "languages": ["ja", "en"], "clearance": "2", **said, **more,
        })

    def route(self, name, endpoints):
        """A route that tries `endpoints` one after another."""
        legs = [{"endpoint_id": endpoint["id"], "tier": tier} for tier, endpoint in enumerate(endpoints)]
        return self.session.post("/routes", {"public_name": f"kaname/{name}", "name": name, "legs": legs})

    def openai(self, **more):
        return openai_at(f"{self.url}/v1", self.secret, **more)

    def anthropic(self, **more):
        return anthropic_at(self.url, self.secret, **more)
