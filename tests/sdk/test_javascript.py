"""The stock JavaScript clients, straight at the stand-ins and through Kaname at every kind of endpoint.

Needs Node and `npm ci` in tests/sdk/js (scripts/setup.sh --test does it).
"""

import json
import pathlib
import subprocess
import unittest

from clients import QUESTION, SCHEMA, TOOL
from double import ARGUMENTS, WHOLE
from double_anthropic import AnthropicDouble
from double_openai import OpenAiDouble
from house import BEHIND, House
from kaname_server import wait_for

PROGRAM = pathlib.Path(__file__).resolve().parent / "js" / "clients.mjs"
TEXTS = ("chat", "chat_stream", "responses", "responses_stream", "messages", "messages_stream")
CALLS = ("chat_tool", "chat_tool_stream", "responses_tool", "responses_tool_stream", "messages_tool",
         "messages_tool_stream")


def checks(openai, anthropic):
    """What the clients found at two places: each a URL, a key and a model."""
    named = ("url", "key", "model")
    given = {"openai": dict(zip(named, openai)), "anthropic": dict(zip(named, anthropic)), "question": QUESTION,
             "tool": {"name": TOOL, "description": "天気", "parameters": SCHEMA}}
    done = subprocess.run(["node", PROGRAM], input=json.dumps(given), capture_output=True, text=True,
                          timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


class JavaScript(unittest.TestCase):
    def wanted(self, found):
        for name in TEXTS:
            self.assertEqual(found[name], WHOLE + QUESTION, name)
        for name in CALLS:
            self.assertEqual(found[name], [TOOL, ARGUMENTS], name)
        for name in ("chat_left", "messages_left"):
            self.assertEqual(found[name], 3, name)
        for name in ("chat_refused", "messages_refused"):
            self.assertEqual(found[name], ["BadRequestError", 400], name)
        for name in ("chat_broken", "messages_broken"):
            self.assertEqual(found[name][0], "APIError", name)

    def test_the_stand_ins_satisfy_them(self):
        with OpenAiDouble() as openai, AnthropicDouble() as anthropic:
            self.wanted(checks((openai.base_url, openai.api_key, "mock-1"), (anthropic.url, anthropic.api_key, "mock-1")))

    def test_through_kaname_they_find_the_same_at_every_kind_of_endpoint(self):
        house = House(self)
        for what in BEHIND:
            house.vendor(what)
        for what, double in house.doubles.items():
            with self.subTest(to=what):
                model, cut = f"town/{what}", double.cut_streams
                found = checks((f"{house.url}/v1", house.secret, model), (house.url, house.secret, model))
                self.wanted(found)
                # Through Kaname the clients raise on a response that breaks off, too.
                self.assertEqual(found["responses_broken"][0], "APIError")
                wait_for("the end of the streams upstream", lambda: double.cut_streams >= cut + 2, 20)


if __name__ == "__main__":
    unittest.main()
