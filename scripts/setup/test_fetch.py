#!/usr/bin/env python3
"""Tests of fetch.py against a package made here: `python3 scripts/setup/test_fetch.py`. No network."""

import hashlib
import pathlib
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import fetch

CONTENT, TERMS = b"weights", b"terms"

CATALOGUE = """
schema = 1
[[model]]
id = "small"
kind = "embedding"
name = "Small"
languages = ["ja"]
default = true
licence = "Apache-2.0"
must_accept_terms = {accept}
notes = []
[[model.package]]
registry = "pypi"
name = "small"
version = "1"
file = "small.whl"
size_bytes = {package_size}
sha256 = "{package_hash}"
[[model.file]]
path = "{path}"
role = "data"
size_bytes = {size}
sha256 = "{hash}"
from = ["small:a", "small:b"]
[[model.file]]
path = "TERMS"
role = "terms"
size_bytes = 5
sha256 = "{terms_hash}"
from = ["small:t"]
"""


def sha(data):
    return hashlib.sha256(data).hexdigest()


class Fetch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.cache = self.root / "cache"
        self.cache.mkdir()
        with zipfile.ZipFile(self.cache / "small.whl", "w") as wheel:
            for name, data in (("a", CONTENT[:3]), ("b", CONTENT[3:]), ("t", TERMS)):
                wheel.writestr(name, data)
        self.file = self.root / "models" / "small" / "data" / "w.bin"

    def run_fetch(self, *arguments, path="data/w.bin", accept="false", content=CONTENT):
        package = (self.cache / "small.whl").read_bytes()
        values = {"accept": accept, "path": path, "size": len(content), "hash": sha(content)}
        values |= {"terms_hash": sha(TERMS), "package_size": len(package)}
        values["package_hash"] = getattr(self, "pinned", sha(package))
        (self.root / "catalogue.toml").write_text(CATALOGUE.format(**values), encoding="utf-8")
        places = ["--dest", self.root / "models", "--cache", self.cache, "--catalogue", self.root / "catalogue.toml"]
        return fetch.main([str(part) for part in [*places, *arguments]])

    def test_parts_are_joined_verified_and_kept(self):
        self.assertEqual(self.run_fetch("--check"), 1)
        self.assertEqual(self.run_fetch(), 0)
        self.assertEqual(self.file.read_bytes(), CONTENT)
        self.assertEqual(self.run_fetch("--check"), 0)
        written = self.file.stat().st_mtime_ns
        self.assertEqual(self.run_fetch(), 0)
        self.assertEqual(self.file.stat().st_mtime_ns, written)

    def test_a_damaged_file_is_found_and_replaced(self):
        self.run_fetch()
        self.file.write_bytes(b"Weights")
        self.assertEqual(self.run_fetch("--check"), 1)
        self.assertEqual(self.run_fetch(), 0)
        self.assertEqual(self.file.read_bytes(), CONTENT)

    def test_a_package_with_another_hash_is_not_used(self):
        self.pinned = "0" * 64
        self.assertEqual(self.run_fetch(), 1)
        self.assertFalse(self.file.exists())

    def test_a_file_that_differs_inside_a_good_package_is_not_written(self):
        self.assertEqual(self.run_fetch(content=b"WEIGHTS"), 1)
        self.assertFalse(self.file.exists())

    def test_terms_are_put_in_place_and_must_be_accepted(self):
        self.assertEqual(self.run_fetch(accept="true"), 3)
        self.assertTrue((self.root / "models" / "small" / "TERMS").is_file())
        self.assertFalse(self.file.exists())
        self.assertEqual(self.run_fetch("--accept-terms", "small", accept="true"), 0)
        self.assertTrue(self.file.is_file())

    def test_a_path_outside_the_folder_is_refused(self):
        self.assertEqual(self.run_fetch(path="../../w.bin"), 1)
        self.assertEqual(self.run_fetch(path="/w.bin"), 1)


if __name__ == "__main__":
    unittest.main()
