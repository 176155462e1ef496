//! Enough keys and versions to fill pages and batches, on a server other than the lab.

use crate::support::{Subject, bucket};

/// 2,000 keys and 6,000 versions: a third overwritten, a third removed, some new.
pub(crate) async fn thousands_of_keys(subject: Subject) {
    let bucket = subject.bucket().await;
    let keys = bucket::keys("volume/", 1900);
    let new = bucket::keys("volume/new/", 100);
    bucket.put_all(&keys, "older").await;
    bucket.put_all(&keys, "then").await;
    let at = subject.moment().await;
    let (overwritten, rest) = keys.split_at(700);
    let (removed, kept) = rest.split_at(700);
    bucket.put_all(overwritten, "now").await;
    bucket.put_all(overwritten, "now again").await;
    bucket.delete_all(removed).await;
    bucket.put_all(&new, "new").await;

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!((diff.count("keys"), diff.count("versions")), (2000, 6000), "{diff}");
    for (count, expected) in [("reverts", 700), ("undeletes", 700), ("deletes", 100), ("unchanged", 500)] {
        assert_eq!(diff.count(count), expected, "{count} in {diff}");
    }
    let restored = subject.restore_and_verify(&bucket.url(""), at).await;
    assert_eq!((restored.count("copied"), restored.count("deleted")), (1400, 100), "{restored}");
    assert_eq!(bucket.live_keys().await, keys);
    bucket.assert_all_hold(kept, "then").await;
    bucket.assert_all_hold(overwritten, "then").await;
    bucket.assert_all_hold(removed, "then").await;
}
