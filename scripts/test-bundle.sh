#!/usr/bin/env bash
# Installs the newest archive into an empty folder and does the main job with it, without any route to a network.
set -euo pipefail
. "$(dirname "$0")/env.sh"

archive=${1:-$(ls -t "$ROOT"/dist/kaname-*.tar.gz | head -n 1)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -xzf "$archive" -C "$folder"
test_program=$ROOT/scripts/test_bundle.py

if unshare --net true 2>/dev/null; then
  away=(unshare --net)
elif unshare --user --map-root-user --net true 2>/dev/null; then
  away=(unshare --user --map-root-user --net)
else
  fail "this machine lets nobody make a network namespace: run make bundle as root"
fi
say "Testing $(basename "$archive") without a route (ネットワークなしで試します)"
"${away[@]}" env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$folder" LANG=C.UTF-8 \
  python3 "$test_program" "$folder"/kaname-*/ "$folder/installed"
