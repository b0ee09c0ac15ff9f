#!/bin/bash
# gateway/demo.sh [--check] [--build FOLDER]
#
# Shows the whole way of a record on this machine: a broker, the gateway, and one agent that measures this
# machine and reads a sample of dossiers. On a fresh Debian 12, as root or with sudo, it installs and
# builds what is missing. Everything runs on loopback and goes away at the end (Ctrl-C).
#
#   --check         without a terminal: waits until a sample of every probe and all sample dossiers are
#                   committed and acknowledged, kills the gateway with SIGKILL, drops more dossiers,
#                   starts it again, waits, and compares both databases. Exit code 0 when each record
#                   is there exactly once, else 1.
#   --build FOLDER  uses the programs of this build instead of making build/release.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
PATH=$PATH:/usr/sbin:/sbin # Debian's mosquitto is there

check=no
build=
while [[ $# -gt 0 ]]; do
  case $1 in
    --check) check=yes ;;
    --build) build=${2:?--build needs a folder}; shift ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) echo "demo: no option \"$1\". Next: gateway/demo.sh --help lists them." >&2; exit 2 ;;
  esac
  shift
done
fail() { echo "demo: $1" >&2; exit 1; }

if [[ -z $build ]]; then
  source gateway/packaging/debian-packages.sh
  need_packages "${debian_build[@]}" "${debian_run[@]}" || exit 1
  build=$root/build/release
  mkdir -p build
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 # results are shared between clones in different folders
  echo "demo: building (the first time takes some minutes) ..."
  { cmake --preset release && cmake --build --preset release --parallel "$(nproc)" \
      --target xalink-agent xalink-gateway compare_stores; } >build/demo-build.log 2>&1 ||
    { tail -n 40 build/demo-build.log >&2; fail "the build failed, the whole log is build/demo-build.log"; }
fi
agent=$build/agent/xalink-agent
gateway=$build/gateway/xalink-gateway
compare=$build/tests/comparison/compare_stores
for program in "$agent" "$gateway" "$compare"; do
  [[ -x $program ]] || fail "there is no $program. Next: leave --build out, or build that folder first"
done

mkdir -p build
work=$(mktemp -d "$root/build/demo.XXXXXX")
# A socket's path may have 107 bytes, and a folder of sources may be deep.
socket_folder=$(mktemp -d)
outbox=$work/outbox.db
store=$work/gateway.db

declare -A process=()
start() { # start NAME COMMAND...: in the background, with its output in NAME.log
  local name=$1
  shift
  "$@" >>"$work/$name.log" 2>&1 </dev/null &
  process[$name]=$!
}
stop() { # stop SIGNAL NAME...: only what this script started
  local signal=$1 name
  shift
  for name in "$@"; do
    [[ -n ${process[$name]:-} ]] || continue
    kill -s "$signal" "${process[$name]}" 2>/dev/null
    wait "${process[$name]}" 2>/dev/null
    unset "process[$name]"
  done
}
is_alive() { [[ -n ${process[$1]:-} ]] && kill -0 "${process[$1]}" 2>/dev/null; }
finish() {
  local code=$?
  trap - EXIT
  stop TERM agent gateway web broker
  rm -rf "$socket_folder"
  if [[ $code -eq 0 ]]; then
    rm -rf "$work"
  else
    echo "demo: logs and databases are left in $work" >&2
  fi
  exit "$code"
}
trap finish EXIT
trap 'echo; exit 0' INT
trap 'exit 143' TERM

# A port that is free now: whoever loses the race for it ends, and the next one is tried.
start_on_free_port() { # start_on_free_port NAME COMMAND..., PORT in the command stands for the port
  local name=$1 attempt
  shift
  for attempt in {1..20}; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    local command=("${@//PORT/$port}")
    start "$name" "${command[@]}"
    for _ in {1..50}; do
      is_alive "$name" || break
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        is_alive "$name" && return
        break
      fi
      sleep 0.1
    done
    stop TERM "$name"
  done
  cat "$work/$name.log" >&2
  fail "$name found no free port on loopback, its messages are above"
}

# The broker: our own, whatever else of the kind runs here.
serve_mqtt() {
  printf '%s\n' "listener $1 127.0.0.1" "allow_anonymous true" "persistence false" "user $(id -un)" \
    "log_type error" "log_type warning" "log_type notice" >"$work/mosquitto.conf"
  cat gateway/packaging/mosquitto-xalink.conf >>"$work/mosquitto.conf"
  exec mosquitto -c "$work/mosquitto.conf"
}
export -f serve_mqtt
export work
start_on_free_port broker bash -c "serve_mqtt PORT"
broker_port=$port

# A service to reach, so that the probe has a TLS handshake and an answer to time even without internet.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=127.0.0.1" \
  -addext "subjectAltName=IP:127.0.0.1" -keyout "$work/web.key" -out "$work/web.pem" 2>"$work/openssl.log" ||
  { cat "$work/openssl.log" >&2; fail "openssl made no certificate"; }
start_on_free_port web openssl s_server -accept 127.0.0.1:PORT -www -quiet -cert "$work/web.pem" -key "$work/web.key"
web_port=$port

cat >"$work/gateway.toml" <<END
[broker]
url = "mqtt://127.0.0.1:$broker_port"
[store]
file = "$store"
[control]
socket = "$work/gateway.sock"
END
cat >"$work/agent.toml" <<END
[site]
group = "VN-03"
id = "demo"
[broker]
url = "mqtt://127.0.0.1:$broker_port"
[by_exception]
enabled = false  # so that there is something to see
[delivery]
gather_seconds = 0
birth_delay_seconds = 1
reconnect_max_seconds = 5
[outbox]
file = "$outbox"
# These sources may stand in /tmp; nothing of the demo has to outlive a restart.
allow_volatile = true
flush_seconds = 1
# The outbox is looked into while the agent runs.
hold_seconds = 0
[control]
socket = "$socket_folder/agent.sock"
[probe.link]
interval_seconds = 3
[probe.ping]
interval_seconds = 3
count = 3
timeout_seconds = 1
targets = { loopback = "127.0.0.1", gateway = "gateway" }
[probe.tcp]
enabled = false
[probe.dns]
interval_seconds = 4
timeout_seconds = 2
names = { portal = "dichvucong.gov.vn" }
[probe.reach]
interval_seconds = 4
timeout_seconds = 5
ca_file = "$work/web.pem"
services = { demo = "https://127.0.0.1:$web_port/" }
[probe.board]
interval_seconds = 5
[probe.storage]
interval_seconds = 5
[dossiers]
drop_folder = "$work/drop"
scan_seconds = 1
settle_seconds = 0
END
wanted_groups=(Link/% Ping/loopback Ping/gateway DNS/portal Reach/demo Board Storage)
sample=$root/agent/dossiers/sample-dossiers.csv

drop() { # drop FILE AS: complete at once, as the drop folder wants it
  mkdir -p "$work/drop"
  cp "$1" "$work/drop/$2.part" && mv "$work/drop/$2.part" "$work/drop/$2"
}
start_gateway() { start gateway "$gateway" run --config "$work/gateway.toml"; }

start_gateway
start agent "$agent" run --config "$work/agent.toml"
drop "$sample" sample-dossiers.csv

show() {
  while true; do
    local picture
    picture=$("$gateway" boards --config "$work/gateway.toml" 2>&1)
    clear
    cat <<END
xalink demo: one board (this machine), one gateway, broker on 127.0.0.1:$broker_port. Ctrl-C ends it.

$picture

In another terminal:
  $agent status --config $work/agent.toml
  $gateway boards --json --config $work/gateway.toml
  cp $sample $work/drop/
  kill -9 ${process[gateway]}; sleep 20; $gateway run --config $work/gateway.toml
END
    is_alive agent || { tail -n 20 "$work/agent.log"; fail "the agent ended, its last messages are above"; }
    sleep 2
  done
}
if [[ $check == no ]]; then
  show
fi

ask() { sqlite3 -readonly -cmd ".timeout 5000" "$1" "$2" 2>/dev/null; }
# The agent holds its outbox alone, so a copy is looked into. Copied twice alike, the database and its WAL
# were so at one moment.
copy_outbox() { # copy_outbox FILE
  local tries
  rm -f "$1" "$1-wal" "$1-shm"
  for ((tries = 0; tries < 200; ++tries)); do
    { cat "$outbox" >"$1" && cat "$outbox-wal" >"$1-wal"; } 2>/dev/null || return
    cmp -s "$outbox" "$1" && cmp -s "$outbox-wal" "$1-wal" && return
    sleep 0.05
  done
  return 1
}
rows_of() { tail -n +2 "$1" | grep -c '[^[:space:]]'; }

# What the outbox says is still not acknowledged, as words; empty when all of it is.
still_missing() { # still_missing DOSSIERS: how many dossier records there have to be
  local group dossiers
  copy_outbox "$work/outbox-now.db" || { echo -n " a copy of the outbox"; return; }
  for group in "${wanted_groups[@]}"; do
    [[ $(ask "$work/outbox-now.db" "SELECT count(*) FROM records WHERE metric_group LIKE '$group' AND row_id <=
      (SELECT row_id FROM position WHERE lane = records.lane AND what = 'acknowledged')") -gt 0 ]] ||
      echo -n " ${group%/%}"
  done
  dossiers=$(ask "$work/outbox-now.db" "SELECT count(*) FROM records WHERE metric_group = 'Dossier' AND row_id <=
    (SELECT row_id FROM position WHERE lane = 0 AND what = 'acknowledged')")
  [[ ${dossiers:-0} -ge $1 ]] || echo -n " dossiers(${dossiers:-0}/$1)"
}
# wait_for SECONDS WHAT COMMAND...: until COMMAND prints nothing; what it prints is the progress.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2 left told=
  shift 2
  while left=$("$@"); [[ -n $left ]]; do
    is_alive agent || { tail -n 20 "$work/agent.log" >&2; fail "the agent ended, its last messages are above"; }
    [[ $SECONDS -lt $deadline ]] || { tail -n 20 "$work"/{agent,gateway}.log >&2; fail "$what took too long, still missing:$left"; }
    [[ $left == "$told" ]] || echo "demo: $what, still missing:$left"
    told=$left
    sleep 1
  done
}

samples=$(rows_of "$sample")
wait_for 120 "waiting for every probe and $samples sample dossiers" still_missing "$samples"
echo "demo: every probe and all $samples sample dossiers are committed and acknowledged"
"$gateway" boards --config "$work/gateway.toml" || fail "xalink-gateway boards failed"
"$agent" status --config "$work/agent.toml" || fail "xalink-agent status failed"

echo "demo: killing the gateway (SIGKILL), dropping more dossiers"
stop KILL gateway
more=200
# The first row of the sample, again and again under other codes.
awk -v more=$more 'NR == 1 { print } NR == 2 { for (i = 1; i <= more; i++) {
  row = $0; sub(/^[^,]*/, sprintf("H25.99.99-20260101-%04d", i), row); print row } }' "$sample" >"$work/more.csv"
drop "$work/more.csv" more-dossiers.csv
not_read_yet() { [[ -e $work/drop/done/more-dossiers.csv ]] || echo " more-dossiers.csv in done/"; }
wait_for 60 "waiting for the agent to take them in" not_read_yet
is_alive gateway && fail "the gateway survived SIGKILL"

echo "demo: starting the gateway again"
start_gateway
wait_for 120 "waiting for the backlog" still_missing $((samples + more))

# The agent goes on measuring. What it numbered until now has to be there, and is looked at.
copy_outbox "$work/outbox-then.db" || fail "the outbox could not be copied"
not_equal_yet() { "$compare" --older-outbox "$work/outbox-then.db" "$store" >"$work/verdict" 2>"$work/findings" ||
  { [[ $(<"$work/verdict") == *", 0 missing,"* ]] || echo " records"; }; }
wait_for 60 "waiting for the last measurements" not_equal_yet
cat "$work/findings" >&2
if "$compare" --older-outbox "$work/outbox-then.db" "$store" >"$work/verdict" 2>/dev/null; then
  echo "demo: $(<"$work/verdict")"
else
  echo "demo: $(<"$work/verdict")"
  exit 1
fi
