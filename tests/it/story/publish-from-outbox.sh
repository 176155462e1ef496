#!/bin/sh
# The after-database hook: publishes the events of the restored outbox that the restored stream lacks, in their order. A row
# that was committed before T, and its message published after, has its message again.
#   publish-from-outbox.sh DIR URL     DIR holds queue.py and rabbitmq-stream.py
set -eu
cd "$1"
: "${ASOF_HOST:?}" "${ASOF_DBNAME_MESSAGES:?}"
psql -h "$ASOF_HOST" -p "$ASOF_PORT" -d "$ASOF_DBNAME" -XAtc 'select event from outbox order by id' >outbox
./rabbitmq-stream.py print "$ASOF_DBNAME_MESSAGES" >published
grep -vxFf published outbox >lacking || [ $? = 1 ]
/usr/bin/python3 queue.py "$2" publish "$ASOF_DBNAME_MESSAGES" <lacking >/dev/null
