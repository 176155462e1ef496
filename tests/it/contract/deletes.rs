//! Objects created since T get a delete marker each, at most a thousand per request.

use crate::support::{Subject, bucket};

pub(crate) async fn more_than_a_request_takes(subject: Subject) {
    let bucket = subject.bucket().await;
    bucket.put("kept", "kept").await;
    let at = subject.moment().await;
    let keys = bucket::keys("new/", 1105);
    bucket.put_all(&keys, "new").await;

    let restored = subject.restore_and_verify(&bucket.url(""), at).await;
    assert_eq!((restored.count("copied"), restored.count("deleted")), (0, 1105), "{restored}");
    assert_eq!(bucket.live_keys().await, ["kept"]);
    let entries = bucket.entries().await;
    assert_eq!(entries.len(), 1 + 2 * 1105, "every version is still there under its marker");
}
