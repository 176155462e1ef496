//! Endpoints that serve credentials to local processes: of containers, pods and instances.

use super::service::{Answer, Service};
use super::{as_json, diff, succeeds};
use crate::cli::stage::Stage;

#[test]
fn a_container_is_served_by_its_endpoint() {
    let stage = Stage::after_incident();
    let ecs = Service::start(|_| Answer::of(as_json()));
    let uri = format!("{}/v2/credentials/1", ecs.url);
    succeeds(&stage, diff(&stage, "").env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri));
    assert_eq!(ecs.asked()[0].what, "GET /v2/credentials/1");
}

#[test]
fn a_pod_identity_is_served_to_who_shows_its_token() {
    let stage = Stage::after_incident();
    let token = stage.file("pod-token", b"the-pod-token");
    let agent = Service::start(|asked| match asked.header("authorization") {
        Some("the-pod-token") => Answer::of(as_json()),
        _ => Answer::refusal(401, "{}"),
    });
    let pod = |stage| diff(stage, "").env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/v1", agent.url));
    let with_token = pod(&stage).env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.to_str().unwrap());
    succeeds(&stage, with_token);
    let shown = pod(&stage).changes_nothing();
    assert!(shown.contains("no usable AWS credentials found"), "{shown}");
}

#[test]
fn an_instance_is_served_its_role_and_its_region() {
    let stage = Stage::after_incident();
    let imds = Service::start(|asked| match asked.what.as_str() {
        "PUT /latest/api/token" => {
            Answer { header: "x-aws-ec2-metadata-token-ttl-seconds: 21600", ..Answer::of("the-imds-token") }
        }
        _ if asked.header("x-aws-ec2-metadata-token") != Some("the-imds-token") => Answer::refusal(401, ""),
        "GET /latest/meta-data/placement/region" => Answer::of("us-east-1"),
        "GET /latest/meta-data/iam/security-credentials/" => Answer::of("ops"),
        "GET /latest/meta-data/iam/security-credentials/ops" => Answer::of(as_json()),
        _ => Answer::refusal(404, ""),
    });
    let instance = diff(&stage, "")
        .env_remove("AWS_EC2_METADATA_DISABLED")
        .env_remove("AWS_REGION")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &imds.url);
    succeeds(&stage, instance);
    assert!(imds.asked().iter().any(|asked| asked.what.ends_with("/security-credentials/ops")));
}

#[test]
fn credentials_that_are_served_wrong_are_refused() {
    let stage = Stage::after_incident();
    let ecs = Service::start(|_| Answer::of(as_json().replace("lab-secret", "another")));
    let shown = diff(&stage, "").env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &ecs.url).changes_nothing();
    assert!(shown.starts_with("exit code 1\n") && shown.contains("SignatureDoesNotMatch"), "{shown}");
}
