//! Credentials written or printed by another program: `aws sso login`, `aws login`, `credential_process`.

use sha1::Digest as _;

use super::service::{Answer, Service};
use super::{EXPIRATION, TOKEN, diff, hex, succeeds, write};
use crate::cli::stage::Stage;

const SSO: &str = "
[profile ops]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = restorer
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
";

const SESSION: &str = "arn:aws:iam::111122223333:user/ops";

#[test]
fn an_sso_session_that_is_logged_in_gives_its_role() {
    let stage = Stage::after_incident();
    write(&stage, ".aws/config", SSO);
    let cache = format!(".aws/sso/cache/{}.json", hex(&sha1::Sha1::digest(b"corp")));
    let cached = |until: &str| format!(r#"{{"accessToken":"the-sso-token","expiresAt":"{until}"}}"#);
    write(&stage, &cache, &cached(EXPIRATION));
    let sso = Service::start(|asked| match asked.header("x-amz-sso_bearer_token") {
        Some("the-sso-token") => Answer::of(format!(
            r#"{{"roleCredentials":{{"accessKeyId":"lab","secretAccessKey":"lab-secret","sessionToken":"{TOKEN}","expiration":4070908800000}}}}"#
        )),
        _ => Answer::refusal(401, "{}"),
    });
    succeeds(&stage, diff(&stage, "--profile ops").env("AWS_ENDPOINT_URL_SSO", &sso.url));
    let what = &sso.asked()[0].what;
    assert!(what.contains("role_name=restorer") && what.contains("account_id=111122223333"), "{what}");
    write(&stage, &cache, &cached("2024-01-01T00:00:00Z"));
    let shown = diff(&stage, "--profile ops").env("AWS_ENDPOINT_URL_SSO", &sso.url).changes_nothing();
    assert!(shown.contains("or renew the login (aws login, aws sso login)"), "{shown}");
}

#[test]
fn a_login_gives_its_credentials() {
    let stage = Stage::after_incident();
    write(&stage, ".aws/config", &format!("[profile ops]\nlogin_session = {SESSION}\n"));
    let cache = format!(".aws/login/cache/{}.json", hex(&sha2::Sha256::digest(SESSION.as_bytes())));
    let cached = format!(
        r#"{{"accessToken":{{"accessKeyId":"lab","secretAccessKey":"lab-secret","sessionToken":"{TOKEN}","accountId":"111122223333","expiresAt":"{EXPIRATION}"}},"tokenType":"aws_sigv4","refreshToken":"refresh","idToken":"id","clientId":"arn:aws:signin:::devtools/same-device","dpopKey":"-----BEGIN EC PRIVATE KEY-----\ntest\n-----END EC PRIVATE KEY-----\n"}}"#
    );
    write(&stage, &cache, &cached);
    succeeds(&stage, diff(&stage, "--profile ops"));
    succeeds(&stage, diff(&stage, "").env("AWS_PROFILE", "ops").env_remove("AWS_REGION"));
}

#[test]
fn a_credential_process_is_run() {
    let stage = Stage::after_incident();
    write(
        &stage,
        "give",
        &format!(
            r#"echo '{{"Version":1,"AccessKeyId":"lab","SecretAccessKey":"lab-secret","SessionToken":"{TOKEN}","Expiration":"{EXPIRATION}"}}'"#
        ),
    );
    let command = stage.path("give");
    write(
        &stage,
        ".aws/config",
        &format!("[profile ops]\ncredential_process = sh '{}'\n", command.display()),
    );
    succeeds(&stage, diff(&stage, "--profile ops"));
    write(&stage, "give", "exit 3");
    let shown = diff(&stage, "--profile ops").changes_nothing();
    assert!(shown.contains("no usable AWS credentials found in the profile ops"), "{shown}");
}
