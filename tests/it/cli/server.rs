//! Errors between asof and the server: one message each, with the remedy.

use asof::lab::{Fault, Operation};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

#[test]
fn missing_bucket() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uplaods --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 1
    --- stderr
    error: the bucket prod-uplaods does not exist
      hint: check its name, --profile and --endpoint-url
    ");
}

#[test]
fn listing_denied() {
    let stage = Stage::after_incident();
    stage.strike(Operation::ListObjectVersions, Fault::AccessDenied);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot list the versions of s3://prod-uploads: access denied (AccessDenied)
      hint: the credentials need s3:ListBucketVersions, and no policy may deny it
    ");
}

#[test]
fn versioning_state_denied() {
    let stage = Stage::after_incident();
    stage.strike(Operation::GetBucketVersioning, Fault::AccessDenied);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot restore prod-uploads in place: it is unknown whether versioning is enabled; without it a restore would permanently overwrite objects
      hint: the credentials need s3:GetBucketVersioning, and no policy may deny it
      hint: or restore elsewhere with --to s3://OTHER
    ");
}

#[test]
fn wrong_secret() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").env("AWS_SECRET_ACCESS_KEY", "wrong").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: the server does not accept the credentials (SignatureDoesNotMatch)
      hint: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile
    ");
}

#[test]
fn unknown_access_key() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").env("AWS_ACCESS_KEY_ID", "AKIANOBODY").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: the server does not accept the credentials (InvalidAccessKeyId)
      hint: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile
    ");
}

/// As with the AWS CLI: S3 tells the region, and the bucket's name is enough to find it.
#[test]
fn wrong_region() {
    let stage = Stage::after_incident();
    let verified =
        stage.asof("verify s3://prod-uploads --at 0s").env("AWS_REGION", "eu-west-1").changes_nothing();
    assert!(verified.starts_with("exit code 0"), "{verified}");
}

#[test]
fn unreachable_endpoint() {
    let stage = Stage::after_incident();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").env("AWS_ENDPOINT_URL", &url).hide(&url, "http://CLOSED").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: Connection refused (os error N) (server: http://CLOSED)
      hint: check the network, and --endpoint-url and --region, then run the command again
    ");
}

#[test]
fn expired_credentials() {
    let stage = Stage::after_incident();
    stage.strike(Operation::GetBucketVersioning, Fault::ExpiredToken);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: the credentials have expired
      hint: renew them (aws login, aws sso login, or a new session token)
    ");
}

#[test]
fn no_credentials() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").env_remove("AWS_ACCESS_KEY_ID").changes_nothing(), @"
    exit code 1
    --- stderr
    error: no usable AWS credentials found
      hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or renew the login (aws login, aws sso login)
    ");
}

#[test]
fn unknown_profile() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --profile nobody").changes_nothing(), @"
    exit code 1
    --- stderr
    error: no usable AWS credentials found in the profile nobody
      hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or renew the login (aws login, aws sso login)
    ");
}

/// As with the AWS CLI; the wrong account could be restored otherwise.
#[test]
fn profile_before_credentials_in_the_environment() {
    let stage = Stage::after_incident();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[ops]\naws_access_key_id = lab\naws_secret_access_key = lab-secret\n")
        .unwrap();
    let verify = "verify s3://prod-uploads --at 0s --quiet --format json --profile ops";
    let verified = stage
        .asof(verify)
        .env("AWS_SHARED_CREDENTIALS_FILE", file.path().to_str().unwrap())
        .env("AWS_ACCESS_KEY_ID", "somebody")
        .env("AWS_SECRET_ACCESS_KEY", "else")
        .changes_nothing();
    assert!(verified.starts_with("exit code 0"), "{verified}");
}

#[test]
fn malformed_endpoint() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --endpoint-url 127.0.0.1:9000").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot use 127.0.0.1:9000 as --endpoint-url
      hint: write it as http://HOST:PORT or https://HOST
    ");
}

#[test]
fn throttled_for_good() {
    let stage = Stage::after_incident();
    stage.strike(Operation::GetBucketVersioning, Fault::SlowDown);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: the server is throttling requests (SlowDown)
      hint: try again later, or lower --rate and --concurrency
    ");
}

#[test]
fn broken_for_good() {
    let stage = Stage::after_incident();
    stage.strike(Operation::GetBucketVersioning, Fault::InternalError);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: InternalError: We encountered an internal error. Please try again.
    ");
}

#[test]
fn deletes_denied() {
    let stage = Stage::after_incident();
    stage.strike(Operation::DeleteObjects, Fault::AccessDenied);
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uploads/junk --at 2024-05-06T07:08:09Z --yes --allow-mass-delete").run(), @"
    exit code 3
    --- stdout
    prod-uploads/uploads/junk as of 2024-05-06 07:08:09 UTC (AGE ago)
      warning: the target time is before the oldest version here (2024-05-06 07:08:10 UTC): no keys existed then
      warning: a restore to this time deletes the only key
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  1          4 B   created since T; deleted (delete marker)
      unchanged               0

      under uploads/  1 delete

    --- stderr
      failed    uploads/junk.tmp: cannot delete keys in s3://prod-uploads: access denied (AccessDenied)
    done in N s: 0 copied (0 B), 0 deleted, 0 conflicts, 1 failed     run RUN
    1 key could not be changed; try again: asof resume RUN
      the credentials need s3:DeleteObject (and s3:GetObject), and no policy may deny it
    ");
}

/// The environment of another terminal may name another server, on which a bucket of the same name is another bucket.
#[test]
fn a_run_is_resumed_and_undone_on_the_server_that_it_was_begun_on() {
    let (stage, other) = (Stage::after_incident(), Stage::after_incident());
    stage.strike(Operation::DeleteObjects, Fault::AccessDenied);
    let restored = stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").run();
    assert!(restored.starts_with("exit code 3"), "{restored}");
    stage.lab.faults().clear();
    let (keys, there) = (stage.keys(BUCKET), other.keys(BUCKET));
    assert!(keys.iter().any(|key| key == "uploads/junk.tmp"), "{keys:?}");
    for (words, is_there) in [("resume latest", false), ("undo latest --yes", true)] {
        let shown = stage.asof(words).env("AWS_ENDPOINT_URL", &other.lab.url()).run();
        assert!(shown.starts_with("exit code 0"), "{words}: {shown}");
        let keys = stage.keys(BUCKET);
        assert_eq!(keys.iter().any(|key| key == "uploads/junk.tmp"), is_there, "{words}: {shown}");
        assert_eq!((other.keys(BUCKET), other.writes()), (there.clone(), 0), "{words}: {shown}");
    }
}
