#!/usr/bin/env bash
# LocalStack 4.14.0 (the last that starts without a token), as a plain process. By hand only, 500 MB:
#   bash tests/servers/localstack.sh start DIR && export $(cat DIR/env) && cargo test --test it contract::custom:: -- --ignored
# The one emulator here with conditional copies, and with multipart uploads dated at their initiation.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly VENV=venv-localstack

# A package that it brings along uses what only Python 3.13 has.
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.14 python3.13 python3 \
    "$HOME"/.pyenv/versions/3.1[3-9]*/bin/python3; do
    if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

install() {
  local python
  python=$(find_python) || cannot "it needs Python 3.13 or newer; name one in PYTHON"
  venv "$VENV" "$python" 'localstack-core[runtime]==4.14.0' 'cbor2<5.8' 'pyOpenSSL<26' 'localstack-twisted<26' \
    || cannot "its Python packages could not be installed"
}

# Its Twisted server leaves out the host of GATEWAY_LISTEN and binds every address: loopback is put back in here.
write_entry() {
  cat >"$1" <<'PY'
from twisted.internet import endpoints

listen = endpoints.TCP4ServerEndpoint.__init__


def on_loopback(self, reactor, port, backlog=50, interface=""):
    listen(self, reactor, port, backlog, interface or "127.0.0.1")


endpoints.TCP4ServerEndpoint.__init__ = on_loopback

from localstack.runtime.main import main

main()
PY
}

start() {
  local dir=$1 port=$2
  mkdir -p "$dir/volume"
  write_entry "$dir/entry.py"
  launch "$dir" localstack env LOCALSTACK_VOLUME_DIR="$dir/volume" FILESYSTEM_ROOT="$dir/volume" \
    GATEWAY_LISTEN="127.0.0.1:$port" SERVICES=s3 EAGER_SERVICE_LOADING=0 DISABLE_EVENTS=1 STATIC_CONFIG=1 \
    SKIP_SSL_CERT_DOWNLOAD=1 OVERRIDE_IN_DOCKER=0 DNS_ADDRESS=0 LS_LOG=warning PYTHONUNBUFFERED=1 \
    "$CACHE/$VENV/bin/python" "$dir/entry.py"
  await "$dir" localstack 120 listening "$port" || return 1
  printf '%s\n' "ASOF_TEST_ENDPOINT=http://127.0.0.1:$port" ASOF_TEST_SERVER=localstack >"$dir/env"
}

stop() { end "$1" localstack; }

main "$@"
