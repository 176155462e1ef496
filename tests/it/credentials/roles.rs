//! Roles assumed through STS: with a web identity, from a profile, by role chaining, with an MFA device.

use insta::assert_snapshot;

use super::service::{Answer, Asked, Service};
use super::{EXPIRATION, TOKEN, diff, succeeds, write};
use crate::cli::stage::Stage;

/// Profiles that each get their credentials from the next, and one that needs an MFA code.
const PROFILES: &str = "
[profile ops]
role_arn = arn:aws:iam::111122223333:role/ops
source_profile = middle
[profile middle]
role_arn = arn:aws:iam::111122223333:role/middle
source_profile = base
[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = base-secret
[profile careful]
role_arn = arn:aws:iam::111122223333:role/careful
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/me
[profile behind]
role_arn = arn:aws:iam::111122223333:role/ops
source_profile = careful
";

fn assumed(action: &str, key: &str, secret: &str, token: &str) -> Answer {
    Answer::of(format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{EXPIRATION}</Expiration></Credentials>\
         <AssumedRoleUser><AssumedRoleId>AROA:asof</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/ops/asof</Arn>\
         </AssumedRoleUser></{action}Result></{action}Response>"
    ))
}

/// STS, which lets the base keys assume one role, and that role the other.
fn sts(asked: &Asked) -> Answer {
    let signed_by = |key: &str| {
        asked.header("authorization").is_some_and(|header| header.contains(&format!("Credential={key}/")))
    };
    let of_role = |role: &str| asked.body.contains(&format!("role%2F{role}&"));
    if of_role("middle") && signed_by("AKIABASE") {
        return assumed("AssumeRole", "ASIAMIDDLE", "middle-secret", "middle-token");
    }
    if of_role("ops") && signed_by("ASIAMIDDLE") {
        return assumed("AssumeRole", "lab", "lab-secret", TOKEN);
    }
    Answer::refusal(
        403,
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error>\
         <RequestId>1</RequestId></ErrorResponse>",
    )
}

#[test]
fn a_web_identity_assumes_its_role_with_and_without_a_region() {
    let stage = Stage::after_incident();
    let token = stage.file("web-token", b"the-web-token");
    let sts = Service::start(|asked| {
        let right = asked.body.contains("Action=AssumeRoleWithWebIdentity")
            && asked.body.contains("WebIdentityToken=the-web-token");
        if right {
            assumed("AssumeRoleWithWebIdentity", "lab", "lab-secret", TOKEN)
        } else {
            Answer::refusal(400, "")
        }
    });
    let irsa = |stage| {
        diff(stage, "")
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap())
            .env("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ops")
            .env("AWS_ENDPOINT_URL_STS", &sts.url)
    };
    succeeds(&stage, irsa(&stage));
    succeeds(&stage, irsa(&stage).env_remove("AWS_REGION"));
}

#[test]
fn a_role_is_assumed_from_a_role_with_and_without_a_region() {
    let stage = Stage::after_incident();
    write(&stage, ".aws/config", PROFILES);
    let sts = Service::start(sts);
    succeeds(&stage, diff(&stage, "--profile ops").env("AWS_ENDPOINT_URL_STS", &sts.url));
    let by_environment = diff(&stage, "").env("AWS_PROFILE", "ops").env("AWS_ENDPOINT_URL_STS", &sts.url);
    succeeds(&stage, by_environment.env_remove("AWS_REGION"));
    let named = diff(&stage, "--profile ops").env("AWS_ENDPOINT_URL_STS", &sts.url);
    succeeds(&stage, named.env_remove("AWS_REGION"));
    let assumed =
        |role: &str| sts.asked().iter().any(|asked| asked.body.contains(&format!("role%2F{role}&")));
    assert!(assumed("middle") && assumed("ops"));
}

#[test]
fn a_profile_that_needs_mfa_is_told_how_to_be_used() {
    let stage = Stage::after_incident();
    write(&stage, ".aws/config", PROFILES);
    let sts = Service::start(sts);
    let asked = |options: &str| diff(&stage, options).env("AWS_ENDPOINT_URL_STS", &sts.url);
    assert_snapshot!(asked("--profile careful").changes_nothing(), @r#"
    exit code 1
    --- stderr
    error: no usable AWS credentials found in the profile careful: it needs an MFA code (mfa_serial), which asof cannot prompt for
      hint: let the AWS CLI prompt for it: eval "$(aws configure export-credentials --profile careful --format env)", then run the command again without --profile
      hint: or use a profile with credential_process = aws configure export-credentials --profile careful
    "#);
    let behind = asked("").env("AWS_PROFILE", "behind").changes_nothing();
    assert!(behind.contains("profile careful: it needs an MFA code"), "{behind}");
    let behind = asked("--profile behind").changes_nothing();
    assert!(behind.contains("profile behind: careful needs an MFA code"), "{behind}");
    let without = asked("--profile base").changes_nothing();
    assert!(without.contains("does not accept the credentials"), "{without}");
}
