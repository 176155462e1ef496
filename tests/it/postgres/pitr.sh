#!/bin/sh
# PostgreSQL's point-in-time recovery, from a base backup and an archive of its WAL: the commands of a recovery file.
#   pitr.sh VERB PLACE      PLACE holds data, archive, base, and settings: BIN OWNER PORT RESTORED_PORT
# A restore is a cluster of its own, PLACE/$ASOF_TARGET; the file $ASOF_TARGET.run beside it says whose it is.
set -eu
verb=$1 place=$2
. "$place/settings"
# PostgreSQL refuses to run as root.
[ "$(id -un)" = "$OWNER" ] || exec runuser -u "$OWNER" -- sh "$0" "$@"
cd "$place"
new=$place/${ASOF_TARGET:-} run=$(cat "$place/${ASOF_TARGET:-none}.run" 2>/dev/null || true)

ask() { "$BIN/psql" -XAtq -h 127.0.0.1 -p "$1" -U asof postgres -c "$2"; }

running() { "$BIN/pg_ctl" -D "$new" status >/dev/null 2>&1; }

case $verb in
backup)
    rm -rf "$place/base"
    "$BIN/pg_basebackup" -h 127.0.0.1 -p "$PORT" -U asof -D "$place/base" -c fast -X none --no-sync
    date -u +%Y-%m-%dT%H:%M:%SZ >"$place/base.time"
    ;;
window)
    # What is not in the archive cannot be restored: a commit later than the time that is printed, and all before it, has
    # to be there. Without such a commit PostgreSQL does not know that it has reached the time, and gives up.
    latest=$(ask "$PORT" "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
    ask "$PORT" 'select pg_current_xact_id()' >/dev/null
    file=$(ask "$PORT" 'select pg_walfile_name(pg_switch_wal())')
    until [ -e "$place/archive/$file" ]; do sleep 0.1; done
    echo "$(cat "$place/base.time") $latest"
    ;;
restore)
    # Noted first: one that is cut off here is begun anew.
    echo "$ASOF_RUN" >"$new.run"
    rm -rf "$new" "$new.log"
    cp -a "$place/base" "$new"
    # An offset, for of the names of time zones, and Z is one, PostgreSQL knows none while it reads its settings.
    cat >>"$new/postgresql.auto.conf" <<CONF
port = $RESTORED_PORT
archive_mode = off
restore_command = 'cp $place/archive/%f %p'
recovery_target_time = '${ASOF_AT%Z}+00'
recovery_target_action = promote
CONF
    touch "$new/recovery.signal"
    "$BIN/pg_ctl" -D "$new" -l "$new.log" -W start >/dev/null
    # Until it runs, or has failed: before, progress could not tell the one from the other.
    until running || grep -qs FATAL "$new.log"; do sleep 0.1; done
    ;;
progress)
    if [ -z "$run" ]; then echo none
    elif [ "$run" != "$ASOF_RUN" ]; then echo "foreign that of $run"
    elif [ ! -e "$new.log" ]; then echo none
    elif ! running; then echo "failed $(tail -3 "$new.log" | tr '\n' ' ')"
    elif [ "$(ask "$RESTORED_PORT" 'select pg_is_in_recovery()' 2>/dev/null)" = f ]; then echo available
    else echo restoring; fi
    ;;
endpoint) echo "postgresql://asof@127.0.0.1:$RESTORED_PORT/postgres" ;;
teardown)
    [ "$run" = "$ASOF_RUN" ] || exit 0
    "$BIN/pg_ctl" -D "$new" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$new" "$new.log" "$new.run"
    ;;
*) echo "no such verb: $verb" >&2 && exit 2 ;;
esac
