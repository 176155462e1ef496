//! Entries of one second: only their order in the listing shows which came first.

use std::time::Duration;

use crate::deviations::Behaviour;
use crate::support::{Bucket, Subject};

/// One step of a key's history.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Put(&'static str),
    Delete,
}

use Step::{Delete, Put};

/// A server that is busy with other tests is slow.
const ATTEMPTS: usize = 200;

/// Writes the steps under a key of its choice until all of them fell into one second; names that key.
pub(super) async fn within_one_second(bucket: &Bucket, prefix: &str, steps: &[Step]) -> String {
    for attempt in 0..ATTEMPTS {
        let key = format!("{prefix}-{attempt}");
        for step in steps {
            match step {
                Put(body) => drop(bucket.put(&key, body).await),
                Delete => bucket.delete(&key).await,
            }
        }
        let of_key = bucket.entries().await.into_iter().filter(|entry| entry.key == key);
        let mut seconds: Vec<_> = of_key.map(|entry| entry.last_modified).collect();
        assert_eq!(seconds.len(), steps.len(), "every step has left an entry");
        seconds.dedup();
        if seconds.len() == 1 {
            return key;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("{ATTEMPTS} attempts, and never within one second");
}

/// Nothing was written later, so that `IsLatest` marks the newest, whatever the order of the page.
pub(crate) async fn put_and_delete_in_one_second_at_the_top(subject: Subject) {
    let bucket = subject.bucket().await;
    within_one_second(&bucket, "removed", &[Put("short-lived"), Delete]).await;
    within_one_second(&bucket, "alive", &[Put("1"), Delete, Put("2")]).await;
    let at = subject.moment().await;
    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!(diff.changes(), [], "{diff}");
}

/// Later writes have become the latest entries.
pub(crate) async fn put_and_delete_in_one_second_under_later_writes(subject: Subject) {
    if !subject.holds(Behaviour::DocumentOrder) {
        return;
    }
    let bucket = subject.bucket().await;
    let removed = within_one_second(&bucket, "removed", &[Put("1"), Put("2"), Delete]).await;
    let alive = within_one_second(&bucket, "alive", &[Put("1"), Delete, Put("back again")]).await;
    let at = subject.moment().await;
    bucket.put(&removed, "later").await;
    bucket.delete(&alive).await;

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!(diff.keys_to("delete"), [removed.as_str()], "{diff}");
    assert_eq!(diff.keys_to("undelete"), [alive.as_str()], "{diff}");
    subject.restore_and_verify(&bucket.url(""), at).await;
    bucket.assert_holds(&[(&removed, None), (&alive, Some("back again"))]).await;
}

pub(crate) async fn several_puts_in_one_second(subject: Subject) {
    let bucket = subject.bucket().await;
    let steps = [Put("first"), Put("second"), Put("third"), Put("last of the second")];
    let key = within_one_second(&bucket, "key", &steps).await;
    let at = subject.moment().await;
    bucket.delete(&key).await;

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!(diff.change(&key)["then"]["size"], "last of the second".len(), "{diff}");
    subject.restore_and_verify(&bucket.url(""), at).await;
    bucket.assert_holds(&[(&key, Some("last of the second"))]).await;
}
