//! Checks that replies are complete: status 200 alone is not success.
//!
//! `CopyObject`, `UploadPartCopy` and `CompleteMultipartUpload` answer 200 before they are done, and keep the
//! connection alive with blanks. If they fail after that, the body contains an `<Error>`, or is empty, or is truncated
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>, "Response and special errors"). The SDK
//! treats `<Error>` as an error, and anything else as success without a result. So every reply that must contain XML
//! is checked again, including those that the SDK could not parse:
//!
//! | operation | its reply counts if it is |
//! |---|---|
//! | `CopyObject`, `UploadPartCopy`, `CompleteMultipartUpload` | a complete document with an `ETag` |
//! | `CreateMultipartUpload` | a complete document with an `UploadId` |
//! | those whose replies have no XML, or are decoded elsewhere | anything |
//! | `GetObjectTagging` of an object for which HEAD counts no tags | a complete document, or empty |
//! | every other | a complete document |
//!
//! A reply that does not count leaves open whether the request was executed.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Fails an attempt whose reply is incomplete. As a retry classifier, marks the failure as transient.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WholeReplies;

/// A reply with status 200 that is not a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NoResult(&'static str);

impl std::fmt::Display for NoResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server answered with status 200 and {} instead of a result", self.0)
    }
}

impl std::error::Error for NoResult {}

/// The required content of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Anything,
    Document,
    DocumentWith(&'static str),
}

/// Looks up the table in the module docs.
fn expected(operation: &str) -> Expected {
    match operation {
        "CopyObject" | "UploadPartCopy" | "CompleteMultipartUpload" => Expected::DocumentWith("ETag"),
        "CreateMultipartUpload" => Expected::DocumentWith("UploadId"),
        "HeadBucket"
        | "HeadObject"
        | "GetObject"
        | "PutObject"
        | "DeleteObject"
        | "AbortMultipartUpload"
        | "RestoreObject"
        | "GetBucketPolicy"
        | "ListObjectVersions" => Expected::Anything,
        _ => Expected::Document,
    }
}

#[dyn_dispatch_hint]
impl Intercept for WholeReplies {
    fn name(&self) -> &'static str {
        "WholeReplies"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let expected = config.load::<Metadata>().map_or(Expected::Document, |of| expected(of.name()));
        if expected == Expected::Anything || !context.response().status().is_success() {
            return Ok(());
        }
        // An unreadable body already has an error.
        let Some(body) = context.response().body().bytes() else { return Ok(()) };
        if body.is_empty() && config.load::<MayBeEmpty>().is_some() {
            return Ok(());
        }
        let lack = match context.output_or_error() {
            Ok(_) => lack(body, expected),
            // The SDK cannot read a document preceded by blanks. An error that it did read is kept.
            Err(_) if body.first().is_some_and(u8::is_ascii_whitespace) => Some("what cannot be read"),
            Err(_) => lack(body, Expected::Document),
        };
        lack.map_or(Ok(()), |lack| Err(NoResult(lack).into()))
    }
}

/// Marks a request for the tags of an object for which HEAD counts none: Ceph RGW answers it with an empty body.
#[derive(Debug, Clone, Copy)]
pub(super) struct MayBeEmpty;

impl Storable for MayBeEmpty {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for MayBeEmpty {
    fn name(&self) -> &'static str {
        "MayBeEmpty"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(Self);
        Ok(())
    }
}

impl ClassifyRetry for WholeReplies {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            // After an answer has arrived, interceptors fail for no other reason.
            Some(Err(e)) if e.is_interceptor_error() && context.response().is_some() => {
                RetryAction::transient_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "WholeReplies"
    }
}

/// Returns what makes a body differ from the expected result; `None` if nothing does.
fn lack(body: &[u8], expected: Expected) -> Option<&'static str> {
    let element = match expected {
        Expected::Anything => return None,
        Expected::Document => None,
        Expected::DocumentWith(element) => Some(element),
    };
    if body.trim_ascii().is_empty() {
        return Some("an empty body");
    }
    let (mut depth, mut ended, mut inside, mut found) = (0_u32, false, false, element.is_none());
    let mut reader = Reader::from_reader(body);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                inside = depth == 2 && element.is_some_and(|e| start.local_name().as_ref() == e);
            }
            Ok(Event::Empty(_)) => ended |= depth == 0,
            Ok(Event::Text(text)) => found |= inside && !text.trim_ascii().is_empty(),
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                (inside, ended) = (false, ended || depth == 0);
            }
            Ok(Event::Eof) if ended && found => return None,
            Ok(Event::Eof) if ended => return Some("an incomplete result"),
            Ok(Event::Eof) | Err(_) => return Some("half a body"),
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
