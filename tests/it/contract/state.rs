//! State in a bucket: another machine can read it, and a server that lets two workers own one run is refused.

use crate::deviations::Behaviour;
use crate::support::{Bucket, Run, Subject};

/// An incident in a bucket, and a restore of it with its state in another one.
async fn restore(subject: &Subject, state: &Bucket) -> (Bucket, Run) {
    let bucket = subject.bucket().await;
    bucket.put("over", "then").await;
    bucket.put("gone", "then").await;
    let at = subject.moment().await.to_string();
    bucket.put("over", "later").await;
    bucket.delete("gone").await;
    subject.moment().await;
    let (url, state) = (bucket.url(""), state.url("asof"));
    let arguments = ["restore", &url, "--at", &at, "--yes", "--format", "json", "--state-dir", &state];
    let restored = subject.asof(&arguments).await;
    (bucket, restored)
}

pub(crate) async fn run_is_undone_from_another_machine(subject: Subject) {
    let state = subject.plain_bucket().await;
    let (bucket, restored) = restore(&subject, &state).await;
    if !subject.holds(Behaviour::ConditionalWrites) {
        restored.expect_code(5);
        return;
    }
    restored.expect_code(0);
    bucket.assert_holds(&[("over", Some("then")), ("gone", Some("then"))]).await;
    let undo = ["undo", "latest", "--yes", "--state-dir", &state.url("asof")];
    subject.again().asof(&undo).await.expect_code(0);
    bucket.assert_holds(&[("over", Some("later")), ("gone", None)]).await;
}

pub(crate) async fn versioned_bucket_elects_one_writer_or_is_refused(subject: Subject) {
    let state = subject.bucket().await;
    let (bucket, restored) = restore(&subject, &state).await;
    if subject.holds(Behaviour::VersionedConditionalWrites) {
        restored.expect_code(0);
        bucket.assert_holds(&[("over", Some("then")), ("gone", Some("then"))]).await;
    } else {
        let refused = restored.expect_code(5);
        assert!(refused.stderr.contains("16 succeeded instead of one"), "{refused}");
        bucket.assert_holds(&[("over", Some("later")), ("gone", None)]).await;
        assert_eq!(state.live_keys().await, Vec::<String>::new());
    }
}
