"""What would go past the door, and what is over a budget, is refused in the dialect's own words.

Nothing of it reaches a vendor.
"""

import unittest

import anthropic
import openai
from clients import CHAT_TOOL, MESSAGES_TOOL
from house import BEHIND, House

CHAT = {"messages": [{"role": "user", "content": "a"}]}
MESSAGES = {"max_tokens": 50, **CHAT}
FILE = {"file_id": "file-1"}
ELSEWHERE = "https://example.com/a.png"
# What each dialect would have a vendor keep, fetch or run by itself: the field at fault and the rest of the request.
PAST_THE_DOOR = {
    "/chat/completions": [
        ("store", {**CHAT, "store": True}),
        ("web_search_options", {**CHAT, "web_search_options": {}}),
        ("tools", {**CHAT, "tools": [CHAT_TOOL, {"type": "web_search_preview"}]}),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "file", "file": FILE}]}]}),
        ("messages", {"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": ELSEWHERE}}]}]}),
    ],
    "/responses": [
        ("store", {"input": "a", "store": True}),
        ("previous_response_id", {"input": "a", "previous_response_id": "resp_1"}),
        ("conversation", {"input": "a", "conversation": "conv_1"}),
        ("background", {"input": "a", "background": True}),
        ("prompt", {"input": "a", "prompt": {"id": "pmpt_1"}}),
        *(("tools", {"input": "a", "tools": [tool]}) for tool in (
            {"type": "web_search"}, {"type": "file_search", "vector_store_ids": ["vs_1"]},
            {"type": "code_interpreter", "container": {"type": "auto"}}, {"type": "image_generation"},
            {"type": "mcp", "server_label": "x", "server_url": "https://example.com"}, {"type": "local_shell"})),
        ("input", {"input": [{"role": "user", "content": [{"type": "input_file", **FILE}]}]}),
        ("input", {"input": [{"role": "user", "content": [{"type": "input_image", "detail": "auto", **FILE}]}]}),
        ("input", {"input": [{"type": "item_reference", "id": "msg_1"}]}),
        *(("input", {"input": [{"role": "user", "content": [part]}]}) for part in (
            {"type": "input_image", "detail": "auto", "image_url": ELSEWHERE},
            {"type": "input_file", "file_url": ELSEWHERE})),
    ],
    "/messages": [
        ("mcp_servers", {**MESSAGES, "mcp_servers": [{"type": "url", "name": "x", "url": "https://example.com"}]}),
        ("container", {**MESSAGES, "container": "container_1"}),
        *(("tools", {**MESSAGES, "tools": [MESSAGES_TOOL, {"type": kind, "name": kind[:-9]}]}) for kind in (
            "web_search_20250305", "web_fetch_20250910", "code_execution_20250825")),
        ("messages", {**MESSAGES, "messages": [{"role": "user", "content": [
            {"type": "document", "source": {"type": "file", **FILE}}]}]}),
        ("messages", {**MESSAGES, "messages": [{"role": "user", "content": [
            {"type": "image", "source": {"type": "file", **FILE}}]}]}),
        *(("messages", {**MESSAGES, "messages": [{"role": "user", "content": [
            {"type": kind, "source": {"type": "url", "url": ELSEWHERE}}]}]}) for kind in ("image", "document")),
    ],
}


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        for what in BEHIND:
            cls.house.vendor(what)

    def sent(self):
        return sum(len(double.received) for double in self.house.doubles.values())

    def test_what_would_go_past_the_door_is_400_and_reaches_no_vendor(self):
        for path, requests in PAST_THE_DOOR.items():
            client, package = ((self.house.anthropic(), anthropic) if path == "/messages"
                               else (self.house.openai(), openai))
            path = f"/v1{path}" if package is anthropic else path
            for field, request in requests:
                for what in BEHIND:
                    with self.subTest(path=path, field=field, to=what, request=str(request)[:90]):
                        before = self.sent()
                        with self.assertRaises(package.BadRequestError) as caught:
                            client.post(path, cast_to=object, body={"model": f"town/{what}", **request})
                        self.in_its_own_words(package, caught.exception, field)
                        self.assertEqual(self.sent(), before)

    def in_its_own_words(self, package, error, field):
        if package is anthropic:
            self.assertEqual((error.body["type"], error.body["error"]["type"]), ("error", "invalid_request_error"))
            self.assertIn(field, error.body["error"]["message"])
        else:
            self.assertEqual((error.type, error.param), ("invalid_request_error", field))
            self.assertIn(field, error.body["message"])

    def test_what_a_caller_may_say_of_it_is_let_through(self):
        client = self.house.openai()
        client.chat.completions.create(model="town/chat", store=False, tools=[], **CHAT)
        client.responses.create(model="town/responses", input="a", store=False, previous_response_id=None)
        self.house.anthropic().messages.create(model="town/anthropic", **MESSAGES, extra_body={"mcp_servers": []})


class OverBudget(unittest.TestCase):
    def test_a_budget_that_is_used_up_is_a_rate_limit_with_whom_to_ask(self):
        house = House(self)
        for what in ("chat", "responses", "anthropic"):
            house.vendor(what)
        house.session.post("/budgets", {"subject_kind": "institution", "period": "day", "unit": "requests",
                                        "limit": 3, "contact": "情報政策課"})
        openai_client, anthropic_client = house.openai(max_retries=2), house.anthropic(max_retries=2)
        calls = [
            (openai, lambda stream: openai_client.chat.completions.create(model="town/chat", stream=stream, **CHAT)),
            (openai, lambda stream: openai_client.responses.create(model="town/responses", input="a", stream=stream)),
            (anthropic, lambda stream: anthropic_client.messages.create(
                model="town/anthropic", stream=stream, **MESSAGES)),
        ]
        for _, call in calls:
            call(False)
        for package, call in calls:
            for stream in (False, True):
                with self.subTest(package=package.__name__, stream=stream):
                    with self.assertRaises(package.RateLimitError) as caught:
                        call(stream)
                    self.assertIn("情報政策課", str(caught.exception.body))
                    # Trying again would not help, and the client is told so.
                    self.assertEqual(caught.exception.response.headers["x-should-retry"], "false")
        self.assertEqual([len(double.received) for double in house.doubles.values()], [1, 1, 1])
        self.assertEqual(caught.exception.body["error"]["type"], "rate_limit_error")


if __name__ == "__main__":
    unittest.main()
