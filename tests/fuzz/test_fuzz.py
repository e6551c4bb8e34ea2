"""Mutated inputs against every reader of what others wrote, as a suite of `make proof`.

SEED picks the inputs; SAMPLE is the share of the time. The runner (`crates/model-core/examples/fuzz`) stops at
the first fault; what ran last is then in `fuzz-last-TARGET` beside the corpus. Its memory is bounded, and so is its time:
an input that makes it grow or spin is a fault like any other.
"""

import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
SECONDS = max(2, round(20 * float(os.environ.get("SAMPLE", "1"))))
SEED = os.environ.get("SEED", "1")
MEMORY_BYTES = 1 << 30


def runner():
    """The program, built where the tests are built."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    subprocess.run(["cargo", "build", "--quiet", "-p", "kaname-model-core", "--example", "fuzz"],
                   cwd=ROOT, check=True)
    return target / "debug" / "examples" / "fuzz"


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Fuzz(unittest.TestCase):
    def test_no_reader_panics_spins_grows_or_says_two_things_of_one_input(self):
        program = runner()
        targets = sorted(path.name for path in CORPUS.iterdir())
        told = subprocess.run([program], capture_output=True, text=True, check=False).stderr
        self.assertEqual(targets, sorted(told.rsplit("targets: ", 1)[1].split()), "every target has a corpus")
        for target in targets:
            with self.subTest(target=target, seed=SEED), tempfile.TemporaryDirectory() as folder:
                self.fuzz(program, target, pathlib.Path(folder) / "last")

    def fuzz(self, program, target, last):
        ran = subprocess.run([program, target, SEED, str(SECONDS), CORPUS / target], capture_output=True, text=True,
                             timeout=SECONDS * 6 + 60, preexec_fn=bounded, check=False)
        print(ran.stdout.strip(), flush=True)
        if ran.returncode != 0:
            # The same inputs once more, each noted before it is run: the last is the one.
            subprocess.run([program, target, SEED, str(SECONDS * 4), CORPUS / target, last], capture_output=True,
                           timeout=SECONDS * 12 + 60, preexec_fn=bounded, check=False)
            kept = CORPUS.parent / f"fuzz-last-{target}"
            kept.write_bytes(last.read_bytes())
            self.fail(f"{ran.stderr[-2000:]}\nthe input is in {kept}")
        runs = int(ran.stdout.split("runs=")[1].split()[0])
        self.assertGreater(runs, 50)


if __name__ == "__main__":
    unittest.main()
