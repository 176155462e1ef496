"""Validates an array job, and prints it as JSON.

validate.py kubernetes            the manifest on stdin, by the published schemas of Kubernetes
validate.py aws batch OPERATION --cli-input-json file:///dev/stdin
                                  in place of the AWS CLI: the request, by the service model of botocore
"""

import json
import sys


def kubernetes():
    import kubernetes_validate
    import yaml

    documents = list(yaml.safe_load_all(sys.stdin))
    # The first version in which every field is stable, and the newest with a schema.
    for version in ("1.34", "1.37"):
        for document in documents:
            kubernetes_validate.validate(document, version, strict=True)
    return documents


def aws_batch(operation, option, source):
    import botocore.session
    from botocore.validate import ParamValidator

    assert option == "--cli-input-json" and source.startswith("file://"), (option, source)
    with open(source.removeprefix("file://"), encoding="utf-8") as file:
        request = json.load(file)
    name = "".join(word.capitalize() for word in operation.split("-"))
    model = botocore.session.get_session().get_service_model("batch").operation_model(name)
    report = ParamValidator().validate(request, model.input_shape)
    if report.has_errors():
        raise SystemExit(report.generate_report())
    return {name: request}


if sys.argv[1] == "kubernetes":
    found = kubernetes()
else:
    assert sys.argv[1:3] == ["aws", "batch"], sys.argv
    found = aws_batch(*sys.argv[3:])
print(json.dumps(found))
