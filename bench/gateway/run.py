#!/usr/bin/env python3
"""Kaname's gateway beside LiteLLM, TensorZero and Envoy, over the same mock, in the same rounds.

    run.py [--peers VENV] [--json FILE] [--quick] [--soak CALLS]

Prints a table for every pattern. A peer that is not installed in VENV is left out and named. Nothing here
asserts anything about time. bench/gateway/README.md says what is measured, and how to install the peers.
"""

import argparse
import contextlib
import json
import os
import pathlib
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
from kaname_server import Server, binary, scratch, wait_for

PRICE = {"input": 1_000_000, "output": 5_000_000, "as_of": "2026-04-01"}
BUDGETS = (("yen", "month"), ("tokens", "day"), ("requests", "minute"))
KEY = "sk-bench-0123456789abcdef0123456789"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load_program():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", pathlib.Path.home() / ".cache/kaname/target"))
    for profile in ("release", "debug"):
        program = target / profile / "gateway-load"
        if program.exists():
            return program
    sys.exit("build the load first: cargo build --release -p gateway-load")


class Bench:
    """The mock, the targets before it, and what they are asked."""

    def __init__(self, stack, peers):
        self.stack, self.peers, self.targets, self.missing = stack, peers, [], []
        self.load = load_program()
        self.mock_port = free_port()
        mock = self.start([self.load, "mock", "--port", str(self.mock_port)], self.mock_port)
        self.target("direct", self.mock_port, "/v1/chat/completions", "mock-1", [mock.pid])

    def start(self, command, port, env=None, within_s=120):
        """Runs a server until the end of everything; gives it once its port answers."""
        log = tempfile.NamedTemporaryFile("ab", suffix=".log", delete=False)
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log,
                                   env={**os.environ, **(env or {})}, start_new_session=True)
        self.stack.callback(lambda: (process.kill(), process.wait()))

        def answers():
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended: {pathlib.Path(log.name).read_text()[-2000:]}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_for(f"port {port}", answers, within_s)
        return process

    def target(self, name, port, path, model, pids, key=KEY):
        self.targets.append({"name": name, "authority": f"127.0.0.1:{port}", "path": path, "key": key,
                             "model": model, "pids": pids})

    def kaname(self, name, folder, budgets):
        """A Kaname with its data in `folder`; with `budgets`, three of them reserve and settle."""
        server = self.stack.enter_context(Server(folder))
        session = server.start().set_up()
        session.post("/endpoints", {
            "name": "mock", "kind": "openai_compatible", "base_url": f"http://127.0.0.1:{self.mock_port}/v1",
            "model": "mock-1", "public_name": "bench/chat", "capabilities": ["chat"], "languages": ["ja"],
            "clearance": "2", "price": PRICE})
        for unit, period in BUDGETS if budgets else ():
            session.post("/budgets", {"subject_kind": "institution", "period": period, "unit": unit,
                                      "limit": 1_000_000_000})
        key = session.post("/keys", {"name": "bench", "scopes": ["models"], "expires_in_days": 1})
        self.target(name, server.port, "/v1/chat/completions", "bench/chat", [server.inner_pid()], key["secret"])

    def envoy(self):
        program, port = self.peers / "bin/envoy", free_port()
        if not program.exists():
            return self.missing.append("envoy")
        config = pathlib.Path(tempfile.mkdtemp()) / "envoy.yaml"
        config.write_text(json.dumps(envoy_config(port, self.mock_port)))
        command = [program, "-c", config, "--concurrency", "1", "-l", "error", "--use-dynamic-base-id"]
        process = self.start(command, port)
        self.target("envoy", port, "/v1/chat/completions", "mock-1", [process.pid])

    def litellm(self):
        program, port = self.peers / "bin/litellm", free_port()
        if not program.exists():
            return self.missing.append("litellm")
        config = pathlib.Path(tempfile.mkdtemp()) / "litellm.yaml"
        config.write_text(json.dumps({
            "model_list": [{"model_name": "mock-1", "litellm_params": {
                "model": "openai/mock-1", "api_base": f"http://127.0.0.1:{self.mock_port}/v1", "api_key": "none"}}],
            "general_settings": {"master_key": KEY},
        }))
        command = [program, "--config", config, "--host", "127.0.0.1", "--port", port, "--num_workers", "1"]
        env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "NO_PROXY": "*"}
        process = self.start(command, port, env)
        wait_for("litellm", lambda: alive(port), 120)
        self.target("litellm", port, "/v1/chat/completions", "mock-1", [process.pid])

    def tensorzero(self):
        python = self.peers / "bin/python"
        if not next(self.peers.glob("lib/*/site-packages/tensorzero"), None):
            return self.missing.append("tensorzero")
        folder = pathlib.Path(tempfile.mkdtemp())
        (folder / "tensorzero.toml").write_text(TENSORZERO.format(port=self.mock_port))
        log = (folder / "log").open("wb")
        process = subprocess.Popen([python, pathlib.Path(__file__).with_name("tensorzero_gateway.py"),
                                    folder / "tensorzero.toml"], stdout=subprocess.PIPE, stderr=log,
                                   stdin=subprocess.PIPE, text=True, env={**os.environ, "OPENAI_API_KEY": "none"})
        self.stack.callback(lambda: (process.kill(), process.wait()))
        # It says other things first.
        line = next((line for line in process.stdout if line.startswith("http")), "")
        if not line:
            return self.missing.append(f"tensorzero: {(folder / 'log').read_text()[-300:]}")
        url = urllib.parse.urlsplit(line.strip())
        path = url.path.rstrip("/") + "/chat/completions"
        self.target("tensorzero", url.port, path, "tensorzero::model_name::mock-1", [process.pid])

    def run(self, **plan):
        """Runs one pattern over all targets."""
        plan = {"targets": self.targets, **plan}
        done = subprocess.run([self.load, "run"], input=json.dumps(plan), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def without(self, *names):
        """The same bench, some targets left out."""
        other = Bench.__new__(Bench)
        other.__dict__.update(self.__dict__)
        other.targets = [target for target in self.targets if target["name"] not in names]
        return other


def alive(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


TENSORZERO = """
[gateway]
observability.enabled = false
disable_pseudonymous_usage_analytics = true

[models.mock-1]
routing = ["mock"]

[models.mock-1.providers.mock]
type = "openai"
model_name = "mock-1"
api_base = "http://127.0.0.1:{port}/v1/"
api_key_location = "none"
"""


def envoy_config(port, upstream):
    def address(number):
        return {"socket_address": {"address": "127.0.0.1", "port_value": number}}

    kinds = "type.googleapis.com/envoy.extensions.filters"
    manager = {
        "@type": f"{kinds}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "route": {"cluster": "mock"}}]}]},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": f"{kinds}.http.router.v3.Router"}}],
    }
    return {"static_resources": {
        "listeners": [{"address": address(port), "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}],
        "clusters": [{"name": "mock", "type": "STATIC", "load_assignment": {"cluster_name": "mock", "endpoints": [
            {"lb_endpoints": [{"endpoint": {"address": address(upstream)}}]}]}}],
    }}


def commit_ms(folder):
    """The median of a small durable commit there: what a wait for the disk costs."""
    database = sqlite3.connect(pathlib.Path(folder) / "commit.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x BLOB)")
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        database.execute("INSERT INTO t VALUES (zeroblob(2000))")
        times.append((time.perf_counter() - begun) * 1000)
    database.close()
    return round(statistics.median(times), 3)


def table(title, rows, direct, keys):
    """A pattern's results; what is added to the direct call stands beside what was measured."""
    print(f"\n{title}\n")
    print("| target | " + " | ".join(keys) + " |")
    print("|---|" + "---|" * len(keys))
    floor = next(row for row in rows if row["name"] == direct)
    for row in rows:
        cells = []
        for key in keys:
            value = row.get(key.removeprefix("+"))
            if key.startswith("+"):
                value = value - floor[key.removeprefix("+")]
            cells.append(f"{value:.3f}" if isinstance(value, float) else str(value))
        failed = f" ({row['failed']} failed: {row['last_error']})" if row["failed"] else ""
        print(f"| {row['name']} | " + " | ".join(cells) + f" |{failed}")
    sys.stdout.flush()


def measure(bench, quick):
    rounds, calls = (3, 25) if quick else (7, 50)
    found = {}
    keys = ["+best_ms", "+p50_ms", "+median_of_medians_ms", "cpu_ms_per_call", "resident_mb", "calls"]
    for size in (1024, 4096):
        name = f"one after another, {size} bytes"
        found[name] = bench.run(pattern="sequential", rounds=rounds, calls=calls, warm_ups=30,
                                prompt_bytes=size, stream=False)
        table(name, found[name], "direct", keys)
    name = "streams of 20 pieces, one after another"
    found[name] = bench.run(pattern="sequential", rounds=rounds, calls=calls, warm_ups=30,
                            prompt_bytes=1024, stream=True)
    table(name, found[name], "direct", ["+first_best_ms", "+first_p50_ms", "+p50_ms", "+p99_ms", "cpu_ms_per_call", "calls"])
    name = "50 a second on a schedule, 64 connections"
    slow = bench.without("litellm")
    found[name] = slow.run(pattern="open", rounds=2 if quick else 5, per_second=50, seconds=5, connections=64,
                           prompt_bytes=1024, stream=False)
    table(name, found[name], "direct", ["p50_ms", "p90_ms", "p99_ms", "cpu_ms_per_call", "calls"])
    for connections in (1, 8, 64, 256):
        name = f"as many as go, {connections} connections"
        found[name] = bench.run(pattern="closed", rounds=1 if quick else 3, seconds=3, connections=connections,
                                prompt_bytes=1024, stream=False)
        table(name, found[name], "direct", ["calls_per_s", "p50_ms", "p99_ms", "cpu_ms_per_call", "resident_mb"])
    return found


def soak(bench, calls):
    """Memory while `calls` calls go through: whether it stays flat."""
    memory = bench.without(*[target["name"] for target in bench.targets if target["name"] != "kaname, in memory"])
    found, done = [], 0
    while done < calls:
        row = memory.run(pattern="closed", rounds=1, seconds=30, connections=64, prompt_bytes=1024, stream=False)[0]
        done += row["calls"]
        found.append({"calls": done, "resident_mb": round(row["resident_mb"], 1), "failed": row["failed"]})
        print(found[-1])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=pathlib.Path, default=pathlib.Path("no-peers"), help="their virtual environment")
    parser.add_argument("--json", type=pathlib.Path, help="write the numbers there too")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--soak", type=int, default=0, help="then watch memory over so many calls")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        bench = Bench(stack, arguments.peers.resolve())
        shared = pathlib.Path("/dev/shm")
        memory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None)))
        disk = scratch()
        found = {"binary": binary().parent.name, "cpus": os.cpu_count(), "load_before": os.getloadavg()[0],
                 "commit_ms": {"disk": commit_ms(disk), "memory": commit_ms(memory)}}
        bench.kaname("kaname, in memory", memory / "all", budgets=True)
        bench.kaname("kaname, in memory, no budget", memory / "none", budgets=False)
        bench.kaname("kaname, on disk", disk / "data", budgets=True)
        bench.envoy()
        bench.tensorzero()
        bench.litellm()
        found["missing"] = bench.missing
        print(json.dumps(found, ensure_ascii=False))
        found["patterns"] = measure(bench, arguments.quick)
        if arguments.soak:
            found["soak"] = soak(bench, arguments.soak)
        found["load_after"] = os.getloadavg()[0]
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
