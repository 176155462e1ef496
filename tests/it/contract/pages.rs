//! Listings of more than one page: keys across a page boundary, short pages, markers treated as inclusive.

use crate::support::{Subject, bucket};

/// More versions of one key than any page holds, before and after T.
pub(crate) async fn one_key_with_more_versions_than_a_page(subject: Subject) {
    let bucket = subject.bucket().await;
    bucket.put("a-before", "neighbour").await;
    bucket.put("key", "oldest").await;
    bucket.put("key", "live at the moment").await;
    bucket.put("z-after", "neighbour").await;
    let at = subject.moment().await;
    // One after the other: some servers lose versions of one key that are written side by side.
    for number in 0..1050 {
        bucket.put("key", &number.to_string()).await;
    }

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!((diff.count("keys"), diff.count("versions")), (3, 1054), "{diff}");
    assert_eq!(diff.keys_to("revert"), ["key"], "{diff}");
    assert_eq!(diff.change("key")["then"]["size"], "live at the moment".len(), "{diff}");
    subject.restore_and_verify(&bucket.url(""), at).await;
    bucket.assert_holds(&[("key", Some("live at the moment")), ("z-after", Some("neighbour"))]).await;
}

/// Every entry of every page counts once, also where a server cuts its pages short or repeats the marker's key.
pub(crate) async fn many_keys_over_several_pages(subject: Subject) {
    let bucket = subject.bucket().await;
    let keys = bucket::keys("many/", 600);
    bucket.put_all(&keys, "then").await;
    let at = subject.moment().await;
    bucket.put_all(&keys, "now").await;
    let (removed, kept) = keys.split_at(200);
    bucket.delete_all(removed).await;

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!((diff.count("keys"), diff.count("versions")), (600, 1400), "{diff}");
    assert_eq!(diff.keys_to("undelete"), removed, "{diff}");
    assert_eq!(diff.keys_to("revert"), kept, "{diff}");
    assert!(diff.count("list_requests") > 1, "{diff}");
}

/// Keys that begin like the prefix but lie outside of it, and a prefix that is a key itself.
pub(crate) async fn prefix_is_the_border(subject: Subject) {
    let bucket = subject.bucket().await;
    let keys = ["a", "a/", "a/1", "a/2", "a0", "ab/1", "b"].map(str::to_owned);
    bucket.put_all(&keys, "then").await;
    let at = subject.moment().await;
    bucket.put_all(&keys, "now").await;

    for (prefix, expected) in
        [("a/", vec!["a/", "a/1", "a/2"]), ("a/1", vec!["a/1"]), ("none/", vec![]), ("b", vec!["b"])]
    {
        let diff = subject.diff(&bucket.url(prefix), at).await;
        assert_eq!(diff.keys_to("revert"), expected, "under {prefix:?}: {diff}");
        assert_eq!(diff.count("keys"), expected.len() as u64, "under {prefix:?}: {diff}");
    }
}
