//! Replies about the buckets of a view.

use super::View;
use super::bucket::ViewedBucket;
use crate::endpoint::reply::Reply;
use crate::endpoint::time::iso;
use crate::endpoint::xml::Document;

/// `ListBuckets`: with the target time as that of their creation, which the source may not tell.
pub(super) fn list(view: &View) -> Reply {
    let mut document = Document::new("ListAllMyBucketsResult");
    document.open("Owner").plain("ID", "asof").plain("DisplayName", "asof").close("Owner").open("Buckets");
    for name in view.buckets.keys() {
        let created = iso(view.at.millis(), false);
        document.open("Bucket").text("Name", name).plain("CreationDate", created).close("Bucket");
    }
    document.close("Buckets");
    Reply::xml(document)
}

/// `HeadBucket`.
pub(super) fn head(bucket: &ViewedBucket) -> Reply {
    Reply::ok().with("x-amz-bucket-region", region(bucket))
}

/// `GetBucketLocation`: no text means us-east-1.
pub(super) fn location(bucket: &ViewedBucket) -> Reply {
    let region = region(bucket);
    Reply::xml(Document::with_text("LocationConstraint", if region == "us-east-1" { "" } else { &region }))
}

/// `GetBucketVersioning`: as of a bucket without versions, since a view has one version of each key.
pub(super) fn versioning() -> Reply {
    Reply::xml(Document::new("VersioningConfiguration"))
}

fn region(bucket: &ViewedBucket) -> String {
    bucket.client.region(&bucket.name)
}
