"""Bad input and faults as a suite of `make proof`."""

import unittest

import faults


class Faults(unittest.TestCase):
    def test_bad_input_and_broken_surroundings_get_the_right_answer(self):
        self.assertEqual(faults.run().failures, [])


if __name__ == "__main__":
    unittest.main()
