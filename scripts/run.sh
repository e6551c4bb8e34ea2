#!/usr/bin/env bash
# Starts Kaname from this tree. With DEMO=1 the fictional town is loaded first; once is enough.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"

kaname=${KANAME_BIN:-$CARGO_TARGET_DIR/debug/kaname}
if [ "${DEMO:-0}" = 1 ]; then
  say "Loading the demo town (架空の町のデータを読み込みます)"
  "$kaname" demo load
fi
say "Starting; Ctrl+C stops (起動します。Ctrl+Cで終了します)"
exec "$kaname" serve
