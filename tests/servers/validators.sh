#!/usr/bin/env bash
# Validators of array jobs, not a server: the published schemas of Kubernetes, and the service model of AWS Batch.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly VENV=venv-validators

install() {
  have python3 || apt_install python3 python3-venv || cannot "there is no python3"
  venv "$VENV" python3 'kubernetes-validate==1.37.0' 'botocore==1.44.5' || cannot "its Python packages could not be installed"
  have shellcheck || apt_install shellcheck || cannot "there is no shellcheck"
}

start() {
  echo "ASOF_TEST_VALIDATORS=$CACHE/$VENV/bin/python" >"$1/env"
}

stop() { :; }

main "$@"
