//! Regression tests for lost data, and for changes wrongly reported as done.

use asof::lab::{Content, Fault, Lab, Operation, Options, Put, Quirks, Rule, Versioning, When};

use super::block_on;
use crate::faults::scene::Scene;
use crate::servers::Server;
use crate::support::{Moment, Run, Subject};

const BUCKET: &str = "lost";
const URL: &str = "s3://lost";

async fn subject(quirks: Quirks) -> Subject {
    let subject = Subject::new(Server::with_options("lab", Options { quirks, ..Options::default() }).await);
    subject.lab().create_bucket(BUCKET);
    subject
}

fn put(subject: &Subject, key: &str, body: &str) -> String {
    subject.lab().put(BUCKET, key, Put::of(body.to_owned())).unwrap()
}

/// Encrypts a bucket with a key to which no other principal has access.
fn put_under_a_foreign_key(subject: &Subject, key: &str, body: &str) {
    subject.lab().put(BUCKET, key, Put { customer_key: true, ..Put::of(body.to_owned()) }).unwrap();
}

async fn asof(subject: &Subject, command: &str, at: Moment, more: &[&str]) -> Run {
    let at = at.to_string();
    subject.asof(&[&[command, URL, "--at", &at, "--format", "json"], more].concat()).await
}

async fn restore(subject: &Subject, at: Moment, more: &[&str]) -> Run {
    asof(subject, "restore", at, &[&["--yes"], more].concat()).await
}

fn body(lab: &Lab, bucket: &str, key: &str) -> Option<String> {
    let body = |content: &Content| String::from_utf8(content.body.to_vec()).unwrap();
    lab.live(bucket).get(key).map(|live| body(&live.content))
}

/// HEAD tells nothing of such an object, and so nothing could be found out about the first keys, nor of any after them.
#[test]
fn what_a_foreign_key_encrypts_is_put_back() {
    block_on(async {
        for quirks in [Quirks::default(), Quirks { ignores_conditions: true, ..Quirks::default() }] {
            let subject = subject(quirks.clone()).await;
            for key in ["a", "b", "c"] {
                put(&subject, key, "then");
            }
            let at = subject.moment().await;
            for key in ["a", "b", "c", "new", "odd\u{1}"] {
                put_under_a_foreign_key(&subject, key, "a ransom note");
            }
            let restored = restore(&subject, at, &[]).await.expect_code(0);
            assert_eq!(
                (restored.count("copied"), restored.count("deleted")),
                (3, 2),
                "{quirks:?}: {restored}"
            );
            let live: Vec<_> = subject.lab().live(BUCKET).into_keys().collect();
            assert_eq!(live, ["a", "b", "c"], "{quirks:?}: {restored}");
            assert_eq!(body(subject.lab(), BUCKET, "b").as_deref(), Some("then"), "{quirks:?}");
        }
    });
}

/// A proxy that closes in order, rather than resets: the deletes were made, and have to be known as ours.
#[test]
fn deletes_whose_reply_is_cut_off_in_order_can_be_taken_back() {
    block_on(async {
        let scene = Scene::new(20).await;
        // The first two have one key, and find out about conditions.
        scene.strike(Rule::on(Operation::DeleteObjects, Fault::Closed, When::Nth(3)));
        let restored = scene.restore().await.expect_code(0);
        assert_eq!((scene.lab().faults().injected(), restored.count("skipped")), (1, 0), "{restored}");
        let run = scene.runs().remove(0);
        scene.on_run("undo", &run, &["--yes"]).await.expect_code(0);
        scene.assert_undone("closed");
    });
}

/// Nothing would keep an object that another writer puts there meanwhile.
#[test]
fn nothing_is_overwritten_in_a_bucket_that_keeps_no_versions() {
    block_on(async {
        let subject = subject(Quirks::default()).await;
        subject.lab().create_bucket("plain");
        subject.lab().set_versioning("plain", Versioning::Never);
        put(&subject, "a", "then");
        let at = subject.moment().await;
        let over = ["--on-conflict", "overwrite"];
        let refused =
            restore(&subject, at, &[&["--to", "s3://plain"], &over[..]].concat()).await.expect_code(5);
        assert!(refused.stderr.contains("plain does not keep versions"), "{refused}");

        // Resuming does not change it either.
        let lab = std::sync::Arc::downgrade(subject.server.lab.as_ref().unwrap());
        subject.lab().faults().before(Operation::CopyObject, When::Nth(1), move || {
            lab.upgrade().unwrap().put("plain", "a", Put::of("theirs")).unwrap();
        });
        let restored = restore(&subject, at, &["--to", "s3://plain"]).await.expect_code(3);
        assert_eq!(restored.count("conflicts"), 1, "{restored}");
        let run = restored.summary()["run"].as_str().unwrap().to_owned();
        let resumed = subject.asof(&[&["resume", &run], &over[..]].concat()).await.expect_code(5);
        assert!(resumed.stderr.contains("plain does not keep versions"), "{resumed}");
        assert_eq!(body(subject.lab(), "plain", "a").as_deref(), Some("theirs"), "{resumed}");
    });
}

/// There is no such version: that says nothing of conditions.
#[test]
fn a_source_that_is_gone_does_not_tell_that_conditions_are_honoured() {
    block_on(async {
        for options in [&[][..], &["--no-head"]] {
            let subject = subject(Quirks { ignores_conditions: true, ..Quirks::default() }).await;
            let first = put(&subject, "a", "then");
            put(&subject, "b", "then");
            let at = subject.moment().await;
            subject.lab().delete(BUCKET, "a");
            subject.lab().delete(BUCKET, "b");
            let plan = subject.runs_dir().ancestors().nth(3).unwrap().join("a.plan");
            let plan = plan.to_str().unwrap();
            asof(&subject, "diff", at, &["--out", plan]).await.expect_code(0);
            assert!(subject.lab().erase(BUCKET, "a", &first));
            let typed = ["restore", "--plan", plan, "--yes", "--concurrency", "1"];
            let restored = subject.asof(&[&typed, options].concat()).await.expect_code(3);
            assert!(restored.stderr.contains("ignores conditional writes"), "{options:?}: {restored}");
            assert_eq!(body(subject.lab(), BUCKET, "b").as_deref(), Some("then"), "{options:?}: {restored}");
        }
    });
}

/// The version to restore is gone, and an older one is below it.
#[test]
fn what_lies_below_a_version_that_is_gone_is_not_uncovered() {
    block_on(async {
        let subject = subject(Quirks::default()).await;
        for key in ["a", "b", "odd\u{1}"] {
            put(&subject, key, "older");
        }
        let then = put(&subject, "a", "then");
        let odd = put(&subject, "odd\u{1}", "then");
        put(&subject, "b", "then");
        let at = subject.moment().await;
        for key in ["a", "b", "odd\u{1}"] {
            subject.lab().delete(BUCKET, key);
        }
        let plan = subject.runs_dir().ancestors().nth(3).unwrap().join("a.plan");
        let plan = plan.to_str().unwrap();
        asof(&subject, "diff", at, &["--undelete", "remove-marker", "--out", plan]).await.expect_code(0);
        assert!(subject.lab().erase(BUCKET, "a", &then) && subject.lab().erase(BUCKET, "odd\u{1}", &odd));
        let restored =
            subject.asof(&["restore", "--plan", plan, "--yes", "--format", "json"]).await.expect_code(3);
        assert_eq!((restored.count("markers_removed"), restored.count("failed")), (1, 2), "{restored}");
        let live: Vec<_> = subject.lab().live(BUCKET).into_keys().collect();
        assert_eq!(live, ["b"], "{restored}");
    });
}

/// A HEAD reports only a refusal: equal objects would then look different.
#[test]
fn credentials_that_expire_while_contents_are_compared_end_the_diff() {
    block_on(async {
        let scene = Scene::new(3).await;
        let expired =
            |operation, when| scene.lab().faults().push(Rule::on(operation, Fault::ExpiredToken, when));
        expired(Operation::HeadObject, When::Always);
        expired(Operation::GetBucketVersioning, When::Nth(2));
        let diff = scene.run("diff", &[]).await.expect_code(1);
        assert!(diff.stderr.contains("the credentials have expired"), "{diff}");
    });
}

/// HEAD tells nothing of it, and the listing that it is there.
#[test]
fn what_a_foreign_key_encrypts_is_uncovered_and_known_to_be() {
    block_on(async {
        let subject = subject(Quirks::default()).await;
        put_under_a_foreign_key(&subject, "a", "theirs, and dear to them");
        put(&subject, "b", "then");
        let at = subject.moment().await;
        for key in ["a", "b"] {
            subject.lab().delete(BUCKET, key);
        }
        let restored = restore(&subject, at, &["--undelete", "remove-marker"]).await.expect_code(0);
        assert_eq!(restored.count("markers_removed"), 2, "{restored}");
        let run = restored.summary()["run"].as_str().unwrap().to_owned();
        subject.asof(&["undo", &run, "--yes"]).await.expect_code(0);
        assert_eq!(subject.lab().live(BUCKET).len(), 0, "{restored}");
    });
}
