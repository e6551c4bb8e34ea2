"""The kills as a suite of `make proof`: SEED picks them, SAMPLE is the share of the 50."""

import os
import unittest

import crash


class Crash(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_when_the_server_is_killed(self):
        self.kill(crash.run, 50)

    def test_nor_on_postgresql_when_the_database_is_killed_too(self):
        self.kill(crash.run_on_postgres, 15)

    def kill(self, tried, most):
        kills = max(3, round(most * float(os.environ.get("SAMPLE", "1"))))
        tally = tried(kills, int(os.environ.get("SEED", "1")))
        self.assertGreaterEqual(tally.passed, kills)
        self.assertEqual(tally.failures, [])


if __name__ == "__main__":
    unittest.main()
