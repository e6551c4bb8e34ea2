#!/usr/bin/env bash
# Runs every measurement in bench/ against the binary that was built, and prints the numbers.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"

export KANAME_BIN=${KANAME_BIN:-$CARGO_TARGET_DIR/debug/kaname}
compgen -G 'bench/*.py' >/dev/null || fail "bench/ holds no measurement"
for measurement in bench/*.py; do
  say "$measurement"
  "$SETUP/venv/bin/python" "$measurement"
done
