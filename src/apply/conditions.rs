//! Whether the server honours conditions on writes.
//!
//! S3 does (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>); there are servers that take
//! no notice of them, and a copy would then bury what a writer has put there since the plan. So the first copy and the
//! first delete of a run are sent with a condition that cannot hold, after a look at their key:
//!
//! | answer | so |
//! |---|---|
//! | 412, or 404 (there is no object whose ETag could match) | conditions are honoured; it is sent again, properly |
//! | done | they are ignored, and the change is made; from now on each key is looked at just before its change |
//! | 501 | they are refused; the same |
//! | anything else | nothing is known yet; the next change finds out |

use std::sync::OnceLock;

use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, ErrorKind};

/// No object has this ETag.
pub(super) const IMPOSSIBLE: &str = "00000000000000000000000000000000-asof";

/// What is known of the server, for one kind of requests.
#[derive(Debug, Default)]
pub(super) struct Condition {
    honoured: OnceLock<bool>,
    asking: Mutex<()>,
}

/// What the first request of a kind told.
#[derive(Debug)]
pub(super) enum Told<T> {
    /// Conditions are honoured; nothing was changed.
    Honoured,
    /// They are not; nothing was changed.
    Refused,
    /// They are not, and the request was carried out.
    Ignored(T),
}

/// Reads the answer to a request whose condition cannot hold.
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
    /// Whether conditions are honoured, where that is known.
    pub(super) fn is_honoured(&self) -> Option<bool> {
        self.honoured.get().copied()
    }

    /// The right to find out, for one at a time. None where it is known, or where somebody else has tried meanwhile: what
    /// a server that does not answer is asked by all, one after another, would never end.
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

    /// What was found out, by whoever had the right.
    pub(super) fn tell(&self, honoured: bool, right: MutexGuard<'_, ()>) {
        tracing::info!(honoured, "conditional writes");
        self.honoured.get_or_init(|| honoured);
        drop(right);
    }
}

#[cfg(test)]
mod tests;
