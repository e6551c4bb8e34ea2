#!/usr/bin/env python3
"""Collect the licences of everything that is in the binary: Rust packages and what the web app is made of.

Usage: licences.py FOLDER. Reads only what is on this machine. Fails on a package that names no licence.
"""

import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAMES = ("licen", "copying", "notice", "copyright", "unlicense")


def copy_texts(source, target):
    texts = [path for path in sorted(source.iterdir()) if path.is_file() and path.name.lower().startswith(NAMES)]
    for path in texts:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / path.name)


def shipped(metadata):
    """The ids of the packages that the binary is built from: normal and build dependencies."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    todo = [package["id"] for package in metadata["packages"] if package["name"] == "kaname-server"]
    found = set()
    while todo:
        current = todo.pop()
        if current in found:
            continue
        found.add(current)
        for dependency in nodes[current]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                todo.append(dependency["pkg"])
    return found


def rust(folder):
    command = ["cargo", "metadata", "--offline", "--format-version", "1",
               "--filter-platform", "x86_64-unknown-linux-gnu"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    wanted = shipped(metadata)
    for package in sorted(metadata["packages"], key=lambda package: package["name"]):
        if package["id"] not in wanted or package["source"] is None:
            continue
        title = f"{package['name']}-{package['version']}"
        copy_texts(pathlib.Path(package["manifest_path"]).parent, folder / title)
        yield title, package["license"] or package["license_file"]


def web(folder):
    for manifest in ("svelte", "@sveltejs/kit", "@digital-go-jp/design-tokens"):
        source = ROOT / "web" / "node_modules" / manifest
        package = json.loads((source / "package.json").read_text(encoding="utf-8"))
        title = f"{package['name']}-{package['version']}"
        copy_texts(source, folder / title.replace("/", "__"))
        yield title, package.get("license")


def main(target):
    rows = [*rust(target / "rust"), *web(target / "web")]
    unnamed = [title for title, licence in rows if not licence]
    if unnamed:
        sys.exit(f"no licence is named by: {', '.join(unnamed)}")
    target.mkdir(parents=True, exist_ok=True)
    lines = [f"{title}\t{licence}" for title, licence in rows]
    (target / "THIRD-PARTY.tsv").write_text("\n".join(["package\tlicence", *lines]) + "\n", encoding="utf-8")
    print(f"licences of {len(rows)} packages")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
