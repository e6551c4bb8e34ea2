#!/usr/bin/env bash
# Makes dist/kaname-<version>-linux-x86_64.tar.gz: binary with the web app, models, dictionary, licences, unit, installer.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=kaname-$version-linux-$(uname -m)
folder=dist/$name

say "Building the release (配布物を作ります)"
cargo build --release --workspace --bin kaname
kaname=$CARGO_TARGET_DIR/release/kaname

rm -rf "$folder"
mkdir -p "$folder"/{bin,models,docs,tools,licences}
cp "$kaname" "$folder/bin/"
# The compiled dictionary goes along, so that the installed folder may be read-only.
"$kaname" model fetch
for model in use-multilingual-v3 ipadic; do cp -R "$KANAME_MODELS/$model" "$folder/models/"; done
find "$folder/models" -name '*.part' -delete
cp packaging/install.sh packaging/kaname.service "$folder/"
cp tools/verify/kaname_verify.py "$folder/tools/"
cp -R docs/user docs/errors docs/ledger "$folder/docs/"
cp README.md README.ja.md CHANGELOG.md SECURITY.md LICENSE "$folder/"
python3 scripts/licences.py "$folder/licences"
(cd "$folder" && find . -type f ! -name SHA256SUMS -print0 | LC_ALL=C sort -z | xargs -0 sha256sum > SHA256SUMS)
tar --sort=name --owner=0 --group=0 --numeric-owner -C dist -czf "dist/$name.tar.gz" "$name"
rm -rf "$folder"
(cd dist && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
