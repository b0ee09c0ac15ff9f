#!/bin/bash
# fleet_bench.sh FLEET_MAKER GATEWAY COMMUNES FOLDER: a year of 193 boards, made once, and the time and memory of
# each kind of report on all of it and on one month of it.
set -euo pipefail
maker=$1 gateway=$2 communes=$3 folder=$4
config=$folder/gateway.toml
if ! [[ -e $folder/complete ]]; then
  rm -rf "$folder"
  "$maker" "$folder" --communes "$communes"
  "$gateway" communes import --config "$config" "$communes" "$folder/sites.csv"
  touch "$folder/complete"
fi
du -h "$folder/gateway.db"
printf '%-12s %-8s %10s %10s\n' report period seconds MiB
for kind in $("$gateway" report --help | sed -n 's/^  REPORT .*Which: //p' | tr -d ,); do
  for period in 2024 2024-09; do
    /usr/bin/time -f '%e %M' -o "$folder/time" "$gateway" report "$kind" --config "$config" --period "$period" \
      --format xlsx,html,csv,json -o "$folder/reports/$kind" >/dev/null
    awk -v kind="$kind" -v period="$period" '{ printf "%-12s %-8s %10.1f %10.0f\n", kind, period, $1, $2 / 1024 }' \
      "$folder/time"
  done
done
