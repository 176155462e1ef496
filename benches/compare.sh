#!/usr/bin/env bash
# Lists one computed bucket as of a past second, with asof and with the tools that a person would pick instead: what each
# costs in processor time (user and system, the whole process) and in wall time, on the same server.
#
#   benches/compare.sh install       fetches rclone (apt), s3-pit-restore (pip) and s3sync (cargo) into ~/.cache/asof-tools
#   benches/compare.sh [KEYS]        runs; a tool that is not there is left out (100,000 keys of two versions each)
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

keys=${1:-100000}
cargo build --release --quiet || exit 1
asof=${CARGO_TARGET_DIR:-target}/release/asof
work=$(mktemp -d)
"$asof" lab wall --listen 127.0.0.1:0 --keys "$keys" --versions-per-key 2 >"$work/wall" &
wall=$!
trap 'kill "$wall"; rm -rf "$work"' EXIT
until url=$(sed -n 's/.*AWS_ENDPOINT_URL=//p' "$work/wall") && [ -n "$url" ]; do sleep 0.1; done
unset AWS_CA_BUNDLE AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ENDPOINT_URL=$url AWS_ACCESS_KEY_ID=wall AWS_SECRET_ACCESS_KEY=wall AWS_REGION=us-east-1
export AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true

# measure NAME COMMAND...
measure() {
  local name=$1 cost
  shift
  command -v "$1" >/dev/null || { printf '  %-16s not installed\n' "$name" && return; }
  TIMEFORMAT='%U %S %R'
  cost=$({ time "$@" >"$work/out" 2>"$work/err"; } 2>&1) || { printf '  %-16s failed: %s\n' "$name" "$(tail -n 1 "$work/err")" && return; }
  awk -v name="$name" -v versions=$((keys * 2)) '{
    printf "  %-16s %8.2f us of CPU a version %8.1f s\n", name, ($1 + $2) * 1e6 / versions, $3 }' <<<"$cost"
}

echo "$((keys * 2)) versions, as of 2026-01-01T00:00:00Z"
measure asof "$asof" diff s3://wall --at 2026-01-01T00:00:00Z
measure s3sync "$tools/bin/s3sync" --dry-run --point-in-time 2026-01-01T00:00:00Z --source-endpoint-url "$url" \
  --source-force-path-style --source-access-key wall --source-secret-access-key wall --source-region us-east-1 \
  s3://wall "$work/target/"
measure rclone rclone lsf -R --fast-list --config /dev/null --s3-provider Other --s3-env-auth --s3-endpoint "$url" \
  --s3-version-at 2026-01-01T00:00:00Z :s3:wall
measure s3-pit-restore "$tools/pit/bin/s3-pit-restore" -b wall -B wall -t '01-01-2026 00:00:00 +0' --dry-run
