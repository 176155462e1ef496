//! Drills that copy no object: the bucket is read through a view.

use asof::lab::{Configuration, Operation, Put, Versioning};

use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;
use crate::support::Moment;

/// Fetches a key that was deleted after T, and one that was created after T.
const SMOKE_TEST: &str = r#"#!/bin/sh
set -eu
cd "$(dirname "$0")"
get() {
    curl -s -o "$2" -w '%{http_code}' --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
        -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" --aws-sigv4 "aws:amz:$AWS_REGION:s3" "$AWS_ENDPOINT_URL_S3/$1"
}
echo "$ASOF_AT $ASOF_ENDPOINT" > seen
echo "$(get "$BUCKET/gone/0002" gone) $(get "$BUCKET/new/0001" new)" > codes
[ ! -e broken-application ]
"#;

async fn story() -> Story {
    let story = Story::new().await;
    story.write("smoke-test", &SMOKE_TEST.replace("$BUCKET", BUCKET));
    let check = format!("[drill]\ncheck = [\"sh\", \"{}\"]\n", story.path("smoke-test").display());
    story.write("recovery.toml", &[story.file("view", ""), check].concat());
    story
}

#[tokio::test]
async fn a_drill_reads_the_past_through_a_view_and_copies_nothing() {
    let story = story().await;
    let versions = story.scene.versions();
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
    let told = report(&run);
    assert!(states(&told).iter().all(|step| step.starts_with("done ")), "{told:#}");
    let steps = told["steps"].as_array().unwrap();
    let read =
        steps.iter().find(|s| s["step"] == format!("bucket s3://{BUCKET}: read its state at T")).unwrap();
    assert_eq!(read["counts"]["keys"], story.scene.keys_then(), "{told:#}");
    assert!(!steps.iter().any(|step| step["step"].as_str().unwrap().contains("verify")), "{told:#}");
    assert_eq!(story.read("codes").trim(), "200 404", "{} {run}", story.read("gone"));
    assert!(story.read("seen").starts_with(&format!("{} file://", story.at())), "{}", story.read("seen"));
    let lab = story.scene.lab();
    assert_eq!(lab.count_versions(BUCKET), versions);
    for writing in
        [Operation::CopyObject, Operation::PutObject, Operation::DeleteObject, Operation::DeleteObjects]
    {
        assert_eq!(lab.requests().of(writing), 0, "{}", writing.name());
    }
    assert!(!story.path("restored").exists(), "the database was torn down");
}

#[tokio::test]
async fn the_failure_of_an_application_on_a_view_is_a_finding() {
    let story = story().await;
    story.write("broken-application", "");
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(4);
    let told = report(&run);
    let steps = told["steps"].as_array().unwrap();
    let check = steps.iter().find(|step| step["step"] == "check command of the drill").unwrap();
    assert_eq!(check["counts"]["failed_checks"], 1, "{told:#}");
    assert!(!story.path("restored").exists(), "the database was torn down");
}

#[tokio::test]
async fn rows_are_compared_with_the_state_in_a_view() {
    let story = story().await;
    // It exists now, and did not at T.
    story.write("keys", "kept/0000\nnew/0001\n");
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(4);
    let told = report(&run);
    let findings = told["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{told:#}");
    assert_eq!(
        (&findings[0]["finding"], &findings[0]["key"]),
        (&"dangling".into(), &"new/0001".into()),
        "{told:#}"
    );
}

#[tokio::test]
async fn an_empty_view_proves_nothing() {
    let story = story().await;
    story.write("keys", "");
    let at = crate::support::Moment(story.at().0 - 31_536_000).to_string();
    let told = report(&story.asof("drill", &["--at", &at]).await.expect_code(4));
    let findings = told["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2, "{told:#}");
    assert!(findings.iter().all(|finding| finding["finding"] == "nothing-compared"), "{told:#}");
}

#[tokio::test]
async fn a_recovery_does_not_take_a_view_for_a_target() {
    let story = story().await;
    let run = story.recover().await.expect_code(2);
    assert!(run.stderr.contains("is a view"), "{run}");
    assert_eq!(story.calls("restore"), 0, "{run}");
}

/// A view refuses to read such a key, so the application was not tested with it: the drill has not passed.
#[tokio::test]
async fn an_uncertain_key_in_a_view_is_a_finding() {
    let story = story().await;
    let lab = story.scene.lab();
    assert!(lab.set_versioning(BUCKET, Versioning::Suspended));
    lab.put(BUCKET, "kept/0000", Put::of("overwritten")).unwrap();
    assert!(lab.set_versioning(BUCKET, Versioning::Enabled));
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(4);
    let told = report(&run);
    assert_eq!(told["ending"], "inconsistent", "{told:#}");
    let findings = told["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["finding"] == "unreadable"), "{told:#}");
    for doubtful in ["trust", "skip"] {
        let at = story.at().to_string();
        story.asof("drill", &["--at", &at, "--doubtful", doubtful]).await.expect_code(0);
    }
}

/// As on S3, reading it is refused until a copy has been restored from the archive.
#[tokio::test]
async fn an_archived_key_in_a_view_is_a_finding() {
    let story = story().await;
    story.write("keys", "kept/0000\n");
    let lab = story.scene.lab();
    let cold = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("cold") };
    lab.put(BUCKET, "cold", cold).unwrap();
    let at = story.scene.subject.moment().await.to_string();
    let run = story.asof("drill", &["--at", &at]).await.expect_code(4);
    let found = &report(&run)["findings"][0];
    assert_eq!(found["finding"], "unreadable", "{run}");
    assert!(found["detail"].as_str().unwrap().contains("1 archived"), "{run}");
    story.asof("drill", &["--at", &at, "--doubtful", "trust"]).await.expect_code(4);
    let run = story.asof("drill", &["--at", &at, "--doubtful", "skip"]).await.expect_code(0);
    let told = report(&run);
    let read = told["steps"].as_array().unwrap().iter().find(|step| step["counts"]["left_out"] == 1).unwrap();
    assert_eq!(read["counts"]["keys"], story.scene.lab().live(BUCKET).len() - 1, "{run}");

    // A drill that can read nothing shows nothing.
    let cold = format!("[[bucket]]\nsource = \"s3://{BUCKET}/cold\"\ntarget = \"view\"\n");
    story.write("recovery.toml", &cold);
    story.asof("drill", &["--at", &at, "--doubtful", "skip"]).await.expect_code(4);
}

/// asof check says no to such a time, so a drill to it has not passed: the state cannot be known.
#[tokio::test]
async fn keys_that_may_have_expired_entirely_are_a_finding() {
    let rules = "<LifecycleConfiguration><Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>\
         <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>\
         <NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";
    for target in ["view", "s3://scratch/drills"] {
        let story = Story::new().await;
        let bucket =
            format!("[[bucket]]\nsource = \"s3://{BUCKET}\"\ntarget = \"{target}\"\nallow-empty = true\n");
        story.write("recovery.toml", &bucket);
        story.scene.lab().create_bucket("scratch");
        assert!(story.scene.lab().configure(BUCKET, Configuration::Lifecycle, Some(rules)));
        let at = Moment(story.at().0 - 5 * 86_400).to_string();
        let more = ["--at", &at, "--doubtful", "skip"];
        let run = story.asof("drill", &more).await.expect_code(4);
        let told = report(&run);
        let findings = told["findings"].as_array().unwrap();
        assert!(findings.iter().any(|found| found["finding"] == "incomplete-history"), "{target}: {run}");
        story.asof("drill", &["--at", &at, "--doubtful", "trust"]).await.expect_code(0);
    }
}
