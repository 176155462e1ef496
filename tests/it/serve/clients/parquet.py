"""Writes a Parquet data set to a directory (write DIR NUMBER), or prints what a bucket's holds (read BUCKET)."""

import os
import sys

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

if sys.argv[1] == "write":
    number = int(sys.argv[3])
    rows = range(number)
    table = pa.table({"id": list(rows), "day": [f"d{row % 4}" for row in rows], "text": ["x" * 200] * number})
    parts = ds.partitioning(pa.schema([("day", pa.string())]), flavor="hive")
    ds.write_dataset(table, sys.argv[2], format="parquet", partitioning=parts)
else:
    scheme, host = os.environ["AWS_ENDPOINT_URL_S3"].split("://")
    s3 = fs.S3FileSystem(
        access_key=os.environ["AWS_ACCESS_KEY_ID"],
        secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        region=os.environ["AWS_REGION"],
        scheme=scheme,
        endpoint_override=host,
    )
    table = ds.dataset(f"{sys.argv[2]}/set", filesystem=s3, format="parquet", partitioning="hive").to_table()
    print(table.num_rows, sum(table["id"].to_pylist()), sorted(set(table["day"].to_pylist())))
