#!/usr/bin/env bash
# asof beside the tools that a person would pick instead, on the same server and bucket: what each costs in processor time
# (user and system, the whole process), in wall time and in requests. A tool that is not there is left out.
#
#   benches/compare.sh install         fetches rclone (apt), s3-pit-restore (pip) and s3sync (cargo) into ~/.cache/asof-tools
#   benches/compare.sh [KEYS]          lists a computed bucket as of a past second (100,000 keys of two versions each)
#   benches/compare.sh restore [KEYS]  restores a bucket as of a past second into an empty one (20,000 keys, all overwritten since),
#                                      64 requests in flight, from a server that answers after 30 ms
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
tools=${XDG_CACHE_HOME:-$HOME/.cache}/asof-tools

if [ "${1:-}" = install ]; then
  mkdir -p "$tools"
  command -v rclone >/dev/null || apt-get install -y --no-install-recommends rclone
  [ -x "$tools/pit/bin/s3-pit-restore" ] || { python3 -m venv "$tools/pit" && "$tools/pit/bin/pip" install -q s3-pit-restore; }
  [ -x "$tools/bin/s3sync" ] || cargo install s3sync --no-default-features --root "$tools"
  exit
fi

mode=list
if [ "${1:-}" = restore ]; then mode=restore && shift; fi
keys=${1:-$([ "$mode" = list ] && echo 100000 || echo 20000)}
cargo build --release --quiet || exit 1
asof=${CARGO_TARGET_DIR:-target}/release/asof
work=$(mktemp -d)
if [ "$mode" = list ]; then
  "$asof" lab wall --listen 127.0.0.1:0 --keys "$keys" --versions-per-key 2 >"$work/server" &
else
  "$asof" lab serve --listen 127.0.0.1:0 >"$work/server" &
fi
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
until url=$(sed -n 's/.*AWS_ENDPOINT_URL=//p' "$work/server" 2>/dev/null) && [ -n "$url" ]; do sleep 0.1; done
unset AWS_CA_BUNDLE AWS_PROFILE AWS_SESSION_TOKEN
secret() { sed -n "s/.*$1=//p" "$work/server" | grep . || echo synthetic; }
AWS_ACCESS_KEY_ID=$(secret AWS_ACCESS_KEY_ID) AWS_SECRET_ACCESS_KEY=$(secret AWS_SECRET_ACCESS_KEY)
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL=$url AWS_REGION=us-east-1
export AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true XDG_STATE_HOME=$work/state

# measure NAME COMMAND...
measure() {
  local name=$1 cost requests=''
  shift
  command -v "$1" >/dev/null || { printf '  %-16s not installed\n' "$name" && return; }
  [ "$mode" = list ] || curl -s -X DELETE "$url/_lab/requests" >/dev/null
  TIMEFORMAT='%U %S %R'
  cost=$({ time "$@" >"$work/out" 2>"$work/err"; } 2>&1) || { printf '  %-16s failed: %s\n' "$name" "$(tail -n 1 "$work/err")" && return; }
  [ "$mode" = list ] || requests=$(curl -s "$url/_lab/requests" | sed -n 's/.*"total":\([0-9]*\).*/\1 requests/p')
  awk -v name="$name" -v each=$((mode_each * keys)) -v unit="$unit" -v requests="$requests" '{
    printf "  %-16s %8.2f us of CPU a %s %8.1f s  %s\n", name, ($1 + $2) * 1e6 / each, unit, $3, requests }' <<<"$cost"
}

if [ "$mode" = restore ]; then
  mode_each=1 unit=key
  "$tools/pit/bin/python" - "$url" "$keys" <<'PYTHON' || exit 1
import sys, urllib.request, concurrent.futures, boto3
url, keys = sys.argv[1], int(sys.argv[2])
s3 = boto3.client("s3")
def clock(time):
    urllib.request.urlopen(urllib.request.Request(url + "/_lab/clock", data=time.encode(), method="PUT"))
for bucket in ["source"] + ["to-" + tool for tool in ["asof", "no-head", "s3sync", "rclone", "pit"]]:
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    for time, body in [("2025-12-31T00:00:00Z", b"good " * 100), ("2026-01-02T00:00:00Z", b"bad")]:
        clock(time)
        list(pool.map(lambda n: s3.put_object(Bucket="source", Key=f"k/{n:06}", Body=body), range(keys)))
clock("real")
PYTHON
  at=2026-01-01T00:00:00Z
  curl -sf -X POST "$url/_lab/faults" -d '{"fault":{"Delay":{"millis":30}}}' >/dev/null || exit 1
  echo "$keys keys, as of $at, into an empty bucket"
  restore=("$asof" restore s3://source --at $at --yes --rate 100000/s --concurrency 64)
  measure asof "${restore[@]}" --to s3://to-asof
  measure 'asof --no-head' "${restore[@]}" --no-head --to s3://to-no-head
  measure s3sync "$tools/bin/s3sync" --worker-size 64 --point-in-time $at --source-endpoint-url "$url" --source-force-path-style \
    --source-access-key "$AWS_ACCESS_KEY_ID" --source-secret-access-key "$AWS_SECRET_ACCESS_KEY" --source-region us-east-1 \
    --target-endpoint-url "$url" --target-force-path-style --target-access-key "$AWS_ACCESS_KEY_ID" \
    --target-secret-access-key "$AWS_SECRET_ACCESS_KEY" --target-region us-east-1 --server-side-copy s3://source s3://to-s3sync
  measure rclone rclone copy --fast-list --transfers 64 --checkers 64 --config /dev/null --s3-provider Other --s3-env-auth \
    --s3-endpoint "$url" --s3-list-version 2 ":s3,version_at='$at':source" :s3:to-rclone
  measure s3-pit-restore "$tools/pit/bin/s3-pit-restore" --max-workers 64 -b source -B to-pit -t '01-01-2026 00:00:00 +0'
  exit
fi

mode_each=2 unit=version
echo "$((keys * 2)) versions, as of 2026-01-01T00:00:00Z"
measure asof "$asof" diff s3://synthetic --at 2026-01-01T00:00:00Z
measure s3sync "$tools/bin/s3sync" --dry-run --point-in-time 2026-01-01T00:00:00Z --source-endpoint-url "$url" \
  --source-force-path-style --source-access-key synthetic --source-secret-access-key synthetic --source-region us-east-1 \
  s3://synthetic "$work/target/"
measure rclone rclone lsf -R --fast-list --config /dev/null --s3-provider Other --s3-env-auth --s3-endpoint "$url" \
  --s3-version-at 2026-01-01T00:00:00Z :s3:synthetic
measure s3-pit-restore "$tools/pit/bin/s3-pit-restore" -b synthetic -B synthetic -t '01-01-2026 00:00:00 +0' --dry-run
