#!/bin/sh
# Installs what package-lock.json names into ./node_modules, unless just that is installed already.
set -eu
if [ -d node_modules ] && cmp -s package-lock.json node_modules/.installed-from; then exit 0; fi
"$1" ci --ignore-scripts --no-audit --no-fund
cp package-lock.json node_modules/.installed-from
