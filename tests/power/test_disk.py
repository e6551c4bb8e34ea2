"""The simulated disk against real traces: it must rebuild what is synced, and forget what is not."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import disk

PROGRAM = """
import os, sys
root = sys.argv[1]
def write(name, data, sync):
    with open(os.path.join(root, name), "wb") as file:
        file.write(data)
        file.flush()
        if sync:
            os.fsync(file.fileno())
def sync_folder(name):
    number = os.open(os.path.join(root, name), os.O_RDONLY)
    os.fsync(number)
    os.close(number)
write("synced", bytes(range(256)) * 20, True)
write("lost", b"never synced", False)
os.mkdir(os.path.join(root, "folder"))
write("folder/deep", b"deep", True)
write("old", b"old", True)
write("new", b"new", True)
os.rename(os.path.join(root, "new"), os.path.join(root, "old"))
if len(sys.argv) > 2:
    sync_folder(".")
with open(os.path.join(root, "synced"), "r+b") as file:
    file.seek(300)
    file.write(b"later")
    file.flush()
"""


class Rebuilding(unittest.TestCase):
    def traced(self, *more, program=PROGRAM):
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(subprocess.run, ["rm", "-rf", str(folder)], check=True)
        root, log = folder / "root", folder / "trace"
        root.mkdir()
        command = [*disk.strace(log), sys.executable, "-c", program, str(root), *more]
        subprocess.run(command, check=True)
        return folder, root, disk.read_trace(log)

    def rebuilt(self, folder, root, calls, rng=None, ignore_sync=False, until=float("inf")):
        target = folder / f"target{len(list(folder.iterdir()))}"
        disk.Disk(str(root), ignore_sync).run(calls, until).rebuild(target, rng)
        return {str(p.relative_to(target)): p.read_bytes() for p in target.rglob("*") if p.is_file()}

    def test_only_what_was_synced_is_there(self):
        found = self.rebuilt(*self.traced())
        self.assertEqual(found.pop("synced"), bytes(range(256)) * 20)
        self.assertEqual(found, {"folder/deep": b"deep", "old": b"old", "new": b"new"})

    def test_a_synced_folder_keeps_its_renames(self):
        found = self.rebuilt(*self.traced("sync"))
        self.assertEqual(found["old"], b"new")
        self.assertEqual(found["lost"], b"")
        self.assertNotIn("new", found)

    def test_with_all_that_was_pending_it_is_what_the_program_left(self):
        folder, root, calls = self.traced()
        real = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        replay = disk.Disk(str(root)).run(calls, float("inf"))
        for name, data in real.items():
            node = replay.top
            for part in name.split("/"):
                node = node.seen[part]
            whole = bytearray(node.lasting)
            for change in node.pending:
                disk.apply(whole, change)
            self.assertEqual(bytes(whole), data, name)

    def test_a_name_that_was_removed_and_made_again_stays_when_the_folder_is_synced(self):
        program = """
import os, sys
root = sys.argv[1]
folder = os.open(root, os.O_RDONLY)
for data in (b"one", b"two"):
    with open(os.path.join(root, "log"), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.fsync(folder)
    if data == b"one":
        os.unlink(os.path.join(root, "log"))
"""
        self.assertEqual(self.rebuilt(*self.traced(program=program)), {"log": b"two"})

    def test_without_syncs_nothing_is_there(self):
        self.assertEqual(self.rebuilt(*self.traced("sync"), ignore_sync=True), {})

    def test_a_cut_before_the_first_call_leaves_nothing(self):
        self.assertEqual(self.rebuilt(*self.traced(), until=0.0), {})


if __name__ == "__main__":
    unittest.main()
