#!/bin/bash
# tests/house_test.sh [FOLDER]: rules of the house that a compiler does not know. Each broken one is
# told with its place; ends with 1 if there is any.
set -uo pipefail
cd "${1:-$(dirname "$0")/..}" || exit 2

broken=0
# forbid RULE NEXT LINES: LINES ("file:line:text") are the places where the rule is broken.
forbid() {
  [[ -n $3 ]] || return 0
  broken=1
  echo "$1"
  sed 's/^/    /' <<<"$3"
  echo "    Next: $2"
}
sources() { find "$@" -name '*.hpp' -o -name '*.cpp' | sort; }
search() { # search PATTERN FILE...
  local pattern=$1
  shift
  [[ $# -eq 0 ]] || grep -nHE "$pattern" "$@"
}

mapfile -t sparkplug < <(sources sparkplug)
mapfile -t agent < <(sources agent)
mapfile -t gateway < <(sources gateway)
mapfile -t all < <(sources sparkplug agent gateway tests)
for part in sparkplug agent gateway; do
  declare -n files=$part
  if [[ ${#files[@]} -eq 0 ]]; then
    echo "No sources in $part/: is $PWD the root of the sources?"
    exit 2
  fi
done

forbid "The agent includes the gateway." "move what both need to sparkplug/, if it is part of the contract" \
  "$(search '#include ["<]gateway/' "${agent[@]}")"
forbid "The gateway includes the agent." "move what both need to sparkplug/, if it is part of the contract" \
  "$(search '#include ["<]agent/' "${gateway[@]}")"
forbid "The contract includes one of its users." "sparkplug/ holds only what both ends must agree on" \
  "$(search '#include ["<](agent|gateway)/' "${sparkplug[@]}")"
forbid "The contract includes SQLite." "databases belong to agent/outbox and gateway/store" \
  "$(search '#include [<"](sqlite3|SQLiteCpp)' "${sparkplug[@]}")"
others() { # others NAME...: all sources but those
  local file
  for file in "${all[@]}"; do
    [[ " $* " == *" ${file##*/} "* ]] || echo "$file"
  done
}
# Tests may speak to a broker with Paho themselves: then it does not share our session's mistakes.
mapfile -t files < <(others paho_session.cpp | grep -v '^tests/')
forbid "Paho is known outside sparkplug/paho_session.cpp." "use sparkplug/session.hpp" \
  "$(search '#include [<"](mqtt/|MQTT)' "${files[@]}")"
mapfile -t files < <(others payload.cpp | grep -v '^tests/')
forbid "Protobuf is known outside sparkplug/payload.cpp." "use sparkplug/payload.hpp" \
  "$(search '#include [<"](sparkplug_b\.pb\.h|google/protobuf)' "${files[@]}")"
mapfile -t files < <(others asio_clock.cpp | grep -v '^tests/')
forbid "The time is asked for outside sparkplug/asio_clock.cpp." "take a Clock in the constructor" \
  "$(search '(steady_clock|system_clock)::now\(\)' "${files[@]}" | grep -vE '^[^:]+:[0-9]+: *//')"
forbid "The whole of Asio is included." "include the specific header, boost/asio/<what>.hpp" \
  "$(search '#include [<"]boost/asio\.hpp' "${all[@]}")"
forbid "A namespace is emptied into a header." "write the names out" \
  "$(search '^using namespace ' "${all[@]}" | grep '\.hpp:')"
forbid "A header guards itself by other means than #pragma once." "begin it with #pragma once" \
  "$(grep -L '^#pragma once' "${all[@]}" | grep '\.hpp$')"
forbid "A file has a name that says nothing." "name it after the one idea in it" \
  "$(printf '%s\n' "${all[@]}" | grep -E '/([a-z_]*_)?(utils?|common|helpers?|managers?)(_[a-z_]*)?\.(hpp|cpp)$')"
forbid "Something is left to do." "do it, or open an issue" \
  "$(search '\b(TODO|FIXME|XXX)\b' "${all[@]}")"

[[ $broken -eq 0 ]] && echo "house: ${#all[@]} sources keep the rules"
exit $broken
