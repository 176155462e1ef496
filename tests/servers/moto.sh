#!/usr/bin/env bash
# moto: an S3 (and RDS) emulator in Python. Any credentials. Slow to list, and no other emulator has RDS point-in-time restores.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly VENV=venv-moto

install() {
  have python3 || apt_install python3 python3-venv || cannot "there is no python3"
  venv "$VENV" python3 'moto[server,s3]==5.2.1' || cannot "its Python packages could not be installed"
}

start() {
  local dir=$1 port=$2
  launch "$dir" moto "$CACHE/$VENV/bin/moto_server" -H 127.0.0.1 -p "$port"
  await "$dir" moto 60 listening "$port" || return 1
  echo "ASOF_TEST_MOTO_URL=http://127.0.0.1:$port" >"$dir/env"
}

stop() { end "$1" moto; }

main "$@"
