//! What a person has to say before a bucket is changed.

use crate::plan::Plausibility;

/// What a restore needs before it changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing more.
    Given,
    /// The name of what is changed is typed.
    Name,
    /// The number of keys that are deleted is typed.
    Count,
    /// `--allow-mass-delete`.
    Flag,
}

/// What was said before anybody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// More than half of the keys may be deleted.
    pub allow_mass_delete: bool,
    /// Nobody is to be asked.
    pub yes: bool,
}

impl Consent {
    /// What a restore needs before it changes anything:
    ///
    /// | deletes more than half of the keys | `--allow-mass-delete` | `--yes` | consent |
    /// |---|---|---|---|
    /// | no | | yes | given |
    /// | no | | no | name |
    /// | yes | yes | yes | given |
    /// | yes | yes | no | name |
    /// | yes | no | no | count |
    /// | yes | no | yes | flag: it is refused |
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
