//! Conditions on a write or a delete, checked against a key's current entry under the store's lock.

use super::bucket::no_such_key;
use super::version::Entry;
use crate::endpoint::condition::{etag_matches, failed};
use crate::endpoint::error::Result;

/// The conditions on the current version for a write or delete.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    /// The `ETag` that it must have, or `*` for any.
    pub(crate) matches: Option<String>,
    /// True if it must not exist.
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

#[cfg(test)]
mod tests;
