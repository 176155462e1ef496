//! The AWS CLI, and the moto that `tests/run.sh` has started for it.

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: see tests/run.sh"))
}

/// The variables of a command that runs the CLI. The bucket is another server's, so not all of AWS is moto.
pub(super) fn environment() -> Vec<(String, String)> {
    let url = variable("ASOF_TEST_MOTO_URL");
    let path = format!("{}:{}", variable("ASOF_TEST_AWS_BIN"), variable("PATH"));
    let variables = [
        ("AWS_ENDPOINT_URL_DYNAMODB", url.as_str()),
        ("AWS_ENDPOINT_URL_EC2", &url),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("PATH", &path),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
