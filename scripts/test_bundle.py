#!/usr/bin/env python3
"""The main job from a freshly installed archive, in a network namespace that has nothing but loopback.

Usage: test_bundle.py UNPACKED TARGET. Installs, sets up, adds a document, asks, and checks the quotation.
"""

import fcntl
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
import urllib.request

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
SENTENCE = "粗大ごみの処理手数料は、1点につき500円です。"
UNPACKED, TARGET = (pathlib.Path(argument).absolute() for argument in sys.argv[1:3])


def loopback_up():
    with socket.socket() as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(probe, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


class Bundle(unittest.TestCase):
    """One installed archive, used once."""

    def setUp(self):
        done = subprocess.run([UNPACKED / "install.sh", "--prefix", TARGET], check=True)
        self.assertEqual(done.returncode, 0)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.environment = {
            **os.environ, "KANAME_LISTEN": "127.0.0.1:0", "KANAME_MODELS": str(TARGET / "models"),
            "KANAME_DATA_DIR": str(pathlib.Path(self.folder.name) / "data"),
        }
        self.server = subprocess.Popen([TARGET / "bin" / "kaname", "serve", "--json"], env=self.environment,
                                       stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        said = ""
        for line in self.server.stdout:
            said += line
            if line == "}\n":
                break
        told = json.loads(said)
        self.url, self.token = told["url"], told["set_up_url"].split("token=")[1]

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(timeout=60), 0, "the server stops in order")
        self.server.stdout.close()

    def kaname(self, *arguments):
        done = subprocess.run([TARGET / "bin" / "kaname", *arguments, "--json"], env=self.environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def test_the_main_job_needs_no_network(self):
        with self.assertRaises(OSError):
            socket.create_connection(("192.0.2.1", 80), timeout=5)
        self.assertIn("/_app/", self.get("/"), "the web app is inside the binary")
        self.assertEqual(self.get("/healthz"), "ok")
        person = {"token": self.token, "institution_name": "みどり野町", "label_pack": "municipality",
                  "user_name": "first", "display_name": "最初の管理者", "password": "asagao ga saita niwa"}
        request = urllib.request.Request(self.url + "/api/v1/set-up", json.dumps(person).encode(),
                                         {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.status, 201)
        document = pathlib.Path(self.folder.name) / "粗大ごみ.txt"
        document.write_text(f"粗大ごみの出し方\n\n収集日の3日前までに申し込んでください。\n\n{SENTENCE}\n", encoding="utf-8")
        self.kaname("docs", "add", str(document), "--collection", "gomi")
        answer = self.kaname("ask", "粗大ごみの手数料はいくらですか", "--collection", "gomi")
        self.assertEqual(answer["mode"], "quotation")
        self.assertIn(SENTENCE, [citation["quote"] for citation in answer["citations"]])
        self.assertTrue(self.kaname("ledger", "verify")["ok"])


if __name__ == "__main__":
    loopback_up()
    unittest.main(argv=sys.argv[:1], verbosity=2)
