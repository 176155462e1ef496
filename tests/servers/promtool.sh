#!/usr/bin/env bash
# promtool, which judges metrics and alert rules, not a server: from Debian's package of Prometheus, of which nothing else is
# installed, so that no server is started.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PROMTOOL=$CACHE/promtool

installed() { [ -x "$PROMTOOL" ] && "$PROMTOOL" --version >/dev/null 2>&1; }

# Extracts the program from the package in a directory.
extract() {
  dpkg-deb --fsys-tarfile "$1"/prometheus_*.deb | tar -xO ./usr/bin/promtool >"$1/promtool"
  chmod +x "$1/promtool"
  mv "$1/promtool" "$PROMTOOL"
}

install() {
  ! installed || return 0
  have apt-get && have dpkg-deb || cannot "promtool is absent, and extracting it from Debian's package takes apt-get and dpkg-deb"
  lock_cache
  ! installed || return 0
  local work
  work=$(mktemp -d "$CACHE/promtool.XXXXXX")
  for _ in 1 2 3; do
    ! (cd "$work" && limited 300 apt-get download prometheus -o Acquire::Retries=3 >>"$CACHE/apt.log" 2>&1 </dev/null) || break
    say "refreshing the package lists"
    limited 300 apt-get update -o Acquire::Retries=3 >>"$CACHE/apt.log" 2>&1 </dev/null || true
  done
  extract "$work" || say "the package of Prometheus could not be extracted"
  rm -rf "$work"
  installed || cannot "apt-get could not download the package of Prometheus"
}

start() { echo "ASOF_TEST_PROMTOOL=$PROMTOOL" >"$1/env"; }

stop() { :; }

main "$@"
