#!/usr/bin/env bash
# Installs this archive; needs no network. As root: a service under /opt/kaname, /etc/kaname and /var/lib/kaname.
# With --prefix DIR: only the files, into DIR, for anybody. Running it again upgrades; data and configuration stay.
set -euo pipefail
cd "$(dirname "$0")"

prefix=/opt/kaname
service=true
if [ "${1:-}" = --prefix ] && [ -n "${2:-}" ]; then
  prefix=$2
  service=false
elif [ $# -gt 0 ]; then
  echo "usage: install.sh [--prefix DIR]" >&2
  exit 2
elif [ "$(id -u)" -ne 0 ]; then
  echo "install.sh: run as root, or with --prefix DIR (rootで実行するか、--prefix を指定してください)" >&2
  exit 1
fi

sha256sum --check --quiet SHA256SUMS
mkdir -p "$prefix/bin"
for folder in models licences docs; do
  mkdir -p "$prefix/$folder"
  cp -R "$folder/." "$prefix/$folder/"
done
cp tools/kaname_verify.py "$prefix/bin/"
# In one step, so that a running server keeps its program until it is restarted.
install -m 0755 bin/kaname "$prefix/bin/.kaname.new"
mv -f "$prefix/bin/.kaname.new" "$prefix/bin/kaname"

if ! $service; then
  echo "Installed. Start it with: KANAME_MODELS=$prefix/models $prefix/bin/kaname serve"
  exit 0
fi

id kaname >/dev/null 2>&1 || useradd --system --home-dir /var/lib/kaname --shell /usr/sbin/nologin kaname
install -d -o kaname -g kaname -m 0700 /var/lib/kaname
mkdir -p /etc/kaname
if [ ! -e /etc/kaname/kaname.toml ]; then
  printf '%s\n' 'data_dir = "/var/lib/kaname"' "models_dir = \"$prefix/models\"" '' \
    '[http]' 'listen = "127.0.0.1:8080"' > /etc/kaname/kaname.toml
fi
if command -v systemctl >/dev/null && [ -d /etc/systemd/system ]; then
  install -m 0644 kaname.service /etc/systemd/system/kaname.service
  systemctl daemon-reload || true
  echo "Installed. Start it with: systemctl enable --now kaname; the set-up link: journalctl -u kaname"
  echo "(起動: systemctl enable --now kaname、初期設定のリンク: journalctl -u kaname)"
else
  echo "Installed. Start it with: KANAME_CONFIG=/etc/kaname/kaname.toml $prefix/bin/kaname serve"
fi
