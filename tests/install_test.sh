#!/bin/bash
# tests/install_test.sh BUILD PREFIX PROGRAM...: installs to an empty root and starts what stands there.
set -euo pipefail
build=$1
prefix=$2
shift 2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

DESTDIR=$root cmake --install "$build" >/dev/null
for program in "$@"; do
  said=$("$root$prefix/bin/$program" --version)
  echo "$program --version: $said"
  [[ $said =~ [0-9]+\.[0-9]+\.[0-9]+ ]] || { echo "that names no version"; exit 1; }

  example=$root$prefix/share/xalink/${program#xalink-}.example.toml
  [[ -s $example ]] || { echo "no example configuration at $example"; exit 1; }

  unit=$root$prefix/lib/systemd/system/$program.service
  started=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
  [[ -x $root$started ]] || { echo "$unit starts $started, which is not installed"; exit 1; }
  if command -v systemd-analyze >/dev/null; then
    systemd-analyze security --offline=yes --no-pager --threshold=20 "$unit" | tail -1
  fi
done
unneeded=$(cd "$root" && find . -type f ! -path ".$prefix/bin/xalink-*" ! -path ".$prefix/share/xalink/*" \
  ! -path ".$prefix/lib/systemd/system/xalink-*.service" \
  ! -path ".$prefix/share/polkit-1/rules.d/60-xalink-agent.rules")
[[ -z $unneeded ]] || { echo "also installed, and not expected:"; echo "$unneeded"; exit 1; }
