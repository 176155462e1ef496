//! Archived versions: never half done, asked for where that is wanted, and copied once they have arrived.

use asof::lab::{Operation, Put};
use aws_sdk_s3::types::StorageClass;

use super::{LARGE, THAW, with};
use crate::support::{Bucket, Moment, Subject};

/// Two archived objects, and one that is not.
async fn incident(subject: &Subject) -> (Bucket, Moment) {
    let bucket = subject.bucket().await;
    bucket.putting("cold", LARGE).storage_class(StorageClass::Glacier).send().await.unwrap();
    bucket.putting("deep", "deep").storage_class(StorageClass::DeepArchive).send().await.unwrap();
    bucket.put("warm", "warm").await;
    let at = subject.moment().await;
    for key in ["cold", "deep", "warm"] {
        bucket.delete(key).await;
    }
    (bucket, at)
}

#[test]
fn a_plan_with_archived_versions_is_refused_until_it_is_settled() {
    with(|subject| async move {
        let (bucket, at) = incident(&subject).await;
        let diff = subject.diff(&bucket.url(""), at).await;
        assert_eq!(diff.count("doubtful"), 2, "{diff}");
        assert_eq!(diff.change("cold")["doubts"], serde_json::json!(["archived"]), "{diff}");
        assert_eq!(diff.change("warm")["doubts"], serde_json::json!([]), "{diff}");
        let before = bucket.entries().await;
        for settled in [&[][..], &["--doubtful", "trust"]] {
            let refused = subject.whole(&bucket, at, settled).await.expect_code(5);
            assert!(refused.stderr.contains("--thaw bulk"), "{refused}");
        }
        assert_eq!(bucket.entries().await, before);
        let skipped = subject.whole(&bucket, at, &["--doubtful", "skip"]).await.expect_code(0);
        assert_eq!((skipped.count("copied"), skipped.count("doubtful")), (1, 2), "{skipped}");
        assert_eq!(bucket.live_keys().await, ["warm"]);
        assert_eq!(subject.lab().requests().of(Operation::RestoreObject), 0);
    });
}

#[test]
fn thawed_versions_are_copied_when_they_have_arrived() {
    with(|subject| async move {
        let (bucket, at) = incident(&subject).await;
        let thaw = ["--thaw", "bulk", "--thaw-days", "3"];
        let asked = subject.whole(&bucket, at, &thaw).await.expect_code(3);
        assert_eq!((asked.count("copied"), asked.count("archived")), (1, 2), "{asked}");
        assert!(asked.of_type("archived").iter().all(|line| line["thawing"] == true), "{asked}");
        assert_eq!(bucket.live_keys().await, ["warm"]);
        assert_eq!(subject.lab().requests().of(Operation::RestoreObject), 2);

        let waiting = subject.whole(&bucket, at, &thaw).await.expect_code(3);
        assert_eq!((waiting.count("copied"), waiting.count("archived")), (0, 2), "{waiting}");
        assert_eq!(subject.lab().requests().of(Operation::RestoreObject), 2, "asked for again");

        subject.lab().clock().advance(THAW);
        let done = subject.whole(&bucket, at, &thaw).await.expect_code(0);
        assert_eq!((done.count("copied"), done.count("archived")), (2, 0), "{done}");
        for (key, class) in [("cold", StorageClass::Glacier), ("deep", StorageClass::DeepArchive)] {
            assert_eq!(bucket.head(key).await.unwrap().storage_class(), Some(&class));
        }
        assert_eq!(subject.lab().count_uploads(&bucket.name), 0);
        assert_eq!(subject.diff(&bucket.url(""), at).await.changes(), []);
    });
}

/// Its listing says nothing: it is found out by HEAD, or by the copy where no HEAD is sent.
#[test]
fn archives_of_intelligent_tiering_are_found_out() {
    for how in [&[][..], &["--no-head"]] {
        with(|subject| async move {
            let bucket = subject.bucket().await;
            let tiered =
                |body| Put { storage_class: Some("INTELLIGENT_TIERING".to_owned()), ..Put::of(body) };
            for (key, body) in [("large", LARGE), ("small", "small"), ("frequent", "often")] {
                subject.lab().put(&bucket.name, key, tiered(body)).unwrap();
            }
            assert!(
                subject.lab().archive(&bucket.name, "large") && subject.lab().archive(&bucket.name, "small")
            );
            let at = subject.moment().await;
            for key in ["large", "small", "frequent"] {
                bucket.delete(key).await;
            }
            let found = subject.whole(&bucket, at, how).await.expect_code(3);
            assert_eq!((found.count("copied"), found.count("archived")), (1, 2), "{found}");
            assert!(found.of_type("archived").iter().all(|line| line["thawing"] == false), "{found}");
            assert!(found.stderr.contains("--thaw bulk"), "{found}");
            let thaw = [how, &["--thaw", "standard"]].concat();
            subject.whole(&bucket, at, &thaw).await.expect_code(3);
            subject.lab().clock().advance(THAW);
            let done = subject.whole(&bucket, at, &thaw).await.expect_code(0);
            assert_eq!(done.count("copied"), 2, "{done}");
            assert_eq!(subject.lab().count_uploads(&bucket.name), 0);
        });
    }
}

#[test]
fn what_the_tier_cannot_bring_is_a_failure() {
    with(|subject| async move {
        let (bucket, at) = incident(&subject).await;
        let hurried = subject.whole(&bucket, at, &["--thaw", "expedited"]).await.expect_code(3);
        assert_eq!((hurried.count("archived"), hurried.count("failed")), (1, 1), "{hurried}");
        let failure = &hurried.of_type("failure")[0];
        assert_eq!(failure["key"], "deep", "{failure}");
        assert!(failure["message"].as_str().unwrap().contains("cannot thaw"), "{failure}");
    });
}
