#!/usr/bin/env bash
# moto: an S3 (and RDS) emulator in Python. Any credentials. Slow to list, and no other emulator has RDS point-in-time restores.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly VENV=venv-moto

install() {
  have python3 || apt_install python3 python3-venv || cannot "there is no python3"
  venv "$VENV" python3 'moto[server,s3]==5.2.1' || cannot "its Python packages could not be installed"
}

# Three of its documents have a root element named after the operation. AWS names it after the type, and the AWS SDK for
# Rust, which checks the name, cannot read them otherwise (boto3 does not check it).
write_entry() {
  cat >"$1" <<'PY'
import sys

from moto.core.serialize import S3Serializer
from moto.server import main

ROOTS = {
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "GetBucketVersioning": "VersioningConfiguration",
    "ListParts": "ListPartsResult",
}
respond = S3Serializer._serialized_result_to_response


def respond_with_root(self, resp, result, shape, serialized):
    root = ROOTS.get(self.operation_model.name)
    if root and shape is not None:
        shape.serialization["resultWrapper"] = root
    return respond(self, resp, result, shape, serialized)


S3Serializer._serialized_result_to_response = respond_with_root
sys.exit(main())
PY
}

start() {
  local dir=$1 port=$2
  write_entry "$dir/entry.py"
  launch "$dir" moto "$CACHE/$VENV/bin/python" "$dir/entry.py" -H 127.0.0.1 -p "$port"
  await "$dir" moto 60 listening "$port" || return 1
  echo "ASOF_TEST_MOTO_URL=http://127.0.0.1:$port" >"$dir/env"
}

stop() { end "$1" moto; }

main "$@"
