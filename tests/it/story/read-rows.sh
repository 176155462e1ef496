#!/usr/bin/env bash
# The application on restored rows and the objects of the past: reads the objects of some rows. Writes their number to OUT.
#   read-rows.sh BUCKET OUT
set -euo pipefail
bucket=$1 out=$2 number=0
psql -h "${ASOF_HOST:?}" -p "$ASOF_PORT" -d "$ASOF_DBNAME" -XAtc 'select key from uploads order by random() limit 60' >"$out.keys"
while read -r key; do
  body=$(curl -sf --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --aws-sigv4 "aws:amz:$AWS_REGION:s3" \
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$AWS_ENDPOINT_URL_S3/$bucket/$key")
  case $body in
    "revision "*" of $key") number=$((number + 1)) ;;
    *) echo "the object of the row $key is: $body" >&2 && exit 1 ;;
  esac
done <"$out.keys"
echo "$number" >"$out"
