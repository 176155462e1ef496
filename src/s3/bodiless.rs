//! Determines why a HEAD was refused. An error response to HEAD has no body, so only a status and no code: 400 may
//! mean expired credentials or an object encrypted with a customer-provided key (SSE-C), and 403 a deleted access key
//! or a missing permission. A GET of one byte gets the same refusal with its code:
//!
//! | HEAD | GET | conclusion |
//! |---|---|---|
//! | 400 or 403 | credentials expired or not accepted | the credentials: every other request will fail too |
//! | 400 or 403 | throttled, or a transient fault | unknown: retry |
//! | 400 or 403 | anything else | the object |
//! | anything else | not sent | as the status says |

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::error::{Doing, explain};
use crate::error::{Error, ErrorKind};

/// Returns whether an error has only a status, and one that could concern the credentials.
fn is_bare(e: &Error) -> bool {
    matches!(e.code(), Some("HTTP 400" | "HTTP 403"))
}

/// The cause of a failed HEAD.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The error itself states the cause.
    Known(Error),
    /// The object's encryption: the request lacks the customer-provided key.
    ForeignKey(Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Known(e) | Refusal::ForeignKey(e) => e,
        }
    }
}

impl Client {
    /// Narrows a signature mismatch to its key if another request is accepted: a proxy that rewrites paths breaks the
    /// signatures of requests for unusual keys only.
    pub async fn narrowed(&self, e: Error, bucket: &str) -> Error {
        if e.code() != Some("SignatureDoesNotMatch") || self.versioning_status(bucket).await.is_err() {
            return e;
        }
        let narrowed = Error::new(ErrorKind::Denied, e.to_string()).with_code("SignatureDoesNotMatch");
        narrowed.hint("other requests are accepted: check whether a proxy rewrites this path").because(e)
    }

    /// Determines why the HEAD of a version failed with `e`.
    pub(super) async fn refusal(&self, e: Error, doing: Doing<'_>, version_id: Option<&str>) -> Refusal {
        let Some(key) = doing.key.filter(|_| is_bare(&e)) else { return Refusal::Known(e) };
        let call = self.sdk(doing.bucket).get_object().bucket(doing.bucket).key(for_sdk(key));
        let call = call.set_version_id(version_id.map(ToOwned::to_owned)).range("bytes=0-0");
        let reply = call.customize().interceptor(KeyInPath::new(key)).send().await;
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Err(said) if said.ends_the_run() || said.is_retryable() => Refusal::Known(said),
            Err(said) if e.code() == Some("HTTP 400") && said.code() == Some("InvalidRequest") => {
                Refusal::ForeignKey(e)
            }
            _ => Refusal::Known(e),
        }
    }
}
