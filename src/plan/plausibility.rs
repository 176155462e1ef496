//! Checks whether a target time is plausible: a T with the wrong year is before everything in the bucket, and a restore
//! to it deletes every key.
//!
//! | oldest version in scope | keys deleted | warnings | mass delete |
//! |---|---|---|---|
//! | none: nothing was listed, as for an undo | any | none | no |
//! | at T or before | at most half of those that exist now | none | no |
//! | at T or before | more than half of them | `deletes-most-keys` | yes |
//! | after T | none | `before-oldest-version` | no |
//! | after T | any | both | yes |
//!
//! Undeleted keys do not count: a prefix that was renamed since T is deleted completely under its new name, and with
//! `--only delete` nothing is undeleted at all.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Instant, count};

/// The facts that decide whether a target time is plausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plausibility {
    /// The target time.
    pub at: Instant,
    /// The date of the oldest version or delete marker in scope.
    pub oldest: Option<Instant>,
    /// Keys that exist now.
    pub present: u64,
    /// Keys that would be deleted.
    pub deletes: u64,
}

/// The reason why the target time is implausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Warning {
    /// The target time is before the oldest version in scope: no keys existed.
    BeforeOldestVersion {
        /// The date of the oldest version.
        oldest_version: Instant,
    },
    /// A restore would delete more than half of the keys that exist now.
    DeletesMostKeys {
        /// The number of keys that would be deleted.
        deletes: u64,
        /// The number of keys that exist now.
        keys: u64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforeOldestVersion { oldest_version } => {
                let oldest = oldest_version.human();
                write!(
                    f,
                    "the target time is before the oldest version here ({oldest}): no keys existed then"
                )
            }
            Self::DeletesMostKeys { deletes: 1, keys: 1 } => {
                f.write_str("a restore to this time deletes the only key")
            }
            Self::DeletesMostKeys { deletes, keys } if deletes == keys => {
                write!(f, "a restore to this time deletes all {} keys", count(*keys))
            }
            Self::DeletesMostKeys { deletes, keys } => {
                let (deletes, keys) = (count(*deletes), count(*keys));
                write!(f, "a restore to this time deletes more than half of the keys: {deletes} of {keys}")
            }
        }
    }
}

impl Plausibility {
    /// Returns the warnings, by the table above.
    pub fn warnings(self) -> Vec<Warning> {
        let Self { at, oldest, present, deletes } = self;
        let before = oldest
            .filter(|oldest| at < *oldest)
            .map(|oldest_version| Warning::BeforeOldestVersion { oldest_version });
        let most =
            self.is_mass_delete().then_some(Warning::DeletesMostKeys { deletes, keys: present.max(deletes) });
        before.into_iter().chain(most).collect()
    }

    /// Returns true if more than half of the keys that exist now would be deleted.
    pub fn is_mass_delete(self) -> bool {
        self.oldest.is_some() && self.deletes > self.present.saturating_sub(self.deletes)
    }
}

#[cfg(test)]
mod tests;
