#!/usr/bin/env bash
# The tools that make and judge packages, not a server: cargo-deb, and Debian's dpkg, systemd and man.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly DEB=$CACHE/cargo-deb-3.8.0

installed() {
  [ -x "$DEB/bin/cargo-deb" ] && have dpkg-shlibdeps && have systemd-analyze && have lexgrog && have groff &&
    dpkg-query -W ca-certificates >/dev/null 2>&1
}

install() {
  apt_usable || cannot "installing a package, and the tools to judge it, takes apt-get and root"
  ! installed || return 0
  lock_cache
  ! installed || return 0
  apt_install ca-certificates dpkg-dev groff-base man-db systemd || cannot "apt-get could not install systemd and man"
  [ -x "$DEB/bin/cargo-deb" ] || limited 1200 cargo install --quiet --locked --root "$DEB" "cargo-deb@${DEB##*-}" >&2 ||
    cannot "cargo could not install cargo-deb"
  installed || cannot "systemd-analyze, lexgrog, groff or dpkg-shlibdeps is absent"
}

start() {
  printf '%s\n' "CARGO_DEB=$DEB/bin/cargo-deb" "ASOF_TEST_DEB=$1/asof.deb" >"$1/env"
}

stop() { :; }

main "$@"
