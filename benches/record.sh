#!/usr/bin/env bash
# Runs sections of benchmarks, keeps what they printed in benches/runs, and puts their tables into the manual.
#
#   bash benches/record.sh listing/ramp restore/sdk
#   bash benches/record.sh --tables                   only puts the latest tables into the manual
#
# A table of the manual is replaced if a run printed one with the same head.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly MANUAL=src/manual/performance.md
export LC_ALL=C

# run BENCH SECTION: the file is named by both and dated, so that the latest one of each comes last.
run() {
  local file output
  file="benches/runs/$1-$2.$(date -u +%FT%H%MZ).txt"
  output=$(cargo bench --bench "$1" -- "$2")
  [[ $output == *'|'* ]] || { echo "the section $2 of $1 printed no table" >&2 && exit 1; }
  {
    printf 'date: %s\ncommit: %s\n' "$(date -u +%FT%H:%MZ)" "$(git describe --always --dirty)"
    printf 'machine: %s CPUs, %s, Linux %s\n' "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(uname -r)"
    printf 'command: cargo bench --bench %s -- %s\n%s\n' "$1" "$2" "$output"
  } >"$file"
  echo "$file"
}

# tables FILE...: replaces the tables of the manual by those of the runs; of two with the same head, by that of the last file.
tables() {
  awk '
    FNR == 1 { inside = 0 }
    FILENAME != manual {
      if (/^\|/ && !inside) { head = $0; table[head] = "" }
      inside = /^\|/
      if (inside) table[head] = table[head] $0 "\n"
      next
    }
    /^\|/ && !inside && $0 in table { printf "%s", table[$0]; skip = 1 }
    { inside = /^\|/; if (!inside) skip = 0; if (!skip) print }
  ' manual="$MANUAL" "$@" "$MANUAL" >"$MANUAL.new"
  mv "$MANUAL.new" "$MANUAL"
}

case ${1:-} in
  --tables) ;;
  '' | -*)
    sed -n '2,/^set/s/^# \{0,1\}//p' benches/record.sh >&2
    exit 2
    ;;
  *)
    # The tables last: the manual is part of the binary, which would be built again for each section.
    for wanted in "$@"; do [[ $wanted == */* ]] || { echo "$wanted is not BENCH/SECTION" >&2 && exit 2; }; done
    for wanted in "$@"; do run "${wanted%/*}" "${wanted#*/}"; done
    ;;
esac
tables benches/runs/*.txt
