#!/usr/bin/env bash
# The heavy tier: every journey and every suite under tests/ that is too long for each change.
# SEED picks the random choices and is printed; SAMPLE (0 < SAMPLE <= 1) is the share of the work to do.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"

export SEED=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
export SAMPLE=${SAMPLE:-1}
export KANAME_BIN=${KANAME_BIN:-$CARGO_TARGET_DIR/debug/kaname}
say "Proof with SEED=$SEED SAMPLE=$SAMPLE (repeat with: make proof SEED=$SEED SAMPLE=$SAMPLE)"

# The verifier's suite belongs to the fast tier.
for suite in tests/*/; do
  suite=${suite%/}
  if [ "$suite" = tests/verify ] || ! compgen -G "$suite/test_*.py" >/dev/null; then continue; fi
  say "Suite $suite"
  "$SETUP/venv/bin/python" -m unittest discover -v -s "$suite"
done

if [ "$SAMPLE" = 1 ]; then
  scripts/e2e.sh all
else
  # A sample takes one seeded part of the long journeys; the main ones ran in the fast tier.
  tests=$(grep -c 'test(' web/e2e/pages.spec.ts)
  parts=$(python3 -c 'import sys; print(min(int(sys.argv[2]), round(1 / float(sys.argv[1]))))' "$SAMPLE" "$tests")
  scripts/e2e.sh pages --fully-parallel "--shard=$((SEED % parts + 1))/$parts"
fi
