//! Whether a target time is plausible: a T with the wrong year lies before all that a bucket holds, and a restore to it deletes
//! every key.
//!
//! | oldest version in scope | keys deleted | warnings | mass delete |
//! |---|---|---|---|
//! | none: nothing was listed | none | none | no |
//! | at T or before | at most as many as existed at T | none | no |
//! | at T or before | more than existed at T | `deletes-most-keys` | yes |
//! | after T | none | `before-oldest-version` | no |
//! | after T | any | both | yes |
//!
//! Keys in scope are those that exist at T, now, or both. A restore deletes those that exist now only: more of them than
//! existed at T are more than half of the keys in scope. A prefix that was renamed since T has as many keys as before, and is
//! none of these cases.

use serde::Serialize;

use crate::model::Instant;

/// What decides whether a target time is plausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plausibility {
    /// The target time.
    pub at: Instant,
    /// The date of the oldest version or delete marker in scope.
    pub oldest: Option<Instant>,
    /// Keys that existed at T.
    pub existed: u64,
    /// Keys that would be deleted.
    pub deletes: u64,
}

/// Why a target time is implausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Warning {
    /// It is before the oldest version in scope: nothing existed.
    BeforeOldestVersion {
        /// The date of that version.
        oldest_version: Instant,
    },
    /// More than half of the keys in scope would be deleted, or all.
    DeletesMostKeys {
        /// Keys that would be deleted.
        deletes: u64,
        /// Keys that exist at T, now, or both.
        keys: u64,
    },
}

impl Plausibility {
    /// What a person has to know before anything else: the table above.
    pub fn warnings(self) -> Vec<Warning> {
        let Self { at, oldest, existed, deletes } = self;
        let before = oldest
            .filter(|oldest| at < *oldest)
            .map(|oldest_version| Warning::BeforeOldestVersion { oldest_version });
        let most =
            self.is_mass_delete().then_some(Warning::DeletesMostKeys { deletes, keys: existed + deletes });
        before.into_iter().chain(most).collect()
    }

    /// Whether more than half of the keys in scope would be deleted.
    pub fn is_mass_delete(self) -> bool {
        self.deletes > self.existed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds() {
        let instant = Instant::from_millis;
        let oldest_version = instant(1000);
        let before = Warning::BeforeOldestVersion { oldest_version };
        let most = |deletes, keys| Warning::DeletesMostKeys { deletes, keys };
        for (at, oldest, existed, deletes, expected) in [
            (0, None, 0, 0, vec![]),
            (1000, Some(oldest_version), 1, 0, vec![]),
            (1000, Some(oldest_version), 1, 1, vec![]),
            (1000, Some(oldest_version), 100, 100, vec![]),
            (1000, Some(oldest_version), 100, 101, vec![most(101, 201)]),
            (1000, Some(oldest_version), 0, 1, vec![most(1, 1)]),
            (999, Some(oldest_version), 0, 0, vec![before]),
            (999, Some(oldest_version), 0, 1, vec![before, most(1, 1)]),
            (-5, Some(oldest_version), 0, 200, vec![before, most(200, 200)]),
        ] {
            let plausibility = Plausibility { at: instant(at), oldest, existed, deletes };
            assert_eq!(plausibility.warnings(), expected, "{plausibility:?}");
            let mass = expected.iter().any(|warning| matches!(warning, Warning::DeletesMostKeys { .. }));
            assert_eq!(plausibility.is_mass_delete(), mass, "{plausibility:?}");
        }
    }
}
