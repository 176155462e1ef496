#!/usr/bin/env bash
# MariaDB from Debian's packages, without its service: one server that keeps binary logs. Everything it has, and what is
# restored from it, lies in a directory of its own that belongs to whom it runs as.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PACKAGES=(mariadb-server-core mariadb-client mariadb-backup)

installed() { have mariadbd && have mariadb-install-db && have mariadb-binlog && have mariadb-backup; }

install() { install_packages "${PACKAGES[@]}"; }

owner() { if [ "$(id -u)" != 0 ]; then id -un; elif id mysql >/dev/null 2>&1; then echo mysql; else echo nobody; fi; }

start() {
  local dir=$1 port=$2 place other
  # Not in DIR, which may lie where another user cannot go.
  place=$(mktemp -d "${TMPDIR:-/tmp}/asof-mariadb.XXXXXX")
  echo "$place" >"$dir/place"
  other=$(free_port)
  while [ "$other" = "$port" ]; do other=$(free_port); done
  mkdir "$place/data" "$place/logs" "$place/restored"
  # Of the recipe, in which the tests set them.
  printf '%s\n' "OWNER=$(owner)" "CLIENT_CNF=$place/client.cnf" "BINLOGS=$place/logs" "BASE=$place/base" \
    "RESTORED=$place/restored" "RESTORED_HOST=127.0.0.1" "RESTORED_PORT=$other" >"$place/settings"
  printf '%s\n' '[client]' user=asof password=asof host=127.0.0.1 port="$port" protocol=tcp >"$place/client.cnf"
  printf '%s;\n' "CREATE USER asof@localhost IDENTIFIED BY 'asof'" 'GRANT ALL ON *.* TO asof@localhost' 'CREATE DATABASE app' \
    >"$place/init.sql"
  [ "$(id -u)" != 0 ] || chown -R "$(owner)" "$place"
  mariadb-install-db --no-defaults --datadir="$place/data" --user="$(owner)" --auth-root-authentication-method=normal \
    --skip-test-db >"$dir/install.log" 2>&1 || {
    tail -15 "$dir/install.log" >&2
    return 1
  }
  launch "$dir" mariadb mariadbd --no-defaults --user="$(owner)" --datadir="$place/data" --port="$port" \
    --bind-address=127.0.0.1 --socket="$place/socket" --pid-file="$place/pid" --log-bin="$place/logs/binlog" \
    --server-id=1 --innodb-flush-log-at-trx-commit=0 --innodb-log-file-size=8M --init-file="$place/init.sql"
  await "$dir" mariadb 60 mariadb --defaults-file="$place/client.cnf" -e 'use app' || return 1
  printf '%s\n' "ASOF_TEST_MARIADB=$place" >"$dir/env"
}

# Ends those servers too that were restored from the first, and removes the place.
stop() {
  local place pid
  end "$1" mariadb
  [ -f "$1/place" ] || return 0
  place=$(cat "$1/place")
  for pid in $(pgrep -f -- "^mariadbd .* --datadir=$place/restored/"); do kill "$pid"; done
  for _ in $(seq 100); do
    pgrep -f -- "^mariadbd .* --datadir=$place/" >/dev/null || break
    sleep 0.1
  done
  rm -rf "$place" "$1/place"
}

main "$@"
