//! Renames root elements that differ from S3's: moto names some after the operation. The SDK's deserializers insist on
//! the name, so it is corrected before they read the reply.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use memchr::memmem;

use super::listing::Reader;
use crate::limits;
use crate::model::printable;

/// The result of an operation, recognized by its content whatever its root element is called.
///
/// | root element | children | |
/// |---|---|---|
/// | as expected | any | unchanged |
/// | `Error` | any | unchanged: the SDK reads the error |
/// | another | one that is not among `members` | unchanged: the reply is something else, and an error |
/// | another | `identity` is required but missing | unchanged, and an error |
/// | another | otherwise | renamed |
/// | none, or the document is truncated | | unchanged, and an error |
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    expected: &'static str,
    members: &'static [&'static str],
    /// The child that every result must have.
    identity: Option<&'static str>,
}

/// The result of `GetBucketVersioning`; empty for a bucket that never had versioning.
pub(super) const VERSIONING: Root =
    Root { expected: "VersioningConfiguration", members: &["Status", "MfaDelete"], identity: None };

/// The result of `ListParts`.
pub(super) const PARTS: Root = Root {
    expected: "ListPartsResult",
    members: &[
        "AbortDate",
        "AbortRuleId",
        "Bucket",
        "ChecksumAlgorithm",
        "ChecksumType",
        "Initiator",
        "IsTruncated",
        "Key",
        "MaxParts",
        "NextPartNumberMarker",
        "Owner",
        "Part",
        "PartNumberMarker",
        "StorageClass",
        "UploadId",
    ],
    identity: Some("UploadId"),
};

/// The result of `CompleteMultipartUpload`.
pub(super) const COMPLETED: Root = Root {
    expected: "CompleteMultipartUploadResult",
    members: &[
        "Bucket",
        "ChecksumCRC32",
        "ChecksumCRC32C",
        "ChecksumCRC64NVME",
        "ChecksumSHA1",
        "ChecksumSHA256",
        "ChecksumType",
        "ETag",
        "Key",
        "Location",
    ],
    identity: Some("ETag"),
};

#[dyn_dispatch_hint]
impl Intercept for Root {
    fn name(&self) -> &'static str {
        "Root"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let reply = context.response_mut();
        if reply.status().is_success() {
            let renamed =
                Renamed { body: reply.take_body(), root: *self, read: BytesMut::new(), is_read: false };
            *reply.body_mut() = SdkBody::from_body_1_x(renamed);
        }
        Ok(())
    }
}

impl Root {
    /// Returns the document with its root element renamed; `None` if it stays unchanged.
    fn rename(self, document: &[u8]) -> Option<Bytes> {
        let name = root_name(document)?;
        if name == self.expected.as_bytes() || name == b"Error" || !self.is_result(document)? {
            return None;
        }
        let opening = memmem::find(document, name)?;
        let closing = memmem::rfind(document, &[b"</", name].concat()).map(|at| at + 2);
        let end = opening + name.len();
        let expected = self.expected.as_bytes();
        Some(match closing {
            Some(closing) => {
                let (inside, after) = (document.get(end..closing)?, document.get(closing + name.len()..)?);
                [document.get(..opening)?, expected, inside, expected, after].concat().into()
            }
            // An empty element: `<Name/>`.
            None => [document.get(..opening)?, expected, document.get(end..)?].concat().into(),
        })
    }

    /// Returns whether a document has this result's content; `None` if it is incomplete.
    fn is_result(self, document: &[u8]) -> Option<bool> {
        let mut reader = Reader::new(document);
        let root = reader.root().ok()?;
        let (mut is_known, mut is_identified) = (true, self.identity.is_none());
        while let Some(child) = reader.child(root).ok()? {
            let is = |name: &str| name.as_bytes() == child.name;
            is_known &= self.members.iter().any(|name| is(name));
            is_identified |= self.identity.is_some_and(is);
            reader.skip().ok()?;
        }
        reader.end().ok()?;
        Some(is_known && is_identified)
    }
}

fn root_name(document: &[u8]) -> Option<&[u8]> {
    Reader::new(document).root().ok().map(|root| root.name)
}

/// Describes a reply that is not the expected result. `cause` is the SDK's error: useful if it names a header or an
/// element below the root, but not about the root itself.
pub(super) fn describe(document: &[u8], cause: &str) -> String {
    let text = String::from_utf8_lossy(document);
    match root_name(document) {
        _ if cause.contains("header") => cause.to_owned(),
        Some(_) if !cause.contains("invalid XML root") => cause.to_owned(),
        _ if text.trim().is_empty() => "it is empty".to_owned(),
        Some(name) => format!("its root element is {}", printable(&String::from_utf8_lossy(name))),
        None => {
            let begins: String = text.trim().chars().take(limits::QUOTED).collect();
            format!("it is not valid S3 XML: {}", printable(&begins))
        }
    }
}

/// A body that is read to its end, then returned in one piece with its root renamed.
struct Renamed {
    body: SdkBody,
    root: Root,
    read: BytesMut,
    is_read: bool,
}

impl Body for Renamed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        while !this.is_read {
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let piece = frame.into_data().unwrap_or_default();
                    if this.read.len() + piece.len() > limits::RESULT_BYTES {
                        let error = "the reply is larger than S3 ever sends";
                        return Poll::Ready(Some(Err(error.into())));
                    }
                    this.read.extend_from_slice(&piece);
                }
                Some(Err(e)) => return Poll::Ready(Some(Err(e))),
                None => this.is_read = true,
            }
        }
        let read = std::mem::take(&mut this.read).freeze();
        let whole = this.root.rename(&read).unwrap_or(read);
        Poll::Ready((!whole.is_empty()).then(|| Ok(Frame::data(whole))))
    }
}

#[cfg(test)]
mod tests;
