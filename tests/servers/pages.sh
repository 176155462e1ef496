#!/usr/bin/env bash
# A browser for the HTML pages, not a server: Chromium and fonts from Debian, and axe-core, which judges accessibility.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly AXE=4.14.1 SHA256=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
readonly SCRIPT=$CACHE/axe-core-$AXE.js

installed() { have chromium && [ -d /usr/share/fonts/truetype/dejavu ]; }

# The archive that npm fetches is checked, and the one file that is needed of it is kept.
fetch_axe() {
  [ ! -f "$SCRIPT" ] || return 0
  have npm || apt_install npm || cannot "there is no npm"
  lock_cache
  local work
  work=$(mktemp -d "$CACHE/axe.XXXXXX")
  limited 300 npm pack --silent --ignore-scripts --pack-destination "$work" "axe-core@$AXE" >"$CACHE/npm.log" 2>&1 </dev/null ||
    { rm -rf "$work" && cannot "npm could not fetch axe-core $AXE"; }
  if ! sha256sum --check --status <<<"$SHA256  $work/axe-core-$AXE.tgz"; then
    rm -rf "$work"
    say "axe-core $AXE is not the one expected"
    return 1
  fi
  tar -xzf "$work/axe-core-$AXE.tgz" -C "$work" package/axe.min.js
  mv "$work/package/axe.min.js" "$SCRIPT"
  rm -rf "$work"
}

install() {
  install_packages chromium fonts-dejavu-core
  fetch_axe
}

start() {
  printf '%s\n' "ASOF_TEST_CHROMIUM=$(command -v chromium)" "ASOF_TEST_AXE=$SCRIPT" >"$1/env"
}

stop() { :; }

main "$@"
