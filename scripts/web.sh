#!/usr/bin/env bash
# Builds the web app into web/build, unless what it is made of has not changed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT/web"

mkdir -p "$SETUP"
stamp=$SETUP/web-sources
wanted=$(find src static messages package-lock.json svelte.config.js vite.config.ts tsconfig.json -type f -print0 \
  | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
if [ -f build/200.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  note "The web app is up to date."
  exit 0
fi
say "Building the web app (画面を作ります)"
npm run build
echo "$wanted" > "$stamp"
# The list of embedded files is read when this source is compiled.
touch "$ROOT/crates/server/src/assets.rs"
