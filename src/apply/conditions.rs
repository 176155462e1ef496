//! Detects whether the server honours conditional writes.
//!
//! S3 does (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>). Some servers ignore
//! conditions, and a copy would then supersede a write made since the plan. The first copy and the first delete of a
//! run are therefore sent with a condition that cannot hold, after reading their key:
//!
//! | reply | conclusion |
//! |---|---|
//! | 412, or 404 (there is no object whose ETag could match) | conditions are honoured; the request is sent again with its real condition |
//! | success | they are ignored, and the change is made; from now on each key is read just before its change |
//! | 501 | they are refused; handled like ignored |
//! | anything else | nothing is known yet; the next change tests again |

use std::sync::OnceLock;

use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, ErrorKind};

/// An ETag that no object has.
pub(super) const IMPOSSIBLE: &str = "00000000000000000000000000000000-asof";

/// The server's support for conditions on one kind of request.
#[derive(Debug, Default)]
pub(super) struct Condition {
    honoured: OnceLock<bool>,
    asking: Mutex<()>,
}

/// The result of the first request of a kind.
#[derive(Debug)]
pub(super) enum Told<T> {
    /// Conditions are honoured; nothing was changed.
    Honoured,
    /// Conditions are refused; nothing was changed.
    Refused,
    /// Conditions are ignored, and the request succeeded.
    Ignored(T),
}

/// Interprets the reply to a request whose condition cannot hold.
pub(super) fn told<T>(answer: Result<T, Error>) -> Result<Told<T>, Error> {
    match answer {
        Ok(done) => Ok(Told::Ignored(done)),
        Err(e) if e.kind() == ErrorKind::Precondition => Ok(Told::Honoured),
        Err(e) if e.kind() == ErrorKind::Missing && e.code() != Some("NoSuchVersion") => Ok(Told::Honoured),
        Err(e) if e.kind() == ErrorKind::Unsupported => Ok(Told::Refused),
        Err(e) => Err(e),
    }
}

impl Condition {
    /// Returns true if conditions are honoured, false if they are not, `None` until this is known.
    pub(super) fn is_honoured(&self) -> Option<bool> {
        self.honoured.get().copied()
    }

    /// Returns the right to test, for one request at a time. `None` if the result is known, or if another request has
    /// tested meanwhile: if the server does not answer, one test after another would never end.
    pub(super) async fn ask(&self) -> Option<MutexGuard<'_, ()>> {
        if self.is_honoured().is_some() {
            return None;
        }
        if let Ok(right) = self.asking.try_lock() {
            return Some(right).filter(|_| self.is_honoured().is_none());
        }
        drop(self.asking.lock().await);
        None
    }

    /// Records the result, by the holder of the right.
    pub(super) fn tell(&self, honoured: bool, right: MutexGuard<'_, ()>) {
        tracing::info!(honoured, "conditional writes");
        self.honoured.get_or_init(|| honoured);
        drop(right);
    }
}

#[cfg(test)]
mod tests;
