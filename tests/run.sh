#!/usr/bin/env bash
# Runs every suite of asof, from formatting to the contract suite against real S3 servers and a real database, and says what ran.
#
#   bash tests/run.sh                 all of it; the first time it installs the servers into ~/.cache/asof-servers
#   bash tests/run.sh --only rgw      one suite (repeatable); --list names them
#   bash tests/run.sh -v              with the output of every suite, not only of those that failed
#   bash tests/run.sh --jobs 1        one suite at a time instead of two: most wait for servers and leave cores idle
#
# It needs a Rust toolchain. Servers listen on loopback, on free ports, and are stopped again by their pids.
# A suite that this machine cannot run is left out and named; with CI=true or ASOF_REQUIRE_ALL=1 that is a failure.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=servers/lib.sh
. tests/servers/lib.sh
set +e

readonly SUITES=(fmt clippy no-lab tests crash lab moto ministack rgw postgres story recipes serve jobs pages monitoring slurm demo packages bench)
STRICT=
[ "${CI:-}" = true ] || [ -n "${ASOF_REQUIRE_ALL:-}" ] && STRICT=1
# Where a suite that runs beside others leaves its result; not for the processes that it starts.
readonly RESULT_FILE=${ASOF_TEST_RESULT:-}
unset ASOF_TEST_RESULT
# Most tests wait for a server or a process: more of them at once than there are cores.
TEST_THREADS=$((4 * $(getconf _NPROCESSORS_ONLN || echo 2)))
readonly TEST_THREADS
VERBOSE="" JOBS=2 WORK="" WANTED=() RESULTS=()

usage() {
  sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

while [ $# -gt 0 ]; do
  case $1 in
    --only) WANTED+=("${2:?--only wants the name of a suite}") && shift ;;
    --list) printf '%s\n' "${SUITES[@]}" && exit ;;
    --jobs) JOBS=${2:?--jobs wants a number} && shift ;;
    -v | --verbose) VERBOSE=1 ;;
    -h | --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
[[ $JOBS =~ ^[1-9][0-9]*$ ]] || { echo "--jobs wants a number, not $JOBS" >&2 && exit 2; }
for name in "${WANTED[@]}"; do
  [[ " ${SUITES[*]} " == *" $name "* ]] || { echo "no suite is called $name; --list names them" >&2 && exit 2; }
done

# Ends the suites under way and the servers, however this script ends.
clean_up() {
  local dir running
  mapfile -t running < <(jobs -rp)
  if [ "${#running[@]}" -gt 0 ]; then
    kill "${running[@]}" 2>/dev/null
    wait "${running[@]}" 2>/dev/null
  fi
  for dir in "$WORK"/server-*; do
    [ ! -d "$dir" ] || bash "tests/servers/${dir##*/server-}.sh" stop "$dir"
  done
  [ -z "$WORK" ] || rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
WORK=$(mktemp -d "${TMPDIR:-/tmp}/asof-test.XXXXXX")

# attempt LOG SECONDS COMMAND...: in the background, so that a signal is acted upon at once.
attempt() {
  local log=$1 seconds=$2 code pid
  shift 2
  # Not by a function: its subshell would take the signal, and what runs in it would go on.
  if have timeout; then
    timeout "$seconds" "$@" </dev/null >"$log" 2>&1 &
  else
    "$@" </dev/null >"$log" 2>&1 &
  fi
  pid=$!
  # In the background: a signal would wait for it.
  if [ -n "$VERBOSE" ]; then tail -f --pid="$pid" "$log" 2>/dev/null & fi
  wait "$pid"
  code=$?
  if [ -n "$VERBOSE" ]; then wait; fi
  [ "$code" != 124 ] || echo "stopped after $seconds s" >>"$log"
  return "$code"
}

# The number of tests that a log of `cargo test` tells of; empty when it tells of none.
count_tests() { sed -n 's/^test result: .* \([0-9]*\) passed; \([0-9]*\) failed.*/\1 \2/p' "$1" | awk '{n+=$1+$2} END {if (NR) print n}'; }

# record SUITE RESULT TESTS SECONDS CPU NOTE
record() { RESULTS+=("$1|$2|$3|$4|$5|$6"); }

# The processor time of the commands that have ended, in seconds: COMMAND_CPU. Servers are not among them.
count_cpu() {
  # Not in a subshell, which would count its own.
  times >"$WORK/times"
  COMMAND_CPU=$(awk 'NR == 2 { gsub("[ms]", " "); printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }' "$WORK/times")
}

show() {
  [ -n "$VERBOSE" ] && return
  echo "---- $1: the last of its output"
  tail -n 150 "$2"
  echo "----"
}

# suite NAME SECONDS COMMAND...: runs one suite and takes down how it ended.
suite() {
  local name=$1 seconds=$2 log="$WORK/$1.log" since=$SECONDS result=passed note="" before
  shift 2
  count_cpu && before=$COMMAND_CPU
  printf '%-10s running: %s\n' "$name" "$*"
  attempt "$log" "$seconds" "$@" || result=failed
  local tests
  tests=$(count_tests "$log")
  if [ "$result" = passed ] && [ "${tests:-1}" = 0 ]; then
    result=failed note="no test ran"
  fi
  [ "$result" = passed ] || show "$name" "$log"
  grep -hE '^NOT HELD |^MEASURED ' "$log" | sort -u | sed 's/^/             /'
  printf '%-10s %s in %d s\n' "$name" "$result" $((SECONDS - since))
  count_cpu
  record "$name" "$result" "${tests:--}" "$((SECONDS - since))" "$((COMMAND_CPU - before))" "$note"
}

left_out() {
  printf '%-10s left out: %s\n' "$1" "$2"
  record "$1" 'left out' - 0 0 "$2"
}

# A suite that needs a component of the toolchain which may be absent.
component_suite() {
  local name=$1 component=$2
  shift 2
  if cargo "$component" --version >/dev/null 2>&1; then
    suite "$name" 1800 cargo "$@"
  else
    left_out "$name" "cargo $component is not installed (rustup component add ${component/#fmt/rustfmt})"
  fi
}

# start_server SUITE NAME: installs and starts a server that the suite needs, and exports where it is.
start_server() {
  local name=$2 dir="$WORK/server-$2" log="$WORK/start-$2.log" line
  printf '%-10s starting %s\n' "$1" "$name"
  attempt "$log" 1800 bash "tests/servers/$name.sh" start "$dir"
  case $? in
    0) ;;
    "$CANNOT")
      left_out "$1" "$(sed -n 's/.*cannot be installed here: //p' "$log" | tail -1)"
      return 1
      ;;
    *)
      show "$1" "$log"
      record "$1" failed - 0 0 "$name did not start"
      return 1
      ;;
  esac
  while read -r line; do export "${line?}"; done <"$dir/env"
}

stop_server() {
  local dir="$WORK/server-$1" line
  bash "tests/servers/$1.sh" stop "$dir"
  while read -r line; do unset "${line%%=*}"; done <"$dir/env"
  rm -rf "$dir"
}

# server_suite NAME: holds a server to the contract.
server_suite() {
  start_server "$1" "$1" || return
  suite "$1" 1500 cargo test --test it -- "contract::$1::" --ignored --test-threads=8
  stop_server "$1"
}

# A database and a bucket, and an application that writes to both.
postgres_suite() {
  start_server postgres rgw || return
  if start_server postgres postgres; then
    suite postgres 600 cargo test --test it -- postgres:: --ignored
    stop_server postgres
  fi
  stop_server rgw
}

# Recipes, each on the real server, or the emulator of AWS.
recipes_suite() {
  local needed=(postgres pgbackrest mariadb rabbitmq moto awscli) name started=()
  have shellcheck || apt_install shellcheck
  for name in "${needed[@]}"; do
    start_server recipes "$name" || break
    started+=("$name")
  done
  if [ "${#started[@]}" = "${#needed[@]}" ]; then
    suite recipes 1200 cargo test --test it -- recipes:: --ignored
  fi
  for name in "${started[@]}"; do stop_server "$name"; done
}

# A database, a bucket and a queue, and an application that writes to all three.
story_suite() {
  have curl || apt_install curl
  start_server story rgw || return
  if start_server story postgres; then
    if start_server story rabbitmq; then
      suite story 900 cargo test --test it -- story::rows --ignored
      stop_server rabbitmq
    fi
    stop_server postgres
  fi
  stop_server rgw
}

# Views of the past, of the lab and of a real object store, read by the clients that people use.
serve_suite() {
  start_server serve rgw || return
  if start_server serve awscli; then
    if start_server serve s3clients; then
      suite serve 900 cargo test --test it -- serve::clients --ignored
      stop_server s3clients
    fi
    stop_server awscli
  fi
  stop_server rgw
}

# A plan set that is applied by the tasks of a real Slurm: sixteen at once, for which only the release build is fast enough.
slurm_suite() {
  local binary=${CARGO_TARGET_DIR:-$PWD/target}/release/asof
  start_server slurm rgw || return
  if start_server slurm ministack; then
    if start_server slurm slurm; then
      suite slurm 2400 bash -c "cargo build --release && ASOF_TEST_BINARY='$binary' \
        cargo test --test it -- slurm:: --ignored --test-threads=1"
      stop_server slurm
    fi
    stop_server ministack
  fi
  stop_server rgw
}

# Array jobs, by what their platforms publish.
jobs_suite() {
  start_server jobs validators || return
  suite jobs 600 cargo test --test it -- jobs:: --ignored
  stop_server validators
}

# The HTML pages in a browser.
pages_suite() {
  start_server pages pages || return
  suite pages 600 cargo test --test it -- html_pages:: --ignored
  stop_server pages
}

# Metrics, alert rules and the dashboard, as Prometheus reads them.
monitoring_suite() {
  start_server monitoring promtool || return
  suite monitoring 600 cargo test --test it -- monitoring:: --ignored
  stop_server promtool
}

# The Debian package of the release binary, installed and purged; and the source package, built in the directory of the tests.
packages_suite() {
  start_server packages validators || return
  if start_server packages packages; then
    CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target} suite packages 2400 bash -c "cargo build --release --locked && \
      bash fixtures/packages/deb.sh --output '$ASOF_TEST_DEB' && \
      cargo test --test it -- packages:: --ignored && cargo package --locked --allow-dirty"
    stop_server packages
  fi
  stop_server validators
}

run() {
  case $1 in
    fmt) component_suite fmt fmt fmt --check ;;
    clippy) component_suite clippy clippy clippy --all-targets --all-features -- -D warnings ;;
    no-lab) suite no-lab 1800 cargo check --all-targets --no-default-features ;;
    tests)
      have jq || apt_install jq
      have curl || apt_install curl
      suite tests 2400 cargo test --no-fail-fast -- --skip contract:: --skip crash:: --skip postgres:: \
        --test-threads="$TEST_THREADS" ;;
    crash) suite crash 1200 cargo test --test it -- crash:: --test-threads="$TEST_THREADS" ;;
    lab) suite lab 1200 cargo test --test it -- contract::lab --test-threads="$TEST_THREADS" ;;
    postgres) postgres_suite ;;
    story) story_suite ;;
    recipes) recipes_suite ;;
    serve) serve_suite ;;
    jobs) jobs_suite ;;
    pages) pages_suite ;;
    monitoring) monitoring_suite ;;
    slurm) slurm_suite ;;
    packages) packages_suite ;;
    demo) suite demo 900 cargo run -- demo ;;
    # Built as the tests are: this one only has to run.
    bench) suite bench 900 cargo test --bench decode -- --test ;;
    *) server_suite "$1" ;;
  esac
}

# Runs each suite by a process of this script, several at once; its results come back in a file.
run_at_once() {
  local at running lines
  for at in "${!WANTED[@]}"; do
    while mapfile -t running < <(jobs -rp) && [ "${#running[@]}" -ge "$JOBS" ]; do wait -n; done
    ASOF_TEST_RESULT="$WORK/result-$at" bash tests/run.sh --only "${WANTED[at]}" ${VERBOSE:+-v} &
  done
  wait
  for at in "${!WANTED[@]}"; do
    lines=()
    [ ! -f "$WORK/result-$at" ] || mapfile -t lines <"$WORK/result-$at"
    [ "${#lines[@]}" -gt 0 ] || lines=("${WANTED[at]}|failed|-|0|0|it ended without a result")
    RESULTS+=("${lines[@]}")
  done
}

# Prints the table; fails when a suite did, or when one was left out and none may be.
report() {
  local entry name result tests seconds cpu note passed=0 failed=0 skipped=0
  printf '\n%-10s %-9s %6s %8s %8s\n' suite result tests seconds 'of CPU'
  for entry in "${RESULTS[@]}"; do
    IFS='|' read -r name result tests seconds cpu note <<<"$entry"
    printf '%-10s %-9s %6s %8s %8s  %s\n' "$name" "$result" "$tests" "$seconds" "$cpu" "$note"
    case $result in
      passed) passed=$((passed + 1)) ;;
      failed) failed=$((failed + 1)) ;;
      *) skipped=$((skipped + 1)) ;;
    esac
  done
  printf '\n%d s in all\n' "$SECONDS"
  if [ "$skipped" -gt 0 ] && [ -n "$STRICT" ]; then echo "a suite left out counts as a failure here"; fi
  printf 'suites: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ] && { [ "$skipped" = 0 ] || [ -z "$STRICT" ]; }
}

have cargo || { echo "cargo is not on the PATH: install a Rust toolchain first" >&2 && exit 1; }
[ "${#WANTED[@]}" -gt 0 ] || WANTED=("${SUITES[@]}")
if [ "${#WANTED[@]}" -gt 1 ] && [ "$JOBS" -gt 1 ]; then
  run_at_once
else
  for name in "${WANTED[@]}"; do run "$name"; done
fi
if [ -n "$RESULT_FILE" ]; then
  printf '%s\n' "${RESULTS[@]}" >"$RESULT_FILE"
else
  report
fi
