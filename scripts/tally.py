#!/usr/bin/env python3
"""Add up what the test runners said in a log, and refuse a log in which a runner ran nothing."""

import re
import sys

RUNNERS = {
    "cargo": r"^test result: \w+\. (\d+) passed",
    "unittest": r"^Ran (\d+) tests? in ",
    "vitest": r"^\s+Tests\s+(\d+) passed",
    "playwright": r"^\s+(\d+) passed \(",
}


def main(path):
    with open(path, encoding="utf-8", errors="replace") as stream:
        text = re.sub(r"\x1b\[[0-9;]*m", "", stream.read())
    counts = {name: sum(map(int, re.findall(line, text, re.MULTILINE))) for name, line in RUNNERS.items()}
    print(", ".join(f"{name} {count}" for name, count in counts.items()))
    idle = [name for name, count in counts.items() if count == 0]
    print(f"{sum(counts.values())} passed, {len(idle)} failed")
    if idle:
        print(f"no test ran in: {', '.join(idle)}", file=sys.stderr)
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
