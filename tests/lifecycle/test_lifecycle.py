"""What an administrator does with a server: TLS, two processes on one folder, backup and restore, the demo."""

import http.client
import json
import pathlib
import ssl
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "lib")]
from kaname_ledger import settled_head
from kaname_server import ADMINISTRATOR, Server, scratch
from kaname_workload import collection, memo


def certificate(folder, name="server"):
    """A certificate of its own for localhost, and its key."""
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-out", str(paths[0]), "-keyout", str(paths[1])],
        check=True, capture_output=True,
    )
    return paths


def configured(text, **environment):
    """A server whose folder holds a configuration file."""
    server = Server(environment=environment)
    server.data.mkdir(parents=True)
    (server.data / "kaname.toml").write_text(text, "utf-8")
    return server


def with_tls(crt, key, **environment):
    return configured(f"[http]\ntls_certificate = '{crt}'\ntls_key = '{key}'\n", **environment)


class Tls(unittest.TestCase):
    def test_an_own_certificate_is_served_beyond_loopback_and_plain_text_gets_no_answer(self):
        crt, key = certificate(scratch())
        with with_tls(crt, key, KANAME_LISTEN="0.0.0.0:0") as server:
            server.spawn().announced()
            self.assertTrue(server.set_up_url.startswith("https://localhost:"))
            trust = ssl.create_default_context(cafile=str(crt))
            trust.minimum_version = ssl.TLSVersion.TLSv1_3
            client = http.client.HTTPSConnection("localhost", server.port, context=trust, timeout=60)
            client.request("GET", "/api/v1/status")
            answer = client.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertIn(b'"set_up":false', answer.read())
            client.request("DELETE", "/api/v1/session", headers={"cookie": "kaname_session=x"})
            self.assertEqual(client.getresponse().status, 401)
            client.close()
            plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            with self.assertRaises((http.client.HTTPException, OSError)):
                plain.request("GET", "/api/v1/status")
                plain.getresponse()
            plain.close()
            self.assertEqual(server.stop(), 0)

    def test_nobody_who_trusts_another_certificate_is_served(self):
        folder = scratch()
        crt, key = certificate(folder)
        other, _ = certificate(folder, "other")
        with with_tls(crt, key) as server:
            server.spawn().announced()
            trust = ssl.create_default_context(cafile=str(other))
            client = http.client.HTTPSConnection("localhost", server.port, context=trust, timeout=60)
            with self.assertRaises(ssl.SSLCertVerificationError):
                client.request("GET", "/api/v1/status")

    def test_a_key_of_another_certificate_stops_the_start_before_anything_is_announced(self):
        folder = scratch()
        crt, _ = certificate(folder)
        _, key = certificate(folder, "other")
        ended = with_tls(crt, key).cli("serve")
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("certificate and key do not belong together", ended.stderr)
        self.assertEqual(ended.stdout, "")

    def test_plain_text_beyond_loopback_is_refused_unless_forced(self):
        server = Server(environment={"KANAME_LISTEN": "0.0.0.0:0"})
        ended = server.cli("serve")
        self.assertEqual(ended.returncode, 5, ended.stderr)
        for word in ("http.listen", "http.tls_certificate", "http.behind_proxy", "http.force_plain"):
            self.assertIn(word, ended.stderr)
        with Server(environment={"KANAME_LISTEN": "0.0.0.0:0", "KANAME_FORCE_PLAIN": "true"}) as forced:
            self.assertEqual(forced.start().client().get("/status")["set_up"], False)


class OneOwner(unittest.TestCase):
    def test_a_second_process_goes_through_the_socket_or_is_refused_in_a_sentence(self):
        with Server() as server:
            session = server.start().set_up()
            for command in (["serve"], ["migrate"], ["worker"]):
                refused = server.cli(*command)
                self.assertIn(refused.returncode, (1, 5), refused.stderr)
                self.assertNotIn("panicked", refused.stderr)
                self.assertTrue(refused.stderr.startswith("kaname: "), refused.stderr)
                self.assertIn("data folder" if command != ["worker"] else "database.url", refused.stderr)
            added = server.cli("user", "add", "madoguchi", "--display-name", "窓口 花子", "--json")
            self.assertEqual(added.returncode, 0, added.stderr)
            self.assertIn("madoguchi", {user["user_name"] for user in session.get("/users")["items"]})
            self.assertEqual(server.stop(), 0)
            # Without a server the same command opens the folder itself.
            listed = server.cli("user", "list")
            self.assertEqual(listed.returncode, 0, listed.stderr)
            self.assertIn("madoguchi", listed.stdout)


class BackUp(unittest.TestCase):
    def test_a_backup_of_a_running_server_opens_elsewhere_with_its_ledger_and_documents(self):
        archive = scratch() / "backup.tar.gz"
        with Server() as server:
            session = server.start().set_up()
            place = collection(session)
            sent = session.upload(place, [("k123.md", memo("k123"))]).json
            self.assertEqual(session.job(sent["job_id"])["state"], "succeeded")
            document = sent["documents"][0]["id"]
            head = settled_head(session)
            made = server.cli("backup", str(archive), "--json")
            self.assertEqual(made.returncode, 0, made.stderr)
            again = server.cli("backup", str(archive))
            self.assertEqual(again.returncode, 1, "an archive was overwritten")
            self.assertEqual(archive.stat().st_mode & 0o077, 0, "others can read the keys in the archive")
            over = server.cli("restore", str(archive))
            self.assertEqual(over.returncode, 1, "a data folder was overwritten")
        with Server() as restored:
            done = restored.cli("restore", str(archive))
            self.assertEqual(done.returncode, 0, done.stderr)
            verified = restored.cli("ledger", "verify", "--json")
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            session = restored.start().sign_in()
            self.assertEqual(session.get(f"/documents/{document}")["state"], "ready")
            original = session.send("GET", f"/api/v1/documents/{document}/original")
            self.assertEqual(original.body, memo("k123"))
            hits = session.post("/search", {"query": "整理番号k123-0"})["items"]
            self.assertIn(document, {hit["document_id"] for hit in hits})
            grown = settled_head(session)
            self.assertGreater(grown["tree_size"], head["tree_size"])
            self.assertEqual(grown["vkey"], head["vkey"])
            kinds = {act["kind"] for act in session.all("/acts?kind=ledger.")}
            self.assertIn("ledger.restored", kinds)

    def test_a_damaged_archive_makes_no_server(self):
        archive = scratch() / "backup.tar.gz"
        with Server() as server:
            server.start().set_up()
            self.assertEqual(server.cli("backup", str(archive)).returncode, 0)
        half = scratch() / "half.tar.gz"
        half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
        refused = Server().cli("restore", str(half))
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertIn("damaged", refused.stderr)


class Demo(unittest.TestCase):
    def test_the_demo_comes_beside_what_a_server_already_holds(self):
        with Server() as server:
            session = server.start().set_up()
            mine = collection(session)
            loaded = server.cli("demo", "load", "--json", timeout_s=900)
            self.assertEqual(loaded.returncode, 0, loaded.stderr)
            again = server.cli("demo", "load", "--json", timeout_s=900)
            self.assertEqual(again.returncode, 0, again.stderr)
            # Whoever was there before still is, and the same institution has the town's people.
            self.assertEqual(session.get("/session")["user"]["user_name"], ADMINISTRATOR)
            users = {user["user_name"] for user in session.all("/users")}
            self.assertGreater(len(users), 2)
            self.assertIn(mine, {found["id"] for found in session.get("/collections")["items"]})
            accounts = json.loads(again.stdout)["accounts"]
            for account in accounts:
                server.sign_in(account["user_name"], account["password"])
            # The administrator of this test is not cleared for every collection; the town's is.
            town = next(account["user_name"] for account in accounts if account["role"] == "administrator")
            listed = server.cli("docs", "list", "--as", town, "--json")
            self.assertEqual(listed.returncode, 0, listed.stderr)
            counts = [found["document_count"] for found in json.loads(listed.stdout)["items"]]
            self.assertEqual(sum(counts), json.loads(again.stdout)["documents"], "documents were loaded twice")


if __name__ == "__main__":
    unittest.main()
