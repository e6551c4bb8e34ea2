"""A route that moves on before the first content, and never after: what the stock clients see of it."""

import itertools
import unittest

import anthropic
import openai
from double import PIECES, WHOLE
from house import BEHIND, House

DIALECTS = ("chat", "responses", "messages")


class Failover(unittest.TestCase):
    def setUp(self):
        # A house for each test: a process makes only so many second tries before requests have earned more.
        self.house = House(self)
        self.names = map("leg-{}".format, itertools.count())
        self.openai, self.anthropic = self.house.openai(), self.house.anthropic()

    def route(self, *kinds):
        """A route over stand-ins of these kinds, in this order; gives its name and them."""
        doubles, endpoints = [], []
        for what in kinds:
            double = self.enterContext(BEHIND[what][1]())
            doubles.append(double)
            endpoints.append(self.house.endpoint(what, next(self.names), double))
        name = next(self.names)
        self.house.route(name, endpoints)
        return f"kaname/{name}", doubles

    def heard(self, dialect, model, text, stream):
        """The text of an answer; what was heard before an error is in `self.said`."""
        self.said = []
        messages = [{"role": "user", "content": text}]
        if dialect == "messages":
            asked = {"model": model, "max_tokens": 50, "messages": messages}
            if not stream:
                return self.anthropic.messages.create(**asked).content[0].text
            with self.anthropic.messages.stream(**asked) as events:
                self.said.extend(events.text_stream)
        elif dialect == "responses":
            if not stream:
                return self.openai.responses.create(model=model, input=text).output_text
            for event in self.openai.responses.create(model=model, input=text, stream=True):
                self.said += [event.delta] if event.type == "response.output_text.delta" else []
        else:
            if not stream:
                answer = self.openai.chat.completions.create(model=model, messages=messages)
                return answer.choices[0].message.content
            for chunk in self.openai.chat.completions.create(model=model, messages=messages, stream=True):
                self.said += [choice.delta.content or "" for choice in chunk.choices]
        return "".join(self.said)

    def test_only_the_good_answer_is_seen_whoever_failed_and_whoever_answers(self):
        pairs = (("chat", "anthropic", 503), ("anthropic", "gemini", 429), ("gemini", "bedrock", 503),
                 ("bedrock", "responses", 429), ("responses", "chat", 500))
        for first, second, status in pairs:
            for dialect, stream in itertools.product(DIALECTS, (False, True)):
                with self.subTest(first=first, second=second, dialect=dialect, stream=stream, status=status):
                    model, (bad, good) = self.route(first, second)
                    bad.always = status
                    self.assertEqual(self.heard(dialect, model, "名前", stream), WHOLE + "名前")
                    self.assertEqual((len(bad.received), len(good.received)), (1, 1))

    def test_an_answer_that_breaks_off_is_not_continued_elsewhere(self):
        for dialect, word in itertools.product(DIALECTS, ("CUT", "BREAK")):
            for first in BEHIND:
                with self.subTest(dialect=dialect, word=word, first=first):
                    model, (bad, good) = self.route(first, "chat")
                    package = anthropic if dialect == "messages" else openai
                    with self.assertRaises(package.APIError):
                        self.heard(dialect, model, word, True)
                    # What was said before it broke off was heard, and nothing else.
                    self.assertEqual("".join(self.said), "".join(PIECES[:2]))
                    self.assertEqual((len(bad.received), len(good.received)), (1, 0))

    def test_what_the_vendor_refuses_moves_on_to_nobody(self):
        for dialect in DIALECTS:
            package = anthropic if dialect == "messages" else openai
            model, (strict, other) = self.route("chat", "anthropic")
            with self.subTest(dialect=dialect), self.assertRaises(package.BadRequestError):
                self.heard(dialect, model, "FAIL400", False)
            self.assertEqual((len(strict.received), len(other.received)), (1, 0))

    def test_when_all_fail_the_client_is_told(self):
        for dialect, stream in itertools.product(DIALECTS, (False, True)):
            package = anthropic if dialect == "messages" else openai
            model, doubles = self.route("chat", "anthropic", "gemini")
            for double in doubles:
                double.always = 503
            with self.subTest(dialect=dialect, stream=stream), self.assertRaises(package.InternalServerError):
                self.heard(dialect, model, "a", stream)
            self.assertEqual([len(double.received) for double in doubles], [1, 1, 1])

    def test_who_is_gone_is_passed_over(self):
        for dialect, stream in itertools.product(DIALECTS, (False, True)):
            with self.subTest(dialect=dialect, stream=stream):
                with BEHIND["anthropic"][1]() as gone:
                    endpoint = self.house.endpoint("anthropic", next(self.names), gone)
                good = self.enterContext(BEHIND["gemini"][1]())
                other, name = self.house.endpoint("gemini", next(self.names), good), next(self.names)
                self.house.route(name, [endpoint, other])
                self.assertEqual(self.heard(dialect, f"kaname/{name}", "名前", stream), WHOLE + "名前")


if __name__ == "__main__":
    unittest.main()
