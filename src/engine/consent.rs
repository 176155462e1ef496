//! The confirmation that a restore requires before it changes a bucket.

use crate::plan::Plausibility;

/// The confirmation that a restore still requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// None.
    Given,
    /// Typing the name of the bucket or prefix that is changed.
    Name,
    /// Typing the number of keys to be deleted.
    Count,
    /// `--allow-mass-delete`.
    Flag,
}

/// The confirmation already given by options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// `--allow-mass-delete`: more than half of the keys may be deleted.
    pub allow_mass_delete: bool,
    /// `--yes`: skip the confirmation prompt.
    pub yes: bool,
}

impl Consent {
    /// The confirmation that a restore still requires:
    ///
    /// | deletes more than half of the keys | `--allow-mass-delete` | `--yes` | consent |
    /// |---|---|---|---|
    /// | no | | yes | given |
    /// | no | | no | name |
    /// | yes | yes | yes | given |
    /// | yes | yes | no | name |
    /// | yes | no | no | count |
    /// | yes | no | yes | flag: the restore is refused |
    pub fn needed(plausibility: Plausibility, said: Said) -> Self {
        let Said { allow_mass_delete, yes } = said;
        match (plausibility.is_mass_delete() && !allow_mass_delete, yes) {
            (false, true) => Self::Given,
            (false, false) => Self::Name,
            (true, false) => Self::Count,
            (true, true) => Self::Flag,
        }
    }
}

#[cfg(test)]
mod tests;
