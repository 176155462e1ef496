#!/usr/bin/env bash
# PostgreSQL from Debian's packages, or any other that is on the PATH: one cluster that archives its WAL. Everything it has,
# and what is restored from it, lies in a directory of its own that belongs to whom it runs as, for it refuses to run as root.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PACKAGES=(postgresql postgresql-client)
readonly PROGRAMS=(initdb pg_ctl pg_basebackup psql)

# The directory that has all programs. Debian keeps the server's off the PATH, a directory for each version.
bin() {
  local dir program
  while read -r dir; do
    for program in "${PROGRAMS[@]}"; do [ -x "$dir/$program" ] || continue 2; done
    echo "$dir"
    return
  done < <(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -rV; tr : '\n' <<<"$PATH")
  return 1
}

install() {
  ! bin >/dev/null || return 0
  apt_usable || cannot "PostgreSQL is absent, and installing Debian's packages takes apt-get and root"
  lock_cache
  ! bin >/dev/null || return 0
  say "installing ${PACKAGES[*]}"
  apt_install postgresql-common || cannot "apt-get could not install postgresql-common"
  # Else the next packages would make and start a cluster of their own.
  sed -i 's/^#* *create_main_cluster .*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  apt_install "${PACKAGES[@]}" || cannot "apt-get could not install ${PACKAGES[*]}"
  bin >/dev/null || cannot "the packages ${PACKAGES[*]} brought no ${PROGRAMS[*]}"
}

# Whom it runs as, and the words that a command is to be preceded by for that.
owner() { if [ "$(id -u)" != 0 ]; then id -un; elif id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi; }
as_owner() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$(owner)" -- "$@"); else "$@"; fi; }

# cluster DIR PORT: one that archives its WAL by what archive_command prints. Sets PLACE and BIN.
cluster() {
  local port=$2 other
  DIR=$1
  BIN=$(bin)
  # Not in DIR, which may lie where another user cannot go.
  PLACE=$(mktemp -d "${TMPDIR:-/tmp}/asof-postgres.XXXXXX")
  echo "$PLACE" >"$DIR/place"
  other=$(free_port)
  while [ "$other" = "$port" ]; do other=$(free_port); done
  mkdir "$PLACE/archive" "$PLACE/restored"
  # Of the recipe, in which the tests set them.
  printf '%s\n' "PGBIN=$BIN" "OWNER=$(owner)" "PGHOST=127.0.0.1" "PGPORT=$port" "PGUSER=asof" \
    "RESTORED=$PLACE/restored" "RESTORED_PORT=$other" >"$PLACE/settings"
  [ "$(id -u)" != 0 ] || chown -R "$(owner)" "$PLACE"
  as_owner "$BIN/initdb" -D "$PLACE/data" -U asof --auth=trust --locale=C -E UTF8 -N >"$DIR/initdb.log" 2>&1 || {
    cat "$DIR/initdb.log" >&2
    return 1
  }
  as_owner tee -a "$PLACE/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$PLACE'
fsync = off
wal_level = replica
archive_mode = on
archive_command = '$(archive_command)'
CONF
  as_owner "$BIN/pg_ctl" -D "$PLACE/data" -l "$PLACE/data.log" -w -t 60 start >/dev/null || {
    tail -15 "$PLACE/data.log" >&2
    return 1
  }
}

archive_command() { echo "cp %p $PLACE/archive/%f.part && mv $PLACE/archive/%f.part $PLACE/archive/%f"; }

start() {
  cluster "$1" "$2" || return 1
  printf '%s\n' "ARCHIVE=$PLACE/archive" "BASE=$PLACE/base" >>"$PLACE/settings"
  printf '%s\n' "ASOF_TEST_POSTGRES=$PLACE" "ASOF_TEST_POSTGRES_PSQL=$BIN/psql" \
    "ASOF_TEST_POSTGRES_URL=postgresql://asof@127.0.0.1:$2/postgres" >"$DIR/env"
}

# Ends every cluster in the place, those too that were restored from the first, and removes the place.
stop() {
  local place cluster
  [ -f "$1/place" ] || return 0
  place=$(cat "$1/place")
  [ -f "$place/settings" ] || return 0
  for cluster in "$place"/{data,restored/*}/postmaster.pid; do
    [ ! -f "$cluster" ] || as_owner "$(bin)/pg_ctl" -D "$(dirname "$cluster")" -m immediate -w -t 30 stop >/dev/null 2>&1 || true
  done
  rm -rf "$place" "$1/place"
}

[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"
