"""`llm-comply` on all three dialects, straight at an upstream and through Kaname, in one run.

Every control is on: a key, the label of the text, the decision, a price and three budgets that reserve
and settle, and the acts in the ledger. Prints one line for each check; `--json` prints it all. Ends with 1
when a check is worse through Kaname. For another gateway: `--serve` starts the upstreams alone and says where
they are, `--url` and `--key` hold that gateway against the checks, by the names of models in `FORMATS`.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import unittest

from double_anthropic import AnthropicDouble
from double_openai import OpenAiDouble
from house import BEHIND, House

# Names that make the checks of thinking run.
GPT, CLAUDE = "gpt-5", "claude-sonnet-4"
FORMATS = {"openai-chat": ("chat", GPT), "open-responses": ("responses", GPT), "anthropic": ("anthropic", CLAUDE)}
PRICE = {"input": 1_000_000, "output": 5_000_000, "as_of": "2026-04-01"}
BUDGETS = (("yen", "month"), ("tokens", "day"), ("requests", "minute"))
RANK = {"failed": 0, "skipped": 1, "warned": 2, "passed": 3}


def run(url, key, model, dialect):
    """The checks of one dialect by their ids, each with its standing and what was wrong."""
    program = pathlib.Path(sys.executable).with_name("llm-comply")
    command = [program, "run", "-u", url, "-k", key, "-m", model, "--format", dialect, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return {check["id"]: standing(check) for check in json.loads(done.stdout)["results"]}


def standing(check):
    wrong = check.get("errors", []) + check.get("warnings", [])
    warned = check["status"] == "passed" and check.get("warnings")
    return ("warned" if warned else check["status"], wrong)


class Compared:
    """The upstreams, a Kaname before them, and the checks of both."""

    def __init__(self, case):
        self.house = House(case)
        self.doubles = {what: self.house.enter(double()) for what, (_, double, _) in BEHIND.items()}
        for unit, period in BUDGETS:
            self.house.session.post("/budgets", {
                "subject_kind": "institution", "period": period, "unit": unit, "limit": 100_000_000})

    def pair(self, dialect, behind=None):
        """The checks of `dialect` straight at its vendor, and through Kaname at an endpoint of kind `behind`."""
        what, model = FORMATS[dialect]
        behind, straight = behind or what, self.doubles[what]
        name = f"{dialect}-{behind}-{model}"
        self.house.endpoint(behind, name, self.doubles[behind], price=PRICE, model=model)
        direct = run(straight.base_url, straight.api_key, model, dialect)
        through = run(f"{self.house.url}/v1", self.house.secret, f"town/{name}", dialect)
        return direct, through


def worse(direct, through):
    """The checks that stand worse through Kaname."""
    return {name: through.get(name) for name, (found, _) in direct.items()
            if name not in through or RANK[through[name][0]] < RANK[found]}


def counted(checks):
    passed = sum(found in ("passed", "warned") for found, _ in checks.values())
    return f"{passed}/{len(checks)}"


def compare(translated):
    """Each dialect straight and through: at its own kind of endpoint, or at every other."""
    class Case(unittest.TestCase):
        """Holds the servers open until the end."""

    try:
        compared = Compared(Case)
        pairs = [(dialect, behind) for dialect, (own, _) in FORMATS.items() for behind in BEHIND
                 if (behind != own) == translated]
        return {f"{dialect} at {behind}": compared.pair(dialect, behind) for dialect, behind in pairs}
    finally:
        Case.doClassCleanups()


def serve():
    with OpenAiDouble() as openai, AnthropicDouble() as anthropic:
        print(f"OpenAI: {openai.base_url}  Anthropic: {anthropic.base_url}  key: {openai.api_key}", flush=True)
        input()
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--translated", action="store_true", help="at endpoints that speak another dialect")
    parser.add_argument("--serve", action="store_true", help="only the upstreams, until Enter is pressed")
    for name in ("--url", "--key"):
        parser.add_argument(name)
    given = parser.parse_args()
    if given.serve:
        return serve()
    if given.url:
        found = {dialect: (run(given.url, given.key, model, dialect),) * 2
                 for dialect, (_, model) in FORMATS.items()}
    else:
        found = compare(given.translated)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for dialect, (direct, through) in found.items():
            print(f"{dialect}: direct {counted(direct)}, through {counted(through)}")
            for name, (state, wrong) in through.items():
                print(f"  {name:32} {direct[name][0]:8} {state:8} {'; '.join(wrong)}".rstrip())
    return 1 if any(worse(*pair) for pair in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
