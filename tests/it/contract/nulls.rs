//! Null versions: objects from before versioning was enabled, and those written while it was suspended.

use crate::deviations::Behaviour;
use crate::support::{Run, Subject};

pub(crate) async fn objects_from_before_versioning_come_back(subject: Subject) {
    let bucket = subject.plain_bucket().await;
    bucket.put("kept", "null kept").await;
    bucket.put("overwritten", "null overwritten").await;
    bucket.put("removed", "null removed").await;
    bucket.enable().await;
    let at = subject.moment().await;
    bucket.put("overwritten", "with an id").await;
    bucket.delete("removed").await;

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!(diff.change("overwritten")["then"]["version_id"], "null", "{diff}");
    subject.restore_and_verify(&bucket.url(""), at).await;
    bucket
        .assert_holds(&[
            ("kept", Some("null kept")),
            ("overwritten", Some("null overwritten")),
            ("removed", Some("null removed")),
        ])
        .await;
    let nulls = bucket.entries().await.into_iter().filter(|e| e.version_id == "null");
    assert_eq!(nulls.count(), 3, "the null versions are still there");
}

fn doubts(run: &Run, key: &str) -> bool {
    let change = run.of_type("change").into_iter().find(|line| line["key"] == key);
    change.is_some_and(|line| {
        line["doubts"].as_array().is_some_and(|all| all.iter().any(|d| d == "null-version"))
    })
}

/// The numbers of versions above the null version, so that the first page may end on it: the page sizes of servers that
/// cut their pages short, and of those that fill them.
const ABOVE: [usize; 4] = [111, 311, 631, 999];

/// Several servers lose the rest of a key when a page ends on a null version. What is then left cannot be told from a key
/// that did not exist, so the key must be doubted, never deleted; and the keys after it must not suffer.
pub(crate) async fn null_in_the_middle_is_never_lost(subject: Subject) {
    if !subject.holds(Behaviour::Suspended) {
        return;
    }
    let bucket = subject.bucket().await;
    let keys = ABOVE.map(|above| format!("{above}/key"));
    for key in &keys {
        bucket.put(key, "live at the moment").await;
        bucket.put(&format!("{key}-after"), "then").await;
    }
    let at = subject.moment().await;
    bucket.suspend().await;
    bucket.put_all(&keys, "null").await;
    bucket.enable().await;
    for (key, above) in keys.iter().zip(ABOVE) {
        for number in 0..above {
            bucket.put(key, &number.to_string()).await;
        }
        bucket.put(&format!("{key}-after"), "now, and longer").await;
    }

    for (key, above) in keys.iter().zip(ABOVE) {
        let diff = subject.diff(&bucket.url(&format!("{above}/")), at).await;
        assert_eq!(diff.change(&format!("{key}-after"))["change"], "revert", "{diff}");
        let right = diff.change(key)["then"]["size"] == "live at the moment".len();
        let may_doubt = !subject.holds(Behaviour::NullAtPageBorder);
        assert!(right || (may_doubt && doubts(&diff, key)), "{diff}");
    }
}
