"""Reads a view with boto3: BUCKET, and on stdin the objects that it must have, as JSON: {key: text}."""

import json
import os
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

bucket = sys.argv[1]
expected = json.load(sys.stdin)
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def refused(code, call, **arguments):
    try:
        call(Bucket=bucket, **arguments)
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e
    else:
        raise AssertionError(f"not refused with {code}: {arguments}")


pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
listed = {o["Key"]: o["Size"] for page in pages for o in page.get("Contents", [])}
assert listed == {key: len(text.encode()) for key, text in expected.items()}, listed
pages = s3.get_paginator("list_objects").paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2})
folders = {p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])}
assert folders == {key.split("/")[0] + "/" for key in expected if "/" in key}, folders

for key, text in expected.items():
    body = text.encode()
    got = s3.get_object(Bucket=bucket, Key=key)
    assert got["Body"].read() == body, key
    head = s3.head_object(Bucket=bucket, Key=key)
    assert (head["ContentLength"], head["ETag"], head["LastModified"]) == (
        len(body),
        got["ETag"],
        got["LastModified"],
    )
    part = s3.get_object(Bucket=bucket, Key=key, Range="bytes=1-3")
    assert part["Body"].read() == body[1:4] and part["ResponseMetadata"]["HTTPStatusCode"] == 206
    refused("304", s3.get_object, Key=key, IfNoneMatch=got["ETag"])
    refused("304", s3.get_object, Key=key, IfModifiedSince=got["LastModified"])
    refused("PreconditionFailed", s3.get_object, Key=key, IfMatch='"other"')
    assert s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == []
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=60)
    with urllib.request.urlopen(url) as reply:
        assert reply.read() == body

refused("NoSuchKey", s3.get_object, Key="absent")
refused("404", s3.head_object, Key="absent")
refused("AccessDenied", s3.put_object, Key="new", Body=b"x")
refused("AccessDenied", s3.delete_object, Key=next(iter(expected)))
refused("AccessDenied", s3.delete_objects, Delete={"Objects": [{"Key": "a"}]})
assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == [bucket]
print("read", len(expected), os.environ["AWS_ENDPOINT_URL_S3"])
