//! Credentials from every source that the AWS CLI supports, each over real HTTP on loopback. They serve the lab's
//! credentials, and the lab verifies every signature.

mod files;
mod roles;
mod servers;
mod service;

use std::path::Path;

use asof::lab::Access;

use crate::cli::stage::{Asof, BUCKET, Stage};

/// The token of temporary credentials, which every request must carry.
const TOKEN: &str = "the-session-token";

/// Until when they are good.
const EXPIRATION: &str = "2099-01-01T00:00:00Z";

/// A command that reads the bucket's past, with no credentials of its own.
fn diff<'a>(stage: &'a Stage, options: &str) -> Asof<'a> {
    stage.lab.requests().keep_accesses();
    let command = stage.asof(&format!("diff s3://{BUCKET} --at 2024-05-06T07:08:09Z {options}"));
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY")
}

/// Runs a command, which must succeed, each request of it with the token.
fn succeeds(stage: &Stage, command: Asof<'_>) {
    let shown = command.changes_nothing();
    assert!(shown.starts_with("exit code 0\n"), "{shown}");
    let has_token = |access: &Access| access.headers.iter().any(|name| name == "x-amz-security-token");
    let accesses = stage.lab.requests().take_accesses();
    assert!(accesses.len() > 1 && accesses.iter().all(has_token), "{accesses:?}");
}

/// Writes a file of the home directory, in whatever directories.
fn write(stage: &Stage, name: &str, content: &str) {
    let path = stage.path(name);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
    std::fs::write(path, content).unwrap();
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Returns the credentials that the lab accepts, as the JSON of the container and the instance endpoints.
fn as_json() -> String {
    format!(
        r#"{{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2024-01-01T00:00:00Z","AccessKeyId":"lab","SecretAccessKey":"lab-secret","Token":"{TOKEN}","Expiration":"{EXPIRATION}"}}"#
    )
}
