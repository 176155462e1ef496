//! The handlers of the operations: one file per subject, all of them synchronous.

use super::Shared;
use crate::endpoint::error::Result;
use crate::endpoint::operation::Operation;
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;

pub(crate) mod acl;
pub(crate) mod attributes;
pub(crate) mod bucket;
pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod delete;
pub(crate) mod headers;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod multipart;
pub(crate) mod object;
pub(crate) mod restore;
pub(crate) mod source;
pub(crate) mod tagging;

/// Handles an operation. Every n-th key of `DeleteObjects` fails if `failing` is set.
pub(crate) fn handle(
    shared: &Shared,
    operation: Operation,
    request: &Request,
    failing: Option<usize>,
) -> Result<Reply> {
    use Operation as Op;
    if !request.method.is_safe()
        && let Some(key) = &request.key
    {
        shared.store().bucket(request.bucket())?.admit(key)?;
    }
    match operation {
        Op::ListBuckets => Ok(bucket::list(shared)),
        Op::CreateBucket => bucket::create(shared, request),
        Op::DeleteBucket => bucket::delete(shared, request),
        Op::HeadBucket => bucket::head(shared, request),
        Op::GetBucketLocation => bucket::location(shared, request),
        Op::GetBucketVersioning => bucket::get_versioning(shared, request),
        Op::PutBucketVersioning => bucket::put_versioning(shared, request),
        Op::ListObjectVersions => list::versions(shared, request),
        Op::ListObjects | Op::ListObjectsV2 => list::objects(shared, request, operation),
        Op::PutObject => object::put(shared, request),
        Op::GetObject => object::get(shared, request, true),
        Op::HeadObject => object::get(shared, request, false),
        Op::RestoreObject => restore::restore(shared, request),
        Op::CopyObject => copy::copy(shared, request),
        Op::DeleteObject => delete::one(shared, request),
        Op::DeleteObjects => delete::many(shared, request, failing),
        Op::GetObjectAttributes => attributes::get(shared, request),
        Op::GetObjectTagging => tagging::get(shared, request),
        Op::PutObjectTagging => tagging::put(shared, request),
        Op::DeleteObjectTagging => tagging::delete(shared, request),
        Op::GetObjectAcl => acl::get(shared, request),
        Op::PutObjectAcl => acl::put(shared, request),
        Op::CreateMultipartUpload => multipart::create(shared, request),
        Op::UploadPart => multipart::upload_part(shared, request),
        Op::UploadPartCopy => multipart::upload_part_copy(shared, request),
        Op::CompleteMultipartUpload => multipart::complete(shared, request),
        Op::AbortMultipartUpload => multipart::abort(shared, request),
        Op::ListMultipartUploads => multipart::list_uploads(shared, request),
        Op::ListParts => multipart::list_parts(shared, request),
        Op::GetBucketLifecycleConfiguration
        | Op::PutBucketLifecycleConfiguration
        | Op::DeleteBucketLifecycle
        | Op::GetBucketEncryption
        | Op::PutBucketEncryption
        | Op::DeleteBucketEncryption
        | Op::GetObjectLockConfiguration
        | Op::PutObjectLockConfiguration
        | Op::GetBucketReplication
        | Op::PutBucketReplication
        | Op::DeleteBucketReplication
        | Op::GetBucketOwnershipControls
        | Op::PutBucketOwnershipControls
        | Op::DeleteBucketOwnershipControls
        | Op::GetBucketPolicy
        | Op::PutBucketPolicy
        | Op::DeleteBucketPolicy
        | Op::GetBucketWebsite
        | Op::PutBucketWebsite
        | Op::DeleteBucketWebsite => config::handle(shared, request),
    }
}
