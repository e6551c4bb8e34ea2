"""A disk without power: rebuilds from a trace of system calls what a cut would leave of a folder.

The rules, as a careful file system keeps them and a careless program forgets them:
bytes last once the file is synced; a new name lasts once its folder, or the new file itself, is
synced (and so do the folders above it); a rename or a removal lasts once the folder is synced.
Whatever else was written may be lost, kept, or torn, in any combination.
"""

import bisect
import functools
import os
import pathlib
import re

TRACED = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,fallocate,fsync,fdatasync,"
    "sync_file_range,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,close,dup,dup2,dup3,fcntl,link,linkat"
)
SECTOR = 512
LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
CALL = re.compile(r"^(\w+)\((.*)\) += +(-?\d+|\?)(?:<[^>]*>)?(?: (E\w+) \([^)]*\)| \([^)]*\))?(?: <(\d+\.\d+)>)?$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def strace(log):
    """The command that traces what follows it into `log`."""
    return ["strace", "-f", "--seccomp-bpf", "-ttt", "-T", "-xx", "-s", "16777216", "-e", f"trace={TRACED}",
            "-e", "signal=none", "-o", str(log)]


def unescape(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Call:
    """One finished system call: name, arguments as text, result, begin and end in seconds."""

    def __init__(self, name, arguments, result, begin, end):
        self.name, self.arguments, self.result = name, arguments, result
        self.begin, self.end = begin, end
        # A number that was closed may be given out again before the close is seen to have ended.
        self.order = begin if name == "close" else end

    @functools.cached_property
    def data(self):
        """The bytes that were written."""
        return b"".join(unescape(text) for text in STRING.findall(self.arguments))[:self.result]


def read_trace(log):
    """The calls that succeeded, in the order in which they ended."""
    calls, open_halves = [], {}
    with open(log, encoding="ascii") as lines:
        for line in lines:
            matched = LINE.match(line.rstrip("\n"))
            if not matched:
                continue
            process, stamp, text = matched[1], float(matched[2]), matched[3]
            if text.endswith("<unfinished ...>"):
                open_halves[process] = (stamp, text.removesuffix("<unfinished ...>").rstrip())
                continue
            begin = stamp
            resumed = re.match(r"^<\.\.\. \w+ resumed>(.*)$", text)
            if resumed:
                if process not in open_halves:
                    continue
                begin, head = open_halves.pop(process)
                text = head + resumed[1]
            found = CALL.match(text)
            if not found or found[3] == "?" or found[4] or int(found[3]) < 0:
                continue
            end = stamp if resumed else begin + float(found[5] or 0)
            calls.append(Call(found[1], found[2], int(found[3]), begin, end))
    calls.sort(key=lambda call: call.order)
    # A new process begins without any open file.
    return [Call("execve", "", 0, calls[0].begin, calls[0].begin), *calls] if calls else []


class File:
    """A file's bytes: those that last, and the changes that may not."""

    def __init__(self):
        self.lasting = bytearray()
        self.pending = []  # (end, kind, offset, data)
        self.size = 0

    def write(self, end, offset, data):
        self.pending.append((end, "write", offset, data))
        self.size = max(self.size, offset + len(data))

    def truncate(self, end, size):
        self.pending.append((end, "truncate", size, b""))
        self.size = size

    def sync(self, begin):
        """Everything that had ended when the sync began now lasts."""
        rest = []
        for change in self.pending:
            if change[0] <= begin:
                apply(self.lasting, change)
            else:
                rest.append(change)
        self.pending = rest

    def after_cut(self, rng):
        """The bytes after a cut; with `rng`, some pending changes got through, whole or torn."""
        data = bytearray(self.lasting)
        if rng is None:
            return data
        how = rng.random()
        keep = rng.randrange(len(self.pending) + 1)
        for place, change in enumerate(self.pending):
            kept = place < keep if how < 0.5 else rng.random() < 0.5
            if kept:
                apply(data, torn(change, rng))
        return data


def torn(change, rng):
    """A change as it came, or, one time in three, broken off or with a hole at a sector's edge."""
    end, kind, offset, data = change
    if kind != "write" or len(data) <= SECTOR or rng.random() < 0.66:
        return change
    edge = rng.randrange(1, (len(data) + SECTOR - 1) // SECTOR) * SECTOR
    if rng.random() < 0.5:
        return (end, kind, offset, data[:edge])
    return (end, kind, offset + edge, data[edge:])


def apply(data, change):
    _, kind, offset, new = change
    if kind == "truncate":
        if offset < len(data):
            del data[offset:]
        else:
            data.extend(bytes(offset - len(data)))
        return
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset:offset + len(new)] = new


class Folder:
    """A folder's names: those that last, and those that programs see."""

    def __init__(self):
        self.lasting, self.seen = {}, {}
        self.pending = []  # (end, name, node or None)

    def set(self, end, name, node):
        if node is None:
            self.seen.pop(name, None)
        else:
            self.seen[name] = node
        self.pending.append((end, name, node))

    def sync(self, begin, only=None):
        """Makes names last: all that had changed when the sync began, or the new names of one node."""
        rest = []
        for change in self.pending:
            end, name, node = change
            if end <= begin and (only is None or node is only):
                put(self.lasting, name, node)
                # What the name stood for before cannot come back.
                rest = [earlier for earlier in rest if earlier[1] != name]
            else:
                rest.append(change)
        self.pending = rest


def put(names, name, node):
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


class Disk:
    """The folder `root` while a traced program works on it."""

    def __init__(self, root, ignore_sync=False):
        self.root = os.path.normpath(root)
        self.top = Folder()
        self.ignore_sync = ignore_sync
        self.descriptors = {}  # number -> [node, offset, appends, parent folders, name]
        self.fresh = set()  # files whose name came by creation, not by a rename, by number
        self.known = []  # every file, so that no number is given out again

    def run(self, calls, until):
        """Does what had ended at `until`; what was only begun counts as a write that may be torn."""
        for call in calls:
            if call.order > until:
                break
            handler = getattr(self, f"_{call.name}", None)
            if handler:
                handler(call, call.arguments)
        for call in calls[bisect.bisect_right(calls, until, key=lambda call: call.order):]:
            if call.begin <= until and call.name in ("write", "pwrite64", "writev"):
                getattr(self, f"_{call.name}")(call, call.arguments)
        return self

    def rebuild(self, target, rng=None):
        """Writes what a cut leaves into `target`. With `rng`, some of what was pending is kept."""
        target = pathlib.Path(target)
        target.mkdir(parents=True)
        self._rebuild(self.top, target, rng)

    def _rebuild(self, folder, target, rng):
        names = dict(folder.lasting)
        if rng is not None:
            # Names are kept in order: a journal never keeps a later change without an earlier one.
            for _, name, node in folder.pending[:rng.randrange(len(folder.pending) + 1)]:
                put(names, name, node)
        for name, node in names.items():
            if isinstance(node, Folder):
                (target / name).mkdir()
                self._rebuild(node, target / name, rng)
            else:
                (target / name).write_bytes(node.after_cut(rng))

    def _inside(self, path, arguments=""):
        """The names from the root down, or None for what is elsewhere."""
        if not path.startswith("/"):
            number = re.match(r"\d+", arguments)
            base = number and self.descriptors.get(int(number[0]))
            if not base:
                return None
            path = "/".join([self.root, *(base[4] or []), path])
        path = os.path.normpath(path)
        if path == self.root:
            return []
        if not path.startswith(self.root + "/"):
            return None
        return path[len(self.root) + 1:].split("/")

    def _walk(self, names):
        """The folders from the root down to the one that holds the last name."""
        folders = [self.top]
        for name in names[:-1]:
            node = folders[-1].seen.get(name)
            if not isinstance(node, Folder):
                return None
            folders.append(node)
        return folders

    def _execve(self, _call, _arguments):
        self.descriptors.clear()

    def _paths(self, arguments):
        return [unescape(text).decode() for text in STRING.findall(arguments)]

    def _openat(self, call, arguments):
        path = self._paths(arguments)[0]
        names = self._inside(path, arguments)
        self.descriptors.pop(call.result, None)
        if names is None:
            return
        if not names:
            self.descriptors[call.result] = [self.top, 0, False, [], None]
            return
        folders = self._walk(names)
        if folders is None:
            return
        node = folders[-1].seen.get(names[-1])
        if node is None:
            if "O_CREAT" not in arguments:
                return
            node = File()
            self.known.append(node)
            self.fresh.add(id(node))
            folders[-1].set(call.end, names[-1], node)
        elif "O_TRUNC" in arguments and isinstance(node, File):
            node.truncate(call.end, 0)
        self.descriptors[call.result] = [node, 0, "O_APPEND" in arguments, folders, names]

    _open = _openat
    _creat = _openat

    def _descriptor(self, arguments):
        found = self.descriptors.get(int(re.match(r"-?\d+", arguments)[0]))
        return found if found and isinstance(found[0], File) else None

    def _write(self, call, arguments):
        found = self._descriptor(arguments)
        if found:
            node, offset, appends = found[:3]
            offset = node.size if appends else offset
            node.write(call.end, offset, call.data)
            found[1] = offset + call.result

    _writev = _write

    def _pwrite64(self, call, arguments):
        found = self._descriptor(arguments)
        if found:
            offset = int(arguments.rsplit(",", 1)[1])
            found[0].write(call.end, offset, call.data)

    _pwritev = _pwrite64

    def _lseek(self, call, arguments):
        found = self._descriptor(arguments)
        if found:
            found[1] = call.result

    def _ftruncate(self, call, arguments):
        found = self._descriptor(arguments)
        if found:
            found[0].truncate(call.end, int(arguments.rsplit(",", 1)[1]))

    def _fallocate(self, call, arguments):
        found = self._descriptor(arguments)
        if found:
            _, mode, offset, length = arguments.split(",")
            end = int(offset) + int(length)
            if mode.strip() == "0" and end > found[0].size:
                found[0].truncate(call.end, end)

    def _fsync(self, call, arguments):
        found = self.descriptors.get(int(re.match(r"-?\d+", arguments)[0]))
        if not found or self.ignore_sync:
            return
        node, _, _, folders, names = found
        node.sync(call.begin)
        # The folders above come along, and the name itself where the file is new.
        above = [(folder, child) for folder, child in zip(folders, [*folders[1:], None]) if child]
        for folder, child in above:
            folder.sync(call.begin, only=child)
        if folders and (isinstance(node, Folder) or id(node) in self.fresh):
            folders[-1].sync(call.begin, only=node)

    _fdatasync = _fsync

    def _close(self, _call, arguments):
        self.descriptors.pop(int(re.match(r"-?\d+", arguments)[0]), None)

    def _dup(self, call, arguments):
        found = self.descriptors.get(int(re.match(r"-?\d+", arguments)[0]))
        self.descriptors.pop(call.result, None)
        if found:
            self.descriptors[call.result] = found

    _dup2 = _dup
    _dup3 = _dup

    def _fcntl(self, call, arguments):
        if "F_DUPFD" in arguments:
            self._dup(call, arguments)

    def _mkdir(self, call, arguments):
        names = self._inside(self._paths(arguments)[0], arguments)
        folders = names and self._walk(names)
        if folders:
            folders[-1].set(call.end, names[-1], Folder())

    _mkdirat = _mkdir

    def _rename(self, call, arguments):
        old, new = (self._inside(path) for path in self._paths(arguments)[:2])
        if not old or not new:
            return
        source, target = self._walk(old), self._walk(new)
        node = source and source[-1].seen.get(old[-1])
        if node is None or target is None:
            return
        source[-1].set(call.end, old[-1], None)
        target[-1].set(call.end, new[-1], node)
        self.fresh.discard(id(node))

    _renameat = _rename
    _renameat2 = _rename

    def _link(self, call, arguments):
        old, new = (self._inside(path) for path in self._paths(arguments)[:2])
        if old and new:
            node = self._walk(old)[-1].seen.get(old[-1])
            if node is not None:
                self._walk(new)[-1].set(call.end, new[-1], node)

    _linkat = _link

    def _unlink(self, call, arguments):
        names = self._inside(self._paths(arguments)[0], arguments)
        folders = names and self._walk(names)
        if folders and names[-1] in folders[-1].seen:
            folders[-1].set(call.end, names[-1], None)

    _unlinkat = _unlink
