#!/usr/bin/env bash
# pgBackRest from Debian's packages: a PostgreSQL cluster that archives its WAL into a repository in its directory.
# shellcheck source=postgres.sh
. "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

PACKAGES+=(pgbackrest)
readonly STANZA=main

install() {
  ! { have pgbackrest && have jq && bin >/dev/null; } || return 0
  bash "$(dirname "${BASH_SOURCE[0]}")/postgres.sh" install || exit $?
  lock_cache
  apt_install pgbackrest jq || cannot "apt-get could not install pgbackrest and jq"
}

archive_command() { echo "pgbackrest --config=$PLACE/pgbackrest.conf --stanza=$STANZA archive-push %p"; }

start() {
  cluster "$1" "$2" || return 1
  as_owner tee "$PLACE/pgbackrest.conf" >/dev/null <<CONF
[global]
repo1-path=$PLACE/archive
log-path=$PLACE
lock-path=$PLACE/lock
spool-path=$PLACE/spool
start-fast=y
compress-level=1
[$STANZA]
pg1-path=$PLACE/data
pg1-port=$2
pg1-socket-path=$PLACE
pg1-user=asof
pg1-database=postgres
CONF
  as_owner pgbackrest --config="$PLACE/pgbackrest.conf" --stanza=$STANZA stanza-create >"$DIR/stanza.log" || {
    cat "$DIR/stanza.log" >&2
    return 1
  }
  printf '%s\n' "CONFIG=$PLACE/pgbackrest.conf" "STANZA=$STANZA" >>"$PLACE/settings"
  echo "ASOF_TEST_PGBACKREST=$PLACE" >"$DIR/env"
}

main "$@"
