//! The requirements of a bucket for every request, checked before it is handled: the region, the owner's account, and
//! who pays.

use super::Shared;
use super::handler::source::Source;
use super::store::Store;
use super::store::bucket::ACCOUNT;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::operation::Operation;
use crate::endpoint::request::Request;

/// Returns the region that a request must be signed for. A request to a bucket in another region than the lab's is
/// redirected if it is signed for any other; one to a bucket in the lab's region fails signature verification.
pub(crate) fn region(shared: &Shared, request: &Request, signed_for: Option<&str>) -> Result<String> {
    let store = shared.store();
    let bucket = request.bucket.as_deref().and_then(|bucket| store.bucket(bucket).ok());
    match bucket.and_then(|bucket| bucket.demands.region.clone()) {
        None => Ok(shared.options.region.clone()),
        Some(region) if signed_for == Some(&region) => Ok(region),
        Some(region) => Err(Error::from(Code::PermanentRedirect)
            .field("Bucket", request.bucket())
            .header("x-amz-bucket-region", region)),
    }
}

/// Refuses operations that access points do not support
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-service-api-support.html>).
pub(crate) fn check_access_point(shared: &Shared, operation: Operation, request: &Request) -> Result<()> {
    use Operation as Op;
    let of_objects = matches!(
        operation,
        Op::HeadBucket
            | Op::GetBucketLocation
            | Op::ListObjectVersions
            | Op::ListObjectsV2
            | Op::DeleteObjects
    );
    let through_one = shared.store().access_points.contains_key(request.bucket());
    if through_one && request.key.is_none() && !of_objects {
        return Err(Code::MethodNotAllowed.into());
    }
    Ok(())
}

/// Refuses a request that expects another owner, or does not agree to pay if it must.
pub(crate) fn check(shared: &Shared, request: &Request) -> Result<()> {
    let store = shared.store();
    check_owner(&store, request.bucket(), request.header("x-amz-expected-bucket-owner"))?;
    let pays = request.header("x-amz-request-payer") == Some("requester");
    check_payer(&store, request.bucket(), pays)?;
    if let Ok(source) = Source::of(request) {
        check_owner(&store, &source.bucket, request.header("x-amz-source-expected-bucket-owner"))?;
        check_payer(&store, &source.bucket, pays)?;
    }
    Ok(())
}

fn check_owner(store: &Store, bucket: &str, expected: Option<&str>) -> Result<()> {
    let Ok(bucket) = store.bucket(bucket) else { return Ok(()) };
    let owner = bucket.demands.account.as_deref().unwrap_or(ACCOUNT);
    if expected.is_none_or(|expected| expected == owner) { Ok(()) } else { Err(Code::AccessDenied.into()) }
}

fn check_payer(store: &Store, bucket: &str, pays: bool) -> Result<()> {
    let demanded = store.bucket(bucket).is_ok_and(|bucket| bucket.demands.requester_pays);
    if demanded && !pays { Err(Code::AccessDenied.into()) } else { Ok(()) }
}
