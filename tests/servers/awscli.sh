#!/usr/bin/env bash
# The AWS CLI, not a server: the one on the PATH, or that of the Python packages.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly VENV=venv-awscli

install() {
  ! have aws || return 0
  have python3 || apt_install python3 python3-venv || cannot "there is no python3"
  venv "$VENV" python3 'awscli==1.45.11' || cannot "its Python packages could not be installed"
}

start() {
  local aws
  aws=$(command -v aws) || aws=$CACHE/$VENV/bin/aws
  echo "ASOF_TEST_AWS_BIN=$(dirname "$aws")" >"$1/env"
}

stop() { :; }

main "$@"
