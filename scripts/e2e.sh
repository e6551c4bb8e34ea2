#!/usr/bin/env bash
# The browser journeys against a real, empty server in a folder of its own. Builds nothing.
# `fast`: the main journeys. `pages`: every page × language × theme. `all`: both. Further words go to Playwright.
set -euo pipefail
. "$(dirname "$0")/env.sh"

tier=${1:-fast}
shift || true
kaname=${KANAME_BIN:-$CARGO_TARGET_DIR/debug/kaname}
[ -x "$kaname" ] || fail "$kaname is not there: make build"
export KANAME_CHROMIUM=${KANAME_CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
[ -n "$KANAME_CHROMIUM" ] || fail "no Chromium: make setup-test"

folder=$(mktemp -d)
server=
stop() {
  local code=$?
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [ "$code" -ne 0 ] && [ -s "$folder/log" ]; then
    note "The end of the server's log:"
    tail -n 40 "$folder/log"
  fi
  rm -rf "$folder"
}
trap stop EXIT

# Port 0: the system picks a free one, and the first lines of the server say which.
mkfifo "$folder/says"
KANAME_LISTEN=127.0.0.1:0 KANAME_DATA_DIR=$folder/data KANAME_LOG=${KANAME_LOG:-warn} \
  "$kaname" serve --json > "$folder/says" 2> "$folder/log" &
server=$!
exec 3< "$folder/says"
said=
while IFS= read -r -t 60 -u 3 line; do
  said+=$line
  [ "$line" = "}" ] && break
done
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[1]).get(sys.argv[2]) or "")' "$said" "$1"; }
[ -n "$said" ] || fail "the server did not start"
KANAME_URL=$(field url)
link=$(field set_up_url)
export KANAME_URL KANAME_SET_UP_TOKEN=${link##*token=}

cd "$ROOT/web"
say "Browser journeys ($tier) against $KANAME_URL"
specs=()
for spec in e2e/*.spec.ts; do
  case $tier:$spec in
    all:* | pages:e2e/pages.* | fast:*) if [ "$tier:$spec" != fast:e2e/pages.spec.ts ]; then specs+=("$spec"); fi ;;
  esac
done
npx playwright test "${specs[@]}" "$@"
