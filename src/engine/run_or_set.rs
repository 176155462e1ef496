//! Tells the name of a run from that of a plan set.

use crate::state::Run;

/// The kinds of names that `resume` and `undo` take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOrSet {
    /// A run, by its ID.
    Run,
    /// A plan set, by its place.
    Set,
}

impl RunOrSet {
    /// Returns what `typed` names:
    ///
    /// | typed | a run has this ID | there is a directory of this name | names |
    /// |---|---|---|---|
    /// | letters, digits and hyphens | yes | | the run |
    /// | letters, digits and hyphens | no | yes | the plan set |
    /// | letters, digits and hyphens | no | no | a run, which does not exist |
    /// | any other: it has a slash, a dot, … | | | a plan set |
    pub fn of(typed: &str, is_run: bool, is_directory: bool) -> Self {
        if Run::is_id(typed) && (is_run || !is_directory) { Self::Run } else { Self::Set }
    }
}

#[cfg(test)]
mod tests;
