"""The power cuts as a suite of `make proof`: SEED picks them, SAMPLE is the share of the 24."""

import os
import shutil
import unittest

import power

SEED = int(os.environ.get("SEED", "1"))
CUTS = max(3, round(24 * float(os.environ.get("SAMPLE", "1"))))


class Power(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert shutil.which("strace"), "strace is needed: apt-get install strace"

    def test_what_was_acknowledged_survives_a_power_cut(self):
        self.assertEqual(power.run(CUTS, SEED, 8, no_fsync=False).failures, [])

    def test_without_any_sync_the_same_check_finds_losses(self):
        self.assertEqual(power.run(4, SEED, 4, no_fsync=True).failures, [])


if __name__ == "__main__":
    unittest.main()
