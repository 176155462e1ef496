//! A bucket behind an access point: by its ARN, which goes into the host name, and by its alias, which replaces the
//! bucket name.

use asof::lab::{Operation, Put};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";
const ARN: &str = "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/ops";
const ALIAS: &str = "s3://ops-hr5bxh2ibf7chwzy7mzpnzuss3reheuw1b-s3alias";

fn stage() -> Stage {
    let stage = Stage::after_incident();
    for name in ["ops-111122223333", "ops-hr5bxh2ibf7chwzy7mzpnzuss3reheuw1b-s3alias"] {
        stage.lab.create_access_point(name, BUCKET);
    }
    stage.lab.create_bucket("scratch");
    stage
}

/// Runs a command on a server that is addressed by a name: an IP address has no room for an access point.
fn run(stage: &Stage, words: &str, code: i32) -> String {
    let url = stage.lab.url().replace("127.0.0.1", "localhost");
    let shown = stage.asof(words).env("AWS_ENDPOINT_URL", &url).run();
    assert!(shown.starts_with(&format!("exit code {code}\n")), "{words}: {shown}");
    shown
}

#[test]
fn the_past_is_read_and_restored_elsewhere_through_an_access_point() {
    for place in [ARN, ALIAS] {
        let stage = stage();
        stage.time("2024-05-01T00:00:00Z");
        stage.put("odd/a b+c%?&:", "odd");
        stage.time("2024-05-06T08:00:00Z");
        stage.lab.requests().keep_accesses();
        let shown = run(&stage, &format!("diff {place} {AT}"), 0);
        assert!(shown.contains("undelete                6"), "{shown}");
        run(&stage, &format!("timeline {place}"), 0);
        run(&stage, &format!("history {place}/readme.txt"), 0);
        run(&stage, &format!("diff {place}/uploads/ {AT}"), 0);
        // Lifecycle rules may have removed the contents of keys that did not exist then.
        run(&stage, &format!("restore {place} {AT} --to s3://scratch --yes --doubtful trust"), 0);
        let verified = run(&stage, &format!("verify {place} {AT} --against s3://scratch"), 5);
        assert!(verified.contains("no differences"), "{verified}");
        run(&stage, &format!("restore {place} {AT} --to ./there --yes --doubtful trust"), 0);
        let accesses = stage.lab.requests().take_accesses();
        assert!(accesses.iter().all(|access| access.bucket != BUCKET), "{accesses:?}");
        assert!(accesses.iter().any(|access| access.copied_from && access.bucket.starts_with("ops-")));
        assert_eq!(stage.keys("scratch").len(), 11);
    }
}

/// The key of the access point's ARN is signed and decoded correctly: the reply is that object.
#[test]
fn an_access_point_is_restored_to() {
    for place in [ARN, ALIAS] {
        let stage = stage();
        stage.lab.put("scratch", "k", Put::of("kept"));
        stage.time("2024-05-07T00:00:00Z");
        run(&stage, &format!("restore s3://scratch --at 2024-05-06T09:00:00Z --to {place}/back --yes"), 0);
        assert!(stage.keys(BUCKET).contains(&"back/k".to_owned()));
    }
}

#[test]
fn what_an_access_point_does_not_tell_is_unknown() {
    let stage = stage();
    let restore = format!("restore {ARN} {AT} --yes");
    let url = stage.lab.url().replace("127.0.0.1", "localhost");
    assert_snapshot!(stage.asof(&restore).env("AWS_ENDPOINT_URL", &url).changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot restore arn:aws:s3:us-east-1:111122223333:accesspoint/ops in place: it is unknown whether versioning is enabled; without it a restore would permanently overwrite objects
      hint: an access point does not report it: use the bucket name instead
      hint: or restore elsewhere with --to s3://OTHER
    ");
    let checked = run(&stage, &format!("check {ALIAS} {AT}"), 5);
    assert!(checked.contains("versioning unknown (an access point does not report it)"), "{checked}");
    let asked = stage.lab.requests();
    assert_eq!(asked.of(Operation::GetBucketVersioning) + asked.of(Operation::GetBucketPolicy), 0);
}

#[test]
fn an_access_point_that_is_not_there_is_named() {
    let stage = stage();
    let shown = run(&stage, &format!("diff {} {AT}", ARN.replace("/ops", "/opps")), 1);
    assert!(shown.contains("does not exist"), "{shown}");
}
