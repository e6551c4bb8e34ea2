#!/usr/bin/env python3
"""Cuts the power, in simulation, and looks at what the next start finds.

    power.py --cuts 20 --seed 7             what was acknowledged must be there
    power.py --cuts 10 --seed 7 --no-fsync  control: with every sync ignored, losses must be found

One server works under strace while several clients write; then, for random moments, the data folder
is rebuilt as a disk would hold it that kept only what was synced (in every second cut also a random
part of the rest, some of it torn), and a server is started on it.
"""

import argparse
import pathlib
import random
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "lib"), str(TESTS / "sdk")]
from disk import Disk, read_trace, strace
from kaname_ledger import settled_head
from kaname_server import Refused, Server, Tally, scratch
from kaname_workload import Findings, Journal, Work, check, collection, endpoint
from upstream import Upstream

FAULTS = (AssertionError, Findings, Refused, RuntimeError, TimeoutError, KeyError, OSError)


class Recording:
    """What a server under strace did to its folder, and what it acknowledged meanwhile."""

    def __init__(self, rng, seconds):
        self.journal = Journal()
        logs = [scratch("kaname-trace-") / "trace" for _ in range(2)]
        with Server(wrap=strace(logs[0])) as server, Upstream() as upstream:
            self.root = server.data
            server.start()
            self.session = server.set_up()
            self.journal.ack("set_up", "main")
            server.stop(120)
            server.wrap = strace(logs[1])
            server.start()
            self.session = self.session.at(server.port)
            endpoint(self.session, upstream)
            made = collection(self.session)
            self.journal.ack("collection", made)
            work = Work(self.session, self.journal, rng, made).start()
            time.sleep(seconds)
            work.stop()
            settled_head(self.session)
            server.stop(120)
        self.calls = [*read_trace(logs[0]), *read_trace(logs[1])]
        self.begin = min(call.begin for call in self.calls)
        self.end = max(call.end for call in self.calls)

    def moments(self, rng, cuts):
        """Half right after something was acknowledged, half anywhere."""
        acknowledged = [entry["at"] for entry in self.journal.acknowledged]
        found = []
        for number in range(cuts):
            found.append(rng.choice(acknowledged) if number % 2 else rng.uniform(self.begin, self.end))
        return found

    def folder_after(self, moment, rng, ignore_sync):
        target = scratch("kaname-cut-") / "data"
        Disk(str(self.root), ignore_sync).run(self.calls, moment).rebuild(target, rng)
        return target


def look(recording, moment, rng, ignore_sync):
    """Starts a server on what a cut left; raises what is wrong with it."""
    folder = recording.folder_after(moment, rng, ignore_sync)
    with Server(folder) as server:
        server.start()
        if not recording.journal.of("set_up", moment):
            # Nothing was acknowledged yet, so anything whole will do.
            if server.set_up_url:
                server.set_up()
            return
        assert server.set_up_url is None, "the institution is gone"
        session = recording.session.at(server.port)
        check(server, session, recording.journal, until=moment)
        made = {found["id"] for found in session.get("/collections")["items"]}
        for entry in recording.journal.of("collection", moment):
            assert entry["name"] in made, f"collection {entry['name']} is lost"


def run(cuts, seed, seconds, no_fsync):
    rng = random.Random(seed)
    tally = Tally()
    recording = Recording(rng, seconds)
    acknowledged, span = len(recording.journal), recording.end - recording.begin
    print(f"{len(recording.calls)} calls in {span:.1f} s, {acknowledged} writes and heads acknowledged", flush=True)
    tally.check(acknowledged > 20, f"only {acknowledged} acknowledged: the run says nothing")
    lost = 0
    for number, moment in enumerate(recording.moments(rng, cuts), 1):
        partly = rng if number % 4 >= 2 else None
        what = f"cut {number} at {moment - recording.begin:.3f} s, {'part of' if partly else 'nothing of'} the rest kept"
        try:
            look(recording, moment, partly, no_fsync)
        except FAULTS as error:
            lost += 1
            if no_fsync:
                print(f"lost, as it must be: {what}: {str(error)[:200]}", flush=True)
            else:
                tally.check(False, f"{what}: {error}")
        else:
            if not no_fsync:
                tally.check(True, what)
            print(f"whole: {what}", flush=True)
    if no_fsync:
        tally.check(lost > 0, "with every sync ignored, no cut lost anything: this test would see nothing")
        print(f"control: {lost} of {cuts} cuts lost what was acknowledged", flush=True)
    return tally


def main():
    parser = argparse.ArgumentParser(description="Cuts the power, in simulation.")
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=8, help="how long the clients write")
    parser.add_argument("--no-fsync", action="store_true", help="ignore every sync: losses must be found")
    arguments = parser.parse_args()
    print(f"{arguments.cuts} cuts, seed {arguments.seed}", flush=True)
    return run(arguments.cuts, arguments.seed, arguments.seconds, arguments.no_fsync).finish()


if __name__ == "__main__":
    sys.exit(main())
