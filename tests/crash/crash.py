#!/usr/bin/env python3
"""Kills the server (`kill -9`) at random moments and looks at what the next start finds.

    crash.py --kills 50 --seed 7
    crash.py --kills 10 --seed 7 --postgres

Several clients write while it happens. After every kill: what was acknowledged is there, nothing is
there in half, imports finish once, the ledger has only grown and verifies. A fifth of the kills hits
the first start, half of those in `kaname migrate`. On PostgreSQL a third of the kills hits the
database as well, and an import goes on when the lease of the killed worker ends. The seed picks the kinds and moments of the kills;
what the machine does at that moment is its own.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "lib"), str(TESTS / "sdk")]
from kaname_ledger import check_replay, settled_head
from kaname_postgres import Postgres
from kaname_server import Refused, Server, Tally, binary
from kaname_workload import Findings, Journal, Work, check, check_imports, collection, endpoint, memo
from upstream import Upstream


def fresh(postgres):
    """A server on an empty data folder and, where there is a PostgreSQL, an empty database."""
    return Server(environment={"KANAME_DATABASE_URL": postgres.database()} if postgres else None)


def kill_first_start(tally, rng, number, postgres):
    """Kills the making of a data folder; whatever is left of it must open."""
    with fresh(postgres) as server:
        migrates = rng.random() < 0.5
        moment = rng.uniform(0, 0.5)
        what = f"first start {number} ({'migrate' if migrates else 'serve'} killed after {moment:.3f} s)"
        command = [str(binary()), "migrate"] if migrates else [str(binary()), "serve", "--json"]
        process = subprocess.Popen(command, env=server.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        try:
            server.start()
            session = server.set_up()
            settled_head(session)
            check_replay(session)
        except (AssertionError, Refused, RuntimeError, TimeoutError) as error:
            tally.check(False, f"{what}: {error}")
        else:
            tally.check(True, what)


def kill_while_writing(server, session, work_seed, state):
    """Clients of every kind at work."""
    work = Work(session, state.journal, random.Random(work_seed), state.collection).start()
    time.sleep(state.rng.uniform(0.05, 1.5))
    server.kill()
    work.stop()


def kill_while_importing(server, session, _seed, state):
    """A larger import on its way, killed anywhere between the first byte sent and the last file read."""
    tokens = [f"k{state.rng.randrange(16**10):010x}" for _ in range(12)]
    work = Work(session, state.journal, state.rng, state.collection)
    work._uploads = lambda client, _rng: upload_once(client, tokens, state, work)
    work.start(["uploads", "heads"])
    time.sleep(state.rng.uniform(0.02, 0.8))
    server.kill()
    work.stop()


def upload_once(client, tokens, state, work):
    for token in tokens:
        state.journal.attempt("document", f"{token}.md")
    answer = client.upload(state.collection, [(f"{token}.md", memo(token)) for token in tokens])
    if answer.status != 202:
        raise AssertionError(f"upload: {answer}")
    for document in answer.json["documents"]:
        state.journal.ack("document", document["file_name"], id=document["id"], job=answer.json["job_id"])
    work.stopping.wait()


def kill_with_database(server, session, seed, state):
    """The database and the server at once, while clients of every kind are at work."""
    work = Work(session, state.journal, random.Random(seed), state.collection).start()
    time.sleep(state.rng.uniform(0.05, 1.5))
    work.database_may_end = True
    first, second = state.rng.sample([state.postgres.kill, server.kill], 2)
    first()
    second()
    work.stop()
    state.postgres.start()


def kill_while_starting(server, session, seed, state):
    """A kill during work, and another one while the next start puts things right."""
    kill_while_writing(server, session, seed, state)
    server.spawn()
    time.sleep(state.rng.uniform(0.0, 0.6))
    server.kill()


class State:
    def __init__(self, rng, journal, collection_id, postgres):
        self.rng, self.journal, self.collection, self.postgres = rng, journal, collection_id, postgres


def kill_at_work(tally, rng, kills, postgres):
    """One data folder that is killed again and again."""
    ways = [kill_while_writing] * 3 + [kill_while_importing] + [kill_while_starting]
    ways += [kill_with_database] * 3 if postgres else []
    with fresh(postgres) as server, Upstream() as upstream:
        session = server.start().found()
        endpoint(session, upstream)
        journal = Journal()
        state = State(rng, journal, collection(session), postgres)
        last_size = 0
        for number in range(1, kills + 1):
            way = rng.choice(ways)
            since = len(journal)
            way(server, session, rng.randrange(2**32), state)
            what = f"kill {number} ({way.__name__}, {len(journal) - since} writes acknowledged)"
            try:
                server.start()
                # The session is an acknowledged write too: it goes on where it was.
                session = session.at(server.port)
                head = check(server, session, journal, since=since, rng=rng)
                assert head["tree_size"] >= last_size, "the ledger has shrunk"
                last_size = head["tree_size"]
            except (AssertionError, Findings, Refused, RuntimeError, TimeoutError) as error:
                tally.check(False, f"{what}: {error}")
                if server.process is None or server.process.poll() is not None:
                    return
            else:
                tally.check(True, what)
                print(f"ok: {what}, tree of {last_size}", flush=True)
        try:
            check_imports(session, journal)
            tally.check(server.stop() == 0, "a clean stop after all kills")
            verified = server.cli("ledger", "verify", "--json")
            tally.check(verified.returncode == 0, f"kaname ledger verify: {verified.stdout} {verified.stderr}")
        except (Findings, Refused) as error:
            tally.check(False, f"after all kills: {error}")


def run(kills, seed, postgres=None):
    rng = random.Random(seed)
    tally = Tally()
    first = max(1, kills // 5)
    for number in range(1, first + 1):
        kill_first_start(tally, rng, number, postgres)
    kill_at_work(tally, rng, kills - first, postgres)
    return tally


def run_on_postgres(kills, seed):
    with Postgres() as postgres:
        return run(kills, seed, postgres)


def main():
    parser = argparse.ArgumentParser(description="Kills the server at random moments.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="keep records in a PostgreSQL of its own")
    arguments = parser.parse_args()
    print(f"{arguments.kills} kills, seed {arguments.seed}", flush=True)
    tried = run_on_postgres if arguments.postgres else run
    return tried(arguments.kills, arguments.seed).finish()


if __name__ == "__main__":
    sys.exit(main())
