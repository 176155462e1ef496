//! Conditions on a write or a delete, checked against a key's current entry under the store's lock.

use super::super::error::{Code, Result};
use super::bucket::no_such_key;
use super::version::Entry;

/// The conditions on the current version for a write or delete.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    /// The `ETag` that it must have, or `*` for any.
    pub(crate) matches: Option<String>,
    /// Whether it must not exist.
    pub(crate) none: bool,
}

impl Condition {
    /// Checks a write. A key with a delete marker on top has no current version.
    pub(crate) fn allows_write(&self, key: &str, current: Option<&Entry>) -> Result<()> {
        let live = current.and_then(|entry| entry.object.as_ref());
        if self.none && live.is_some() {
            return Err(failed("If-None-Match"));
        }
        let Some(wanted) = &self.matches else {
            return Ok(());
        };
        let live = live.ok_or_else(|| no_such_key(key))?;
        if etag_matches(wanted, &live.etag) { Ok(()) } else { Err(failed("If-Match")) }
    }

    /// Checks a delete. A key without entries is missing; one with a delete marker on top fails the condition.
    pub(crate) fn allows_delete(&self, key: &str, current: Option<&Entry>) -> Result<()> {
        let Some(wanted) = &self.matches else {
            return Ok(());
        };
        let current = current.ok_or_else(|| no_such_key(key))?;
        match &current.object {
            Some(live) if etag_matches(wanted, &live.etag) => Ok(()),
            _ => Err(failed("If-Match")),
        }
    }
}

/// Whether an `ETag` is among those of a header: one or several, quoted or not, or `*`.
pub(crate) fn etag_matches(wanted: &str, etag: &str) -> bool {
    wanted.split(',').map(str::trim).any(|one| {
        let one = one.strip_prefix("W/").unwrap_or(one);
        one == "*" || one.trim_matches('"') == etag
    })
}

pub(crate) fn failed(condition: &'static str) -> super::super::error::Error {
    super::super::error::Error::from(Code::PreconditionFailed).field("Condition", condition)
}

#[cfg(test)]
mod tests;
