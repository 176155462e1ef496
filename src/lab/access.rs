//! The permissions that a request needs: an operation on a bucket, or on an object in it.

use super::handler::source::Source;
use crate::endpoint::operation::Operation;
use crate::endpoint::request::Request;
use crate::endpoint::xml::parse;

/// One permission that a request needs. A copy also reads, and one `DeleteObjects` deletes many keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The operation.
    pub operation: Operation,
    /// True if this is the source of a copy; otherwise it is the resource of the request.
    pub copied_from: bool,
    /// The bucket.
    pub bucket: String,
    /// The object's key; `None` for the bucket itself.
    pub key: Option<String>,
    /// True if the request names a version.
    pub by_version: bool,
    /// The prefix of a listing.
    pub prefix: Option<String>,
    /// The names of the request's headers, in lower case.
    pub headers: Vec<String>,
}

/// Returns all permissions that a request needs.
pub(crate) fn of(operation: Operation, request: &Request) -> Vec<Access> {
    let sent = Access {
        operation,
        copied_from: false,
        bucket: request.bucket().to_owned(),
        key: request.key.clone(),
        by_version: request.version().is_some(),
        prefix: request.query.get("prefix").map(str::to_owned),
        headers: request.headers.keys().map(ToString::to_string).collect(),
    };
    match operation {
        Operation::CopyObject | Operation::UploadPartCopy => {
            let source = Source::of(request).ok().map(|source| Access {
                copied_from: true,
                bucket: source.bucket,
                key: Some(source.key),
                by_version: source.version.is_some(),
                ..sent.clone()
            });
            source.into_iter().chain([sent]).collect()
        }
        Operation::DeleteObjects => {
            let asked = parse(&request.body, "Delete").ok();
            let objects = asked.iter().flat_map(|asked| asked.all("Object"));
            let deleted = objects.map(|object| Access {
                key: object.text_of("Key").map(str::to_owned),
                by_version: object.text_of("VersionId").is_some_and(|version| !version.is_empty()),
                ..sent.clone()
            });
            deleted.collect()
        }
        _ => vec![sent],
    }
}
