//! Why a HEAD was refused. An error reply to HEAD has no body, so it has a status and no code: 400 is said of expired
//! credentials as of an object that its writer encrypted with a key of their own (SSE-C), and 403 of an access key that was
//! deleted as of a permission that is missing. A GET of one byte gets the same refusal, with its code:
//!
//! | HEAD | GET | so |
//! |---|---|---|
//! | 400 or 403 | expired, or not accepted | the credentials: nothing else can be asked for either |
//! | 400 or 403 | too many requests, or a passing fault | nothing is known yet: it may be asked again |
//! | 400 or 403 | anything else | the object |
//! | anything else | not sent | what the status says |

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::error::{Doing, explain};
use crate::error::{Error, ErrorKind};

/// Whether an error has a status alone that could be about the credentials.
fn is_bare(e: &Error) -> bool {
    matches!(e.code(), Some("HTTP 400" | "HTTP 403"))
}

/// Why a HEAD failed.
#[derive(Debug)]
pub(super) enum Refusal {
    /// This error says it.
    Known(Error),
    /// The object's encryption: the key that its writer brought is missing.
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
    /// A signature that does not match may be that of one request alone: a proxy that rewrites a path breaks those of odd keys.
    /// Where another request is accepted, the error is of its key, and not of the credentials.
    pub async fn narrowed(&self, e: Error, bucket: &str) -> Error {
        if e.code() != Some("SignatureDoesNotMatch") || self.versioning_status(bucket).await.is_err() {
            return e;
        }
        let narrowed = Error::new(ErrorKind::Denied, e.to_string()).with_code("SignatureDoesNotMatch");
        narrowed.hint("other requests are accepted: check whether a proxy rewrites this path").because(e)
    }

    /// Finds out why the HEAD of a version failed with `e`.
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
