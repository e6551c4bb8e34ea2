#!/usr/bin/env python3
"""Measures a real server on the demo town and prints the numbers; asserts nothing about time.

    run.py [--json FILE] [--quick] [--calls]

What is compared is measured in interleaved pairs, so that a busy machine slows both alike; look at
medians and ratios, and at CPU seconds, before wall time. bench/README.md says what each number means.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/sdk")]
from kaname_server import PASSWORD, Client, Server, binary, wait_for
from upstream import Upstream

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(server):
    """Processor seconds that the server has used."""
    fields = pathlib.Path(f"/proc/{server.inner_pid()}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mb(server):
    text = pathlib.Path(f"/proc/{server.inner_pid()}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS")) / 1024


def summary(values, unit, digits=2):
    """Median, 95th percentile, least and number of values."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    found = {"p50": statistics.median(ordered), "p95": p95, "min": ordered[0]}
    return {**{name: round(value, digits) for name, value in found.items()}, "n": len(ordered), "unit": unit}


def starting(folder, rounds):
    """From exec to the first good /readyz on a folder that is set up, and the memory then."""
    times, memory = [], []
    for _ in range(rounds):
        with Server(folder) as server:
            begin = time.perf_counter()
            server.spawn().announced()
            wait_for("/readyz", server.is_ready)
            times.append((time.perf_counter() - begin) * 1000)
            memory.append(rss_mb(server))
    return {"start_to_ready_ms": summary(times, "ms", 0), "rss_before_embedding_mb": summary(memory, "MB", 1)}


def asking(server, session, most):
    """Every question of the demo town by quotation, one after another, after a first one that loads the models."""
    with (ROOT / "demo/questions.jsonl").open(encoding="utf-8") as lines:
        questions = [json.loads(line)["question"] for line in lines if line.strip()][:most]
    begin = time.perf_counter()
    session.post("/ask", {"question": questions[0], "mode": "quotation"})
    first_ms = (time.perf_counter() - begin) * 1000
    times, modes, used = [], {}, cpu_s(server)
    for question in questions:
        begin = time.perf_counter()
        answer = session.post("/ask", {"question": question, "mode": "quotation"})
        times.append((time.perf_counter() - begin) * 1000)
        modes[answer["mode"]] = modes.get(answer["mode"], 0) + 1
    used = (cpu_s(server) - used) / len(questions) * 1000
    return {"ask_ms": summary(times, "ms", 1), "ask_cpu_ms": round(used, 1), "ask_first_ms": round(first_ms),
            "ask_modes": modes, "rss_after_asking_mb": round(rss_mb(server), 1)}


def first_token_ms(client, model):
    """From the first byte of a streamed chat to its first token."""
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "手数料は"}]}
    begin = time.perf_counter()
    response = client.open("POST", "/v1/chat/completions", body)
    assert response.status == 200, response.read()
    for line in response:
        if b'"content"' in line and b'"content": ""' not in line and b'"content":""' not in line:
            taken = (time.perf_counter() - begin) * 1000
            break
    response.read()
    return taken


def add_endpoint(session, upstream):
    session.post("/endpoints", {
        "name": "mock", "kind": "openai_compatible", "api_key": upstream.api_key, "base_url": upstream.base_url,
        "model": "mock-1", "public_name": "bench/chat", "capabilities": ["chat"], "languages": ["ja"], "clearance": "2",
    })
    made = session.post("/keys", {"name": "bench", "scopes": ["models"], "expires_in_days": 1})
    return made["secret"]


def first_token(server, upstream, secret, pairs):
    """What Kaname adds to the first token: direct and through, in interleaved pairs; and what a call costs."""
    direct, through = Client(upstream.port, key=upstream.api_key), server.client(key=secret)
    times, used = {"direct": [], "through": []}, cpu_s(server)
    for number in range(pairs + 10):
        order = [("direct", direct, "mock-1"), ("through", through, "bench/chat")]
        for name, client, model in order if number % 2 else reversed(order):
            taken = first_token_ms(client, model)
            if number >= 10:
                times[name].append(taken)
    added = [b - a for a, b in zip(times["direct"], times["through"])]
    used = (cpu_s(server) - used) / (pairs + 10) * 1000
    return {"first_token_cpu_ms": round(used, 1), "first_token_direct_ms": summary(times["direct"], "ms"), "first_token_through_ms": summary(times["through"], "ms"),
            "first_token_added_ms": summary(added, "ms"),
            "first_token_ratio": round(statistics.median(times["through"]) / statistics.median(times["direct"]), 2)}


def fifty_streams(server, upstream, secret):
    """50 streams at once: how many came whole, how long it took, what it cost."""
    begin, used = time.perf_counter(), cpu_s(server)
    whole, gate = [], threading.Barrier(50)

    def one():
        client = server.client(key=secret)
        body = {"model": "bench/chat", "stream": True, "messages": [{"role": "user", "content": "SLOW"}]}
        gate.wait()
        response = client.open("POST", "/v1/chat/completions", body)
        whole.append(response.status == 200 and response.read().rstrip().endswith(b"data: [DONE]"))

    threads = [threading.Thread(target=one) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"streams_whole": sum(whole), "streams_s": round(time.perf_counter() - begin, 2),
            "streams_cpu_s": round(cpu_s(server) - used, 2), "streams_upstream_cut": upstream.cut_streams}


def importing(server, session, size_bytes):
    """Imports Japanese text over HTTP, embeddings and all; bench/knowledge measures the index alone."""
    sentence = "第{n}条の規定による届出は、{n}日以内に住民課の窓口へ提出しなければならない。手数料は{n}百円とする。\n"
    text = "".join(sentence.format(n=n) for n in range(1, size_bytes // 120)).encode()[:size_bytes]
    text = text.decode("utf-8", "ignore").encode()
    made = session.post("/collections", {"key": "bench", "name": "bench", "label": "1", "readers": {"everyone": True}})
    begin, used = time.perf_counter(), cpu_s(server)
    files = [(f"{place}.txt", part.encode()) for place, part in enumerate(pieces(text.decode(), 20_000))]
    answer = session.upload(made["id"], files)
    assert answer.status == 202, answer
    session.job(answer.json["job_id"], 900)
    wall, used = time.perf_counter() - begin, cpu_s(server) - used
    mb = len(text) / 1e6
    return {"import_mb": round(mb, 2), "import_mb_per_s": round(mb / wall, 3), "import_mb_per_cpu_s": round(mb / used, 3)}


def pieces(text, length):
    return [text[place:place + length] for place in range(0, len(text), length)]


def administrator(server, accounts):
    """A session of the demo town's administrator, whose temporary password is replaced first."""
    account = next(account for account in accounts if account["role"] == "administrator")
    first = server.sign_in(account["user_name"], account["password"])
    first.want("PUT", "/api/v1/me/password", {"current_password": account["password"], "new_password": PASSWORD})
    return server.sign_in(account["user_name"], PASSWORD)


def measure_calls(quick):
    """The calls to a model alone, on an institution without documents: needs no models and takes seconds."""
    found = {"binary": binary().parent.name, "cpus": os.cpu_count(), "load_before": os.getloadavg()[0]}
    with Server() as server, Upstream() as upstream:
        secret = add_endpoint(server.start().set_up(), upstream)
        found.update(first_token(server, upstream, secret, 100 if quick else 500))
        found.update(fifty_streams(server, upstream, secret))
        assert server.stop() == 0
    found["load_after"] = os.getloadavg()[0]
    return found


def measure(quick):
    found = {"binary": binary().parent.name, "cpus": os.cpu_count(), "load_before": os.getloadavg()[0]}
    with Server() as server, Upstream() as upstream:
        begin = time.perf_counter()
        loaded = server.cli("demo", "load", "--json", timeout_s=900)
        assert loaded.returncode == 0, loaded.stderr
        found["demo_load_s"] = round(time.perf_counter() - begin, 1)
        town = json.loads(loaded.stdout)
        found["demo_documents"] = town["documents"]
        session = administrator(server.start(), town["accounts"])
        found.update(asking(server, session, 30 if quick else 100))
        secret = add_endpoint(session, upstream)
        found.update(first_token(server, upstream, secret, 50 if quick else 300))
        found.update(fifty_streams(server, upstream, secret))
        found.update(importing(server, session, 200_000 if quick else 1_000_000))
        assert server.stop() == 0
        found.update(starting(server.data, 5 if quick else 15))
    found["load_after"] = os.getloadavg()[0]
    return found


def main():
    parser = argparse.ArgumentParser(description="Measures a real server on the demo town.")
    parser.add_argument("--json", type=pathlib.Path, help="write the numbers there too")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--calls", action="store_true", help="only the calls to a model")
    arguments = parser.parse_args()
    found = (measure_calls if arguments.calls else measure)(arguments.quick)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
