#!/usr/bin/env bash
# ministack: an S3 emulator in Python that keeps document order and null versions. Any credentials.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly VENV=venv-ministack

install() {
  have python3 || apt_install python3 python3-venv || cannot "there is no python3"
  venv "$VENV" python3 'ministack==1.5.33' || cannot "its Python packages could not be installed"
}

start() {
  local dir=$1 port=$2
  launch "$dir" ministack env BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 GATEWAY_PORT="$port" \
    "$CACHE/$VENV/bin/ministack"
  await "$dir" ministack 60 listening "$port" || return 1
  echo "ASOF_TEST_MINISTACK_URL=http://127.0.0.1:$port" >"$dir/env"
}

stop() { end "$1" ministack; }

main "$@"
