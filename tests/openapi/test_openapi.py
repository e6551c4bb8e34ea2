"""The API held against its own document: requests made from it, answers compared with it.

Schemathesis (pinned in scripts/setup.sh) sends what the document allows and what it does not, as an
administrator. No answer may be a 5xx, and status, media type and body must be what the document
says. SEED picks the requests, SAMPLE shortens the time.
"""

import os
import pathlib
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "lib")]
from kaname_server import ROOT, Server, scratch
from kaname_workload import collection, memo

CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
]
# These end the very session that the requests are sent with.
ENDS_THE_SESSION = ["sign_out", "sign_out_everywhere", "end_sessions", "reset_password", "change_user"]
TIME_S = 240


class Document(unittest.TestCase):
    def test_every_answer_is_what_the_document_says(self):
        with Server() as server:
            session = server.start().set_up()
            sent = session.upload(collection(session), [("k1.md", memo("k1"))]).json
            session.job(sent["job_id"])
            share = float(os.environ.get("SAMPLE", "1"))
            command = [
                str(pathlib.Path(sys.executable).with_name("st")), "run", str(ROOT / "docs/openapi.json"),
                "--url", f"http://127.0.0.1:{server.port}",
                "-H", f"cookie: kaname_session={session.cookie}", "-H", f"x-kaname-csrf: {session.csrf}",
                "--checks", ",".join(CHECKS), "--max-time", str(max(30, round(TIME_S * share))),
                "--seed", os.environ.get("SEED", "1"), "--generation-database", "none",
                "--request-timeout", "60", "--continue-on-failure", "--no-color", "--warnings", "off",
                *(part for name in ENDS_THE_SESSION for part in ("--exclude-operation-id", name)),
            ]
            ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=scratch())
            self.assertEqual(ended.returncode, 0, ended.stdout[-20000:] + ended.stderr[-2000:])
            # Whoever was refused everywhere has proved nothing.
            self.assertEqual(session.send("GET", "/api/v1/session").status, 200)
            print(ended.stdout[ended.stdout.find("SUMMARY"):])


if __name__ == "__main__":
    unittest.main()
