#!/bin/sh
# The keys of the uploads that are there after all messages of the restored stream.
#   keys-of-messages.sh DIR
set -eu
cd "$1"
./rabbitmq-stream.py print "${ASOF_DBNAME_MESSAGES:?}" >events
awk '$1 == "put" { there[$2] = 1 } $1 == "delete" { delete there[$2] } END { for (key in there) print key }' events
