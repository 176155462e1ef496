#!/usr/bin/env bash
# Clients of S3, not a server: boto3, pyarrow, rclone and curl. The AWS CLI has a script of its own.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly BOTO=venv-boto3 ARROW=venv-pyarrow

install() {
  have python3 || apt_install python3 python3-venv || cannot "there is no python3"
  venv "$BOTO" python3 'boto3==1.44.5' || cannot "boto3 could not be installed"
  venv "$ARROW" python3 'pyarrow==26.0.1' || cannot "pyarrow could not be installed"
  have curl || apt_install curl || cannot "there is no curl"
  have rclone || apt_install rclone || cannot "there is no rclone"
}

start() {
  printf '%s\n' "ASOF_TEST_BOTO3=$CACHE/$BOTO/bin/python" "ASOF_TEST_PYARROW=$CACHE/$ARROW/bin/python" >"$1/env"
}

stop() { :; }

main "$@"
