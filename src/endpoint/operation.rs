//! The operations as one enum, and the routing of requests to them.

use hyper::Method;

use super::error::{Code, Error, Result};
use super::request::Request;

/// Defines [`Operation`] with a list of all operations and their names.
macro_rules! operations {
    ($($operation:ident)*) => {
        /// An S3 operation; faults are injected and requests are counted by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(
            feature = "lab",
            expect(missing_docs, reason = "each is named as in the S3 API reference, which says what it does")
        )]
        pub enum Operation {
            $($operation,)*
        }

        impl Operation {
            /// Every operation.
            pub const ALL: &[Self] = &[$(Self::$operation,)*];

            /// Returns the name in the S3 API.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$operation => stringify!($operation),)*
                }
            }
        }
    };
}

operations! {
    ListBuckets
    CreateBucket DeleteBucket HeadBucket GetBucketLocation
    GetBucketVersioning PutBucketVersioning
    GetBucketLifecycleConfiguration PutBucketLifecycleConfiguration DeleteBucketLifecycle
    GetBucketEncryption PutBucketEncryption DeleteBucketEncryption
    GetObjectLockConfiguration PutObjectLockConfiguration
    GetBucketReplication PutBucketReplication DeleteBucketReplication
    GetBucketOwnershipControls PutBucketOwnershipControls DeleteBucketOwnershipControls
    GetBucketPolicy PutBucketPolicy DeleteBucketPolicy
    GetBucketWebsite PutBucketWebsite DeleteBucketWebsite
    ListObjects ListObjectsV2 ListObjectVersions ListMultipartUploads
    PutObject GetObject HeadObject GetObjectAttributes CopyObject DeleteObject DeleteObjects RestoreObject
    GetObjectTagging PutObjectTagging DeleteObjectTagging GetObjectAcl PutObjectAcl
    CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload ListParts
}

impl std::str::FromStr for Operation {
    type Err = ();

    fn from_str(name: &str) -> std::result::Result<Self, ()> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name).ok_or(())
    }
}

/// A subresource of a bucket, with the operations for GET, PUT and DELETE.
type Subresource = (&'static str, Operation, Option<Operation>, Option<Operation>);

const BUCKET_SUBRESOURCES: &[Subresource] = {
    use Operation as Op;
    &[
        ("location", Op::GetBucketLocation, None, None),
        ("versioning", Op::GetBucketVersioning, Some(Op::PutBucketVersioning), None),
        (
            "lifecycle",
            Op::GetBucketLifecycleConfiguration,
            Some(Op::PutBucketLifecycleConfiguration),
            Some(Op::DeleteBucketLifecycle),
        ),
        (
            "encryption",
            Op::GetBucketEncryption,
            Some(Op::PutBucketEncryption),
            Some(Op::DeleteBucketEncryption),
        ),
        ("object-lock", Op::GetObjectLockConfiguration, Some(Op::PutObjectLockConfiguration), None),
        (
            "replication",
            Op::GetBucketReplication,
            Some(Op::PutBucketReplication),
            Some(Op::DeleteBucketReplication),
        ),
        (
            "ownershipControls",
            Op::GetBucketOwnershipControls,
            Some(Op::PutBucketOwnershipControls),
            Some(Op::DeleteBucketOwnershipControls),
        ),
        ("policy", Op::GetBucketPolicy, Some(Op::PutBucketPolicy), Some(Op::DeleteBucketPolicy)),
        ("website", Op::GetBucketWebsite, Some(Op::PutBucketWebsite), Some(Op::DeleteBucketWebsite)),
        ("uploads", Op::ListMultipartUploads, None, None),
        ("versions", Op::ListObjectVersions, None, None),
    ]
};

/// Query parameters of subresources that are not implemented; a request with one must not be taken for the plain
/// operation.
const MISSING: &[&str] = &[
    "accelerate",
    "analytics",
    "annotation",
    "cors",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "logging",
    "metrics",
    "notification",
    "policyStatus",
    "publicAccessBlock",
    "requestPayment",
    "retention",
    "select",
    "tagging",
    "torrent",
];

/// Returns the operation of a request.
pub(crate) fn route(request: &Request) -> Result<Operation> {
    let routed = match (&request.bucket, &request.key) {
        (None, _) => (request.method == Method::GET).then_some(Operation::ListBuckets),
        (Some(_), None) => bucket(request)?,
        (Some(_), Some(_)) => object(request)?,
    };
    routed.ok_or_else(|| Code::MethodNotAllowed.into())
}

fn bucket(request: &Request) -> Result<Option<Operation>> {
    let has = |name: &str| request.query.has(name);
    if let Some((_, get, put, delete)) = BUCKET_SUBRESOURCES.iter().find(|(name, ..)| has(name)) {
        return Ok(match request.method {
            Method::GET => Some(*get),
            Method::PUT => *put,
            Method::DELETE => *delete,
            _ => None,
        });
    }
    refuse_missing(request, &[])?;
    Ok(match request.method {
        Method::GET if has("list-type") => Some(Operation::ListObjectsV2),
        Method::PUT => Some(Operation::CreateBucket),
        Method::DELETE => Some(Operation::DeleteBucket),
        Method::HEAD => Some(Operation::HeadBucket),
        Method::POST if has("delete") => Some(Operation::DeleteObjects),
        Method::GET => Some(Operation::ListObjects),
        _ => None,
    })
}

fn object(request: &Request) -> Result<Option<Operation>> {
    let has = |name: &str| request.query.has(name);
    let copies = request.headers.contains_key("x-amz-copy-source");
    refuse_missing(request, &["tagging"])?;
    if has("tagging") {
        return Ok(match request.method {
            Method::GET => Some(Operation::GetObjectTagging),
            Method::PUT => Some(Operation::PutObjectTagging),
            Method::DELETE => Some(Operation::DeleteObjectTagging),
            _ => None,
        });
    }
    if has("attributes") {
        return Ok((request.method == Method::GET).then_some(Operation::GetObjectAttributes));
    }
    if has("acl") {
        return Ok(match request.method {
            Method::GET => Some(Operation::GetObjectAcl),
            Method::PUT => Some(Operation::PutObjectAcl),
            _ => None,
        });
    }
    let upload = has("uploadId");
    Ok(match request.method {
        Method::PUT if upload && copies => Some(Operation::UploadPartCopy),
        Method::PUT if upload => Some(Operation::UploadPart),
        Method::PUT if copies => Some(Operation::CopyObject),
        Method::PUT => Some(Operation::PutObject),
        Method::GET if upload => Some(Operation::ListParts),
        Method::GET => Some(Operation::GetObject),
        Method::HEAD => Some(Operation::HeadObject),
        Method::DELETE if upload => Some(Operation::AbortMultipartUpload),
        Method::DELETE => Some(Operation::DeleteObject),
        Method::POST if has("uploads") => Some(Operation::CreateMultipartUpload),
        Method::POST if upload => Some(Operation::CompleteMultipartUpload),
        Method::POST if has("restore") => Some(Operation::RestoreObject),
        _ => None,
    })
}

fn refuse_missing(request: &Request, except: &[&str]) -> Result<()> {
    match MISSING.iter().find(|name| request.query.has(name) && !except.contains(name)) {
        Some(name) => Err(Error::from(Code::NotImplemented).field("Query", *name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
