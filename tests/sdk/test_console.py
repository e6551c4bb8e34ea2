"""`kaname endpoint` and `kaname route` beside a running server: what is said there is what callers meet."""

import json
import unittest

from clients import QUESTION
from double import WHOLE
from double_openai import OpenAiDouble
from house import House

KEY = "upstream-secret"


class Console(unittest.TestCase):
    def setUp(self):
        self.house = House(self)
        self.double = self.enterContext(OpenAiDouble(api_key=KEY))

    def cli(self, *arguments, code=0, **more):
        done = self.house.server.cli(*arguments, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn(KEY, done.stdout + done.stderr)
        return done

    def json(self, *arguments, **more):
        return json.loads(self.cli(*arguments, "--json", **more).stdout)

    def add(self, name, *more, **said):
        return self.json("endpoint", "add", name, "--url", self.double.base_url, "--model", "mock-1",
                         "--clearance", "2", *more, **said)

    def ask(self, model):
        answer = self.house.openai().chat.completions.create(
            model=model, messages=[{"role": "user", "content": QUESTION}])
        return answer.choices[0].message.content

    def test_an_endpoint_is_added_tested_changed_and_removed(self):
        made = self.add("town/a", "--key-stdin", "--vendor", "例", "--hosting-country", "JP", "--price-input", "45.5",
                        "--price-output", "180", "--price-as-of", "2026-04-01", stdin=f"{KEY}\n")
        self.assertEqual((made["has_api_key"], made["vendor"], made["price"]["input"]), (True, "例", 45_500_000))
        self.assertTrue(self.json("endpoint", "test", "town/a")["ok"])
        self.assertIn("it answered in", self.cli("endpoint", "test", made["id"]).stdout)
        self.assertEqual(self.ask("town/a"), WHOLE + QUESTION)
        self.assertIn("town/a", self.cli("endpoint", "list").stdout)
        self.assertIn("hosting_country    JP", self.cli("endpoint", "show", "town/a").stdout)

        changed = self.json("endpoint", "change", "town/a", "--public-name", "town/b", "--key-env", "WRONG_KEY",
                            "--vendor", "別", environment={"WRONG_KEY": "wrong"})
        self.assertEqual((changed["public_name"], changed["vendor"], changed["hosting_country"]), ("town/b", "別", "JP"))
        refused = self.cli("endpoint", "test", "town/b", code=4)
        self.assertIn("gateway.upstream_key_refused", refused.stdout)
        self.assertFalse(self.json("endpoint", "change", "town/b", "--forget-key")["has_api_key"])
        self.assertFalse(self.json("endpoint", "change", "town/b", "--enabled", "false")["enabled"])
        self.assertIn("off", self.cli("endpoint", "list").stdout)
        self.cli("endpoint", "remove", "town/b")
        self.assertNotIn("town/b", self.cli("endpoint", "list").stdout)

    def test_a_route_is_added_changed_and_removed_and_keeps_its_conditions(self):
        for name in ("town/a", "town/b"):
            self.add(name, "--key-stdin", stdin=KEY)
        made = self.json("route", "add", "kaname/way", "--try", "town/a=2,town/b", "--hosting-country", "JP")
        self.assertEqual([(leg["tier"], leg["weight"]) for leg in made["legs"]], [(0, 2), (0, 1)])
        self.assertEqual(made["bounds"]["hosting_countries"], ["JP"])

        changed = self.json("route", "change", "kaname/way", "--hosting-country", "", "--failover", "false")
        self.assertEqual((changed["bounds"]["hosting_countries"], changed["bounds"]["failover"]), ([], False))
        self.assertEqual(changed["legs"], made["legs"])
        self.assertEqual(self.ask("kaname/way"), WHOLE + QUESTION)

        legs = [{**leg, "when": {"purposes": ["direct_call"]}} for leg in changed["legs"]]
        file = self.house.server.data.parent / "legs.json"
        file.write_text(json.dumps(legs))
        self.json("route", "change", "kaname/way", "--legs-file", str(file))
        turned = self.json("route", "change", "kaname/way", "--try", "town/b", "--try", "town/a")
        self.assertEqual([leg["tier"] for leg in turned["legs"]], [0, 1])
        self.assertEqual([leg["when"]["purposes"] for leg in turned["legs"]], [["direct_call"]] * 2)
        shown = self.cli("route", "show", "kaname/way").stdout
        self.assertRegex(shown, r"turn 1  town/b +share 1 .*direct_call")
        self.cli("route", "remove", "kaname/way")
        self.assertEqual(self.json("route", "list")["items"], [])

    def test_what_is_wrong_is_said_with_its_field(self):
        for arguments, words in (
            (("endpoint", "show", "no/such"), "there is nothing called no/such"),
            (("endpoint", "add", "town/c", "--model", "x"), "--clearance"),
            (("endpoint", "add", "town c", "--model", "x", "--clearance", "1", "--url", "http://127.0.0.1:9/v1"), "public_name"),
            (("endpoint", "add", "town/c", "--model", "x", "--clearance", "1", "--key-env", "NOT_SET"), "NOT_SET"),
            (("route", "add", "kaname/x"), "--try"),
            (("route", "add", "kaname/x", "--try", "no/such"), "no/such"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(words, self.cli(*arguments, code=1).stderr)
        self.cli("endpoint", "add", "town/c", "--api-key", KEY[:3], code=2)


if __name__ == "__main__":
    unittest.main()
