#!/usr/bin/env bash
# The fast tier, in the order in which a fault is cheapest to find.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
python=$SETUP/venv/bin/python

say "Python: what set-up refuses, and the stand-alone verifier"
"$python" -m unittest discover -s scripts/setup -p 'test_*.py'
"$python" -m unittest discover -s tests/verify

say "Web: types, messages, parts"
(cd web && npm run check && npm run test)
scripts/web.sh

say "Rust: format, lints, tests"
cargo fmt --all --check
cargo clippy --workspace --all-targets --quiet -- -D warnings
cargo test --workspace --no-fail-fast
# Same features as the tests, so that nothing is built twice.
cargo build --workspace --bins --tests

scripts/e2e.sh fast
