#!/bin/bash
# tests/run.sh [COMMAND...]
#
# On a fresh Debian 12 machine, as root or with sudo: installs what is missing, builds, and tests.
#
#   (nothing)  all of it: unit asan tsan cross fuzz
#   unit       every test, of a build in which a warning is an error
#   asan       the tests under AddressSanitizer and UndefinedBehaviorSanitizer, without those labelled slow or faults
#   tsan       the tests of what has threads (sessions, store threads, recorders) under ThreadSanitizer
#   cross      the agent for arm64 and armhf, and under qemu-user those of its tests that another processor can
#              change; nothing is installed for it but compilers, the libraries go to build/sysroot
#   faults     the fault suite alone: power cuts, damage, full disks, links as they are; prints its tables.
#              --hours N repeats it with ever new seeds for N hours (0.5 is half an hour)
#   fuzz       libFuzzer on everything that comes from outside: payloads, topics, STATE, CSV, configurations,
#              export files, what the stores read back (tests/fuzz). --seconds N gives each target N seconds
#              (default 10). An input that breaks a claim is kept under build/fuzz-findings/TARGET, with the
#              command that repeats it; what is found on the way stays in build/fuzz-corpus for the next time
#   bench      the benchmarks: a month on the wire, drain, and wear of the card (needs root for a loop device);
#              three tables
#              (not part of "all": they want a quiet machine and minutes)
#   tidy       clang-tidy over our sources (not part of "all": about 9 s a file)
#
# Everything it makes is in build/. One test alone:
#   ctest --preset ci -R Outbox          (after `unit`; `ctest --preset ci -N` lists them)
# A randomised fault comes back with the seed that the failed test printed:
#   XALINK_FAULT_SEED=SEED ctest --preset ci -R Outbox
# JOBS=N sets how many compilers and tests run at a time (default: one for each processor).
set -uo pipefail
cd "$(dirname "$0")/.."
source gateway/packaging/debian-packages.sh

# Compilers' results are shared between clones in different folders.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
jobs=${JOBS:-$(nproc)}
summary=()
failed=0

# phase NAME COMMAND...: runs it, remembers how it ended and how long it took.
phase() {
  local name=$1 begin=$SECONDS verdict=passed
  shift
  echo
  echo "== $name: $*"
  "$@" || { verdict=FAILED; failed=1; }
  summary+=("$(printf '%-8s %-24s %3d min %02d s' "$verdict" "$name" $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60)))")
  [[ $verdict == passed ]]
}

# All else runs on one thread: there ThreadSanitizer has nothing to find.
tests_with_threads=(worker_thread_test clock_test paho_session_test gateway_fact_queue_test gateway_intake_test
  recorder_test control_socket_test drop_folder_test time_keeper_test outage_keeper_test)

# What another processor can change: sizes, times, arithmetic, a char without a sign, what is laid out in bytes.
# All else is tested on this one, and compiles there.
tests_of_processors=(packed_values_test payload_test backlog_set_test boot_clock_test hourly_summary_test delivery_test
  edge_node_test export_file_test signing_key_test worker_thread_test csv_reader_test dossier_time_test
  outbox_test recorder_test time_keeper_test outage_watch_test by_exception_test linux_readings_test
  socket_options_test probes_test status_test)

build() { # build PRESET [OPTION...]
  local preset=$1
  shift
  cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$jobs" "$@"
}
# Many tests wait more than they compute.
run_tests() { # run_tests PRESET [OPTION...]
  local preset=$1
  shift
  ctest --preset "$preset" --parallel $((2 * jobs)) "$@"
}
# ThreadSanitizer of g++ 12 cannot live with all of the address randomisation of newer kernels.
run_tests_unrandomised() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then
    setarch "$(uname -m)" -R ctest --preset "$1" --parallel $((2 * jobs)) --exclude-regex NOT_BUILT
  else
    ctest --preset "$1" --parallel $((2 * jobs)) --exclude-regex NOT_BUILT
  fi
}

# Figures that fault tests measured (tests/fakes/fault_table.hpp).
export XALINK_FAULT_TABLES=$PWD/build/fault-tables
print_fault_tables() {
  local table
  for table in "$XALINK_FAULT_TABLES"/*.txt; do
    [[ -e $table ]] && echo && cat "$table"
  done
  return 0
}

unit() {
  rm -rf "$XALINK_FAULT_TABLES"
  phase "unit packages" need_packages "${debian_build[@]}" "${debian_run[@]}" "${debian_test[@]}" &&
    phase "unit npm" need_npm && phase "unit build" build ci && phase "unit tests" run_tests ci
  print_fault_tables
}
faults() {
  rm -rf "$XALINK_FAULT_TABLES"
  phase "faults packages" need_packages "${debian_build[@]}" "${debian_run[@]}" "${debian_test[@]}" &&
    phase "faults build" build ci || return
  local begin=$SECONDS end round=0 seeds=1 took
  end=$((begin + $(awk -v hours="$hours" 'BEGIN { printf "%d", hours * 3600 }')))
  phase "fault tests" run_tests ci --label-regex faults
  took=$((SECONDS - begin + 1))
  # Each round begins where no round before it has been, and is as long as the time that is left allows.
  while [[ $SECONDS -lt $end && $failed -eq 0 ]]; do
    round=$((round + 1))
    seeds=$(((end - SECONDS) * seeds / took))
    seeds=$((seeds < 1 ? 1 : seeds > 20 ? 20 : seeds))
    export XALINK_FAULT_SEED=$((round * 1000000)) XALINK_SEEDS=$seeds
    begin=$SECONDS
    phase "fault round $round" run_tests ci --label-regex faults --timeout 20000
    took=$((SECONDS - begin + 1))
    echo "== round $round ran $seeds times the usual seeds, from $XALINK_FAULT_SEED; $((end > SECONDS ? (end - SECONDS) / 60 : 0)) min of $hours h left"
  done
  print_fault_tables
}
asan() {
  phase "asan packages" need_packages "${debian_build[@]}" "${debian_run[@]}" &&
    phase "asan build" build asan && phase "asan tests" run_tests asan
}
tsan() {
  phase "tsan packages" need_packages "${debian_build[@]}" "${debian_run[@]}" &&
    phase "tsan build" build tsan --target "${tests_with_threads[@]}" &&
    phase "tsan tests" run_tests_unrandomised tsan
}
cross() {
  phase "cross packages" need_packages "${debian_build[@]}" "${debian_cross[@]}" || return
  local processor names
  names=$(IFS='|' && echo "${tests_of_processors[*]}")
  for processor in arm64 armhf; do
    phase "$processor sysroot" cross-toolchains/sysroot.sh $processor build/sysroot/$processor &&
      phase "$processor build" build $processor --target xalink-agent "${tests_of_processors[@]}" &&
      phase "$processor tests" run_tests $processor --tests-regex "^($names)\$"
  done
}
fuzz_target() { # fuzz_target NAME: quiet unless something is found
  local name=$1 binary=build/fuzz/tests/fuzz/fuzz_$1 found=build/fuzz-findings/$1 dictionary=()
  mkdir -p "$found" "build/fuzz-corpus/$name"
  [[ -e tests/fuzz/dictionaries/$name ]] && dictionary=("-dict=tests/fuzz/dictionaries/$name")
  if "$binary" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    "${dictionary[@]}" -artifact_prefix="$found/" "build/fuzz-corpus/$name" "tests/fuzz/corpus/$name" \
    >"$found/log" 2>&1; then
    printf '%-16s %9s inputs in %s s, %s MiB at most\n' "$name" \
      "$(awk '/number_of_executed_units/ { print $2 }' "$found/log")" "$seconds" \
      "$(awk '/peak_rss_mb/ { print $2 }' "$found/log")"
    return 0
  fi
  tail -n 40 "$found/log"
  echo "$name: an input broke a claim. Next, to repeat it: $binary $found/NAME, with NAME one of:"
  find "$found" -type f ! -name log -printf '    %f\n'
  echo "    When it is mended, keep that file in tests/fuzz/corpus/$name."
  return 1
}
fuzz_targets() {
  local names
  names=$(ls tests/fuzz/corpus)
  export -f fuzz_target
  export seconds
  xargs -n 1 -P "$jobs" bash -c 'fuzz_target "$1"' fuzz <<<"$names"
}
fuzz() {
  phase "fuzz packages" need_packages "${debian_build[@]}" "${debian_fuzz[@]}" &&
    phase "fuzz build" build fuzz && phase "fuzz" fuzz_targets
}
bench() {
  phase "bench packages" need_packages "${debian_build[@]}" "${debian_run[@]}" "${debian_test[@]}" &&
    phase "bench build" build bench --target drain_bench wear_bench month_bench xalink-agent xalink-gateway || return
  phase "bench: month" cmake --build --preset bench --target month
  phase "bench: drain" cmake --build --preset bench --target bench
  phase "bench: wear" cmake --build --preset bench --target wear
}
tidy() {
  phase "tidy packages" need_packages "${debian_build[@]}" "${debian_test[@]}" &&
    phase "tidy build" build debug &&
    phase "tidy" run-clang-tidy -quiet -j "$jobs" -p build/debug "^$PWD/(sparkplug|agent|gateway)/"
}

commands=()
hours=0
seconds=10
while [[ $# -gt 0 ]]; do
  if [[ $1 == --hours ]]; then
    if ! [[ ${2:-} =~ ^[0-9]+(\.[0-9]+)?$ ]]; then
      echo "tests/run.sh: --hours needs a number of hours. Next: tests/run.sh faults --hours 2" >&2
      exit 2
    fi
    hours=$2
    shift 2
  elif [[ $1 == --seconds ]]; then
    if ! [[ ${2:-} =~ ^[1-9][0-9]*$ ]]; then
      echo "tests/run.sh: --seconds needs a whole number of seconds. Next: tests/run.sh fuzz --seconds 600" >&2
      exit 2
    fi
    seconds=$2
    shift 2
  else
    commands+=("$1")
    shift
  fi
done
[[ ${#commands[@]} -gt 0 ]] || commands=(unit asan tsan cross fuzz)
for command in "${commands[@]}"; do
  case $command in
    unit | asan | tsan | cross | faults | fuzz | bench | tidy) ;;
    -h | --help | help)
      sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"
      exit 0
      ;;
    *)
      echo "tests/run.sh: no command \"$command\". Next: tests/run.sh --help lists them." >&2
      exit 2
      ;;
  esac
done
for command in "${commands[@]}"; do $command; done

echo
echo "== summary"
printf '%s\n' "${summary[@]}"
printf '%-33s %3d min %02d s\n' total $((SECONDS / 60)) $((SECONDS % 60))
if [[ $failed -ne 0 ]]; then
  echo "tests/run.sh: something failed, see FAILED above and the output of that step."
else
  echo "tests/run.sh: everything passed: ${commands[*]}."
fi
exit "$failed"
