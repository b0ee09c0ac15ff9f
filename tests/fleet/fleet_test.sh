#!/bin/bash
# fleet_test.sh FLEET_MAKER GATEWAY COMMUNES: each kind of report of a simulated month of five communes, by the
# real program, twice: both times the same bytes. Two pages are read in a real browser.
set -euo pipefail
maker=$1 gateway=$2 communes=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$maker" "$folder" --communes "$communes" --boards 5 --from 2024-09-01 --days 30
config=$folder/gateway.toml
"$gateway" communes import --config "$config" "$communes" "$folder/sites.csv"
kinds=$("$gateway" report --help | sed -n 's/^  REPORT .*Which: //p' | tr -d ,)
for kind in $kinds; do
  for by in commune district region province; do
    for time in first second; do
      "$gateway" report "$kind" --config "$config" --period 2024-09 --by "$by" --format csv,json --lang vi \
        -o "$folder/$time/$kind-$by"
    done
    diff -r "$folder/first/$kind-$by" "$folder/second/$kind-$by"
  done
  "$gateway" report "$kind" --config "$config" --period 2024-Q3 --format xlsx,html,geojson --lang en \
    -o "$folder/other/$kind"
done
python3 - "$folder" <<'PYTHON'
import json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("first/*/*.json"))
assert files, "no report was made"
for file in files:
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told, file
print(len(files), "reports")
PYTHON
"$(dirname "$0")"/read_in_browser.py "$folder"/other/investment/*.html "$folder"/other/outages/*.html
