"""The code that the playground shows and docs/user/sdks.md prints, run as it stands against Kaname.

It is made by web/scripts/snippets.mjs, so by the module that the screen uses. LangChain and LlamaIndex
want an older `openai` than the other tests and live in an environment of their own, .setup/frameworks.
SAMPLE is the share of the pieces that are run, at least one of each tool; SEED picks them.
"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import unittest

from double import WHOLE
from house import House

ROOT = pathlib.Path(__file__).resolve().parents[2]
FRAMEWORKS = ROOT / ".setup/frameworks/bin/python"
# What may go wrong on the way into a shell, a Python or a JavaScript text.
QUESTION = "粗大ごみの「'手数料'」は？ \"$HOME\" `id` \\n ${x} {y} %s <b>&amp;\n\t二行目🏯"
SYSTEM = "役場の'係'として答える。"
DIALECTS = {"chat_completions": "chat", "responses": "responses", "messages": "anthropic"}
RUNS = {
    "curl": ["sh", "-eu"],
    "python": [sys.executable, "-"],
    "javascript": ["node", "--input-type=module"],
    "langchain": [FRAMEWORKS, "-"],
    "llamaindex": [FRAMEWORKS, "-"],
}
DIRECT = ("curl", "python", "javascript")
SHARE = float(os.environ.get("SAMPLE", "1"))
CHANCE = random.Random(os.environ.get("SEED", "1"))


def sampled(pieces, tool_of):
    """A share of `pieces`, at least one of each tool."""
    by_tool = {}
    for piece in pieces:
        by_tool.setdefault(tool_of(piece), []).append(piece)
    return [piece for all_of in by_tool.values() for piece in CHANCE.sample(all_of, max(1, round(len(all_of) * SHARE)))]


def codes(wanted):
    """The code for each `{tool, request, origin}`."""
    done = subprocess.run(["node", ROOT / "web/scripts/snippets.mjs"], input=json.dumps(wanted),
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def run(tool, code, secret):
    """What the code prints, and whether it ended well; the key comes from the environment alone."""
    env = {**os.environ, "KANAME_API_KEY": secret, "LANGSMITH_TRACING": "false"}
    return subprocess.run(RUNS[tool], input=code, capture_output=True, text=True, timeout=120, check=False,
                          cwd=ROOT / "tests/sdk/js", env=env)


def printed(tool, request, output):
    """The text of the answer in what was printed; curl prints what came over the wire."""
    if tool != "curl":
        return output.strip()
    if not request["stream"]:
        return texts(json.loads(output))
    events = [line.removeprefix("data: ") for line in output.splitlines() if line.startswith("data: {")]
    return "".join(delta(json.loads(event)) for event in events)


def texts(answer):
    if "choices" in answer:
        return answer["choices"][0]["message"]["content"]
    blocks = answer["content"] if "content" in answer else [part for item in answer["output"] for part in item["content"]]
    return "".join(block["text"] for block in blocks)


def delta(event):
    if event.get("choices"):
        return event["choices"][0]["delta"].get("content") or ""
    if event.get("type") == "response.output_text.delta":
        return event["delta"]
    return event["delta"].get("text", "") if event.get("type") == "content_block_delta" else ""


def said(body):
    """What a body says, in no dialect's words: instructions, text, bound, temperature, stream."""
    messages = body.get("input", body.get("messages"))
    messages = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
    told = [one["content"] for one in messages if one["role"] in ("system", "developer")]
    given = plain(body.get("instructions") or body.get("system") or told[0])
    bounds = [body.get(name) for name in ("max_completion_tokens", "max_output_tokens", "max_tokens")]
    return {
        "system": given, "user": plain(messages[-1]["content"]), "temperature": body["temperature"],
        "maxTokens": next(bound for bound in bounds if bound), "stream": bool(body.get("stream")),
    }


def plain(content):
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class Snippets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        for what in DIALECTS.values():
            cls.house.vendor(what)
        cleared = cls.house.vendor("chat", "cleared")
        cls.house.endpoint("chat", "personal", cleared, clearance="3+personal")

    def request(self, dialect, **more):
        return {"model": f"town/{DIALECTS[dialect]}", "dialect": dialect, "system": SYSTEM, "user": QUESTION,
                "temperature": 0.5, "maxTokens": 200, "stream": False, "label": None, **more}

    def all_of(self, tools):
        """Every request by every tool: it runs, prints the answer, and said what it was to say."""
        wanted = [{"tool": tool, "origin": self.house.url, "request": self.request(dialect, stream=stream)}
                  for tool in tools for dialect in DIALECTS for stream in (False, True)]
        wanted = sampled(wanted, lambda one: one["tool"])
        for one, code in zip(wanted, codes(wanted), strict=True):
            tool, request = one["tool"], one["request"]
            with self.subTest(tool=tool, dialect=request["dialect"], stream=request["stream"]):
                self.assertNotIn(self.house.secret, code)
                double = self.house.doubles[request["model"].removeprefix("town/")]
                before = len(double.received)
                done = run(tool, code, self.house.secret)
                self.assertEqual(done.returncode, 0, f"{code}\n{done.stdout}\n{done.stderr}")
                self.assertEqual(printed(tool, request, done.stdout), WHOLE + QUESTION)
                self.assertEqual(len(double.received), before + 1)
                sent = said(double.received[-1].body)
                self.assertEqual(sent, {name: request[name] for name in sent})

    def test_curl_and_the_vendors_clients_run_as_shown(self):
        self.all_of(DIRECT)

    def test_langchain_and_llamaindex_run_as_shown(self):
        self.all_of(("langchain", "llamaindex"))

    def test_the_label_is_sent(self):
        """The same code is refused where the endpoint is not cleared for the label, and passes where it is."""
        tools = CHANCE.sample(list(RUNS), max(2, round(len(RUNS) * SHARE)))

        def wanted(model):
            request = self.request("chat_completions", model=model, label="3+personal")
            return [{"tool": tool, "origin": self.house.url, "request": request} for tool in tools]
        for tool, code in zip(tools, codes(wanted("town/cleared")), strict=True):
            with self.subTest(tool=tool):
                done = run(tool, code, self.house.secret)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("endpoint_not_cleared", done.stdout + done.stderr)
        self.assertEqual(self.house.doubles["cleared"].received, [])
        for tool, code in zip(tools, codes(wanted("town/personal")), strict=True):
            with self.subTest(tool=tool):
                done = run(tool, code, self.house.secret)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_page_runs_as_printed(self):
        """Every marked block of the page, with this server's address and a model of the town in it."""
        page = (ROOT / "docs/user/sdks.md").read_text()
        blocks = re.findall(r"<!-- code: (\w+) (\w+)[a-z_ ]* -->\n+```\w+\n(.*?)\n```", page, re.DOTALL)
        self.assertGreaterEqual(len(blocks), 12)
        for tool, dialect, code in sampled(blocks, lambda block: block[0]):
            with self.subTest(tool=tool, dialect=dialect):
                code = code.replace("http://localhost:8080", self.house.url)
                code = code.replace("kaname/standard", f"town/{DIALECTS[dialect]}")
                done = run(tool, code, self.house.secret)
                self.assertEqual(done.returncode, 0, f"{code}\n{done.stderr}")
                self.assertIn("粗大ごみ", done.stdout)


if __name__ == "__main__":
    unittest.main()
