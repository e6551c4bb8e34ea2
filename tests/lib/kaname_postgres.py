"""A real PostgreSQL for tests: durable as it is shipped, killed when asked, gone with the process.

`initdb` refuses root, so as root it runs as the user `postgres`.
"""

import itertools
import os
import pathlib
import shutil
import signal
import subprocess
import urllib.parse

from kaname_server import scratch, wait_for

_numbers = itertools.count(1)


def _program(name):
    """The newest one of the system, or whatever is on the path."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


def _command(*arguments):
    """Runs without root, and ends when this process does."""
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig", "INT", "--", *arguments]


def _lives(pid):
    try:
        # What is dead and not yet collected holds nothing any more.
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Postgres:
    """One cluster, reached through a socket in its folder."""

    def __init__(self):
        self.folder = scratch("kaname-test-pg-")
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.process = None
        made = _command(_program("initdb"), "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C",
                        "-D", str(self.folder / "data"))
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self):
        """Starts it and waits until it answers, also after a kill."""
        self.process = subprocess.Popen(
            _command(_program("postgres"), "-D", str(self.folder / "data"), "-c", "listen_addresses=",
                     "-c", f"unix_socket_directories={self.folder}"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
        )
        wait_for("PostgreSQL", self._answers)
        return self

    def _answers(self):
        assert self.process.poll() is None, "PostgreSQL ended at once"
        asked = [_program("pg_isready"), "-q", "-t", "1", "-h", str(self.folder)]
        return subprocess.run(asked, check=False).returncode == 0

    def database(self):
        """The address of a fresh, empty database."""
        name = f"test_{next(_numbers)}"
        subprocess.run([_program("createdb"), "-h", str(self.folder), "-U", "postgres", name], check=True, cwd="/")
        return f"postgresql://{urllib.parse.quote(str(self.folder), safe='')}/{name}?user=postgres"

    def kill(self):
        """`kill -9` of the server and all that works for it, as when the machine stops."""
        if self.process is None:
            return
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        # The first dies first, or it would start its children anew.
        pids = [self.process.pid, *map(int, children.read_text().split())]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process = None
        wait_for("the end of PostgreSQL", lambda: not any(map(_lives, pids)))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
