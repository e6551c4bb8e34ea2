"""No check of `llm-comply` may stand worse through Kaname than straight at the same upstream."""

import unittest

from comply import FORMATS, Compared, worse


class Comply(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.compared = Compared(cls)

    def test_in_its_own_dialect_an_upstream_loses_nothing(self):
        for dialect in FORMATS:
            with self.subTest(dialect=dialect):
                direct, through = self.compared.pair(dialect)
                self.assertEqual({name for name, (state, _) in direct.items() if state == "failed"}, set())
                self.assertGreaterEqual(len(direct), 9)
                self.assertEqual(worse(direct, through), {})


if __name__ == "__main__":
    unittest.main()
