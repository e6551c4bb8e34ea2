# Sourced by every script: where things are, and what the build is given. Sets nothing that is set already.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SETUP=$ROOT/.setup
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/kaname/target}
export KANAME_MODELS=${KANAME_MODELS:-${XDG_DATA_HOME:-$HOME/.local/share}/kaname/models}
# Programs that set-up brought because the system's were too old.
case ":$PATH:" in
  *":$SETUP/bin:"*) ;;
  *) export PATH=$SETUP/bin:$PATH ;;
esac
if [ -x "$HOME/.cargo/bin/cargo" ] && ! command -v cargo >/dev/null; then
  export PATH=$HOME/.cargo/bin:$PATH
fi
# The engine's C++ takes minutes to build: ccache makes that once.
if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER:-ccache}
  export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER:-ccache}
fi

# Clones share the build folder, and cargo tells their crates apart by time alone: what another clone
# built last would pass for this one's, with that one's paths in it.
if [ -d "$CARGO_TARGET_DIR" ] && [ "$(cat "$CARGO_TARGET_DIR/.clone" 2>/dev/null)" != "$ROOT" ]; then
  find "$ROOT/crates" "$ROOT/xtask" "$ROOT/bench" -name '*.rs' -exec touch {} +
  printf '%s\n' "$ROOT" > "$CARGO_TARGET_DIR/.clone"
fi

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() { printf '\nkaname: %s\n' "$*" >&2; exit 1; }

# Whether $1 (a version) is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }
