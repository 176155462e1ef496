//! The AWS CLI, and the moto that `tests/run.sh` has started for it.

use std::process::Command;

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: see tests/run.sh"))
}

/// Lets the commands of a recipe find the CLI and moto; the bucket stays another server's.
pub(super) fn with_moto(command: &mut Command) -> &mut Command {
    let url = variable("ASOF_TEST_MOTO_URL");
    let path = format!("{}:{}", variable("ASOF_TEST_AWS_BIN"), variable("PATH"));
    command.env("AWS_ENDPOINT_URL_DYNAMODB", &url).env("AWS_ENDPOINT_URL_EC2", &url).env("PATH", path);
    command.env("AWS_DEFAULT_REGION", "us-east-1").env("AWS_MAX_ATTEMPTS", "1")
}

/// The same for a command that has not the credentials of asof.
pub(super) fn with_credentials(command: &mut Command) -> &mut Command {
    with_moto(command).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test")
}
