#!/bin/bash
# fleet_test.sh FLEET_MAKER GATEWAY COMMUNES: each kind of report of a simulated month of five communes, by the
# real program, twice: both times the same bytes. Two pages are read in a real browser. At last the gateway removes
# rows ([records] keep_days), and every report but for its count of them says what it said before.
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

# Rows that came more than a day ago go: by a real gateway, whose broker nobody runs. Only the note about them is new.
sed -i 's#^url = .*#url = "mqtt://127.0.0.1:1"#' "$config"
printf '[records]\nkeep_days = 1\n' >>"$config"
"$gateway" run --config "$config" >"$folder/gateway.log" 2>&1 &
gateway_process=$!
for _ in {1..600}; do
  if grep -q 'were removed$' "$folder/gateway.log"; then break; fi
  sleep 0.2
done
kill -INT $gateway_process
wait $gateway_process
grep 'were removed$' "$folder/gateway.log" || { cat "$folder/gateway.log"; exit 1; }
see_that_figures_stand() {
  for kind in $kinds; do
    if [[ $kind == fleet ]]; then continue; fi  # boards as they stand today
    "$gateway" report "$kind" --config "$config" --period 2024-09 --by commune --format csv --lang vi \
      -o "$folder/$1/$kind-commune"
    diff -r --exclude='*.json' -I 'keep_days' "$folder/first/$kind-commune" "$folder/$1/$kind-commune"
  done
  grep -q 'keep_days' "$folder/$1"/outages-commune/*about*
}
see_that_figures_stand removed
"$gateway" rebuild --config "$config" --lang en
see_that_figures_stand rebuilt
