//! The heading of a table of changes, and the wording that depends on its purpose.

use std::io::Write;

use super::warning::warning_lines;
use crate::engine::Prepared;
use crate::error::Result;
use crate::model::{Destination, Instant, Location, printable};
use crate::plan::{Action, Warning};

/// The purpose of a comparison, which decides the wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Shows what a restore would change.
    Restore,
    /// Shows what a saved plan would change.
    Plan,
    /// Shows what a restore to another location would change there.
    Elsewhere,
    /// Shows what a restore into a directory would change there.
    Directory {
        /// True if files that differ are replaced.
        overwrite: bool,
    },
    /// Shows what changed between the target time and this later one.
    Versus(Instant),
    /// Verifies that a restore is complete.
    Verify,
    /// Shows what restoring late uploads would change.
    Heal,
    /// Shows what undoing a run would change.
    Undo,
    /// Verifies that a restore into a directory is complete.
    VerifyDirectory,
}

impl Purpose {
    /// Returns the name of a kind of difference for this purpose, and its meaning.
    pub(super) fn words(self, action: Action) -> (&'static str, &'static str) {
        match (self, action) {
            (Purpose::Restore | Purpose::Plan, Action::Undelete) => {
                (action.name(), "deleted since T; restored")
            }
            (Purpose::Restore | Purpose::Plan, Action::Revert) => (action.name(), "overwritten since T"),
            (Purpose::Restore | Purpose::Plan, Action::Delete) => {
                (action.name(), "created since T; deleted (delete marker)")
            }
            (Purpose::Elsewhere | Purpose::Directory { .. }, Action::Undelete) => {
                ("copy", "does not exist yet")
            }
            (Purpose::Elsewhere | Purpose::Directory { overwrite: true }, Action::Revert) => {
                ("overwrite", "exists but differs")
            }
            (Purpose::Elsewhere | Purpose::Directory { .. }, Action::Delete) => {
                ("left alone", "exists, not in the past state")
            }
            (Purpose::Versus(_), Action::Undelete) => ("deleted", "exists at the first time only"),
            (Purpose::Versus(_), Action::Revert) => ("overwritten", "exists at both, but differs"),
            (Purpose::Versus(_), Action::Delete) => ("created", "exists at the second time only"),
            (Purpose::Directory { overwrite: false }, Action::Revert) => {
                ("conflict", "exists but differs; left unchanged")
            }
            (Purpose::Heal, Action::Undelete) => (action.name(), "arrived soon after T; missing now"),
            (Purpose::Heal, Action::Revert) => (action.name(), "arrived soon after T; overwritten now"),
            (Purpose::Heal, Action::Delete) => (action.name(), "none"),
            (Purpose::Undo, Action::Undelete) => (action.name(), "deleted by the run; restored"),
            (Purpose::Undo, Action::Revert) => (action.name(), "overwritten by the run"),
            (Purpose::Undo, Action::Delete) => {
                (action.name(), "restored by the run; deleted (delete marker)")
            }
            (Purpose::VerifyDirectory, Action::Revert) => ("different", "other bytes"),
            (Purpose::Verify | Purpose::VerifyDirectory, Action::Undelete) => ("missing", "should be there"),
            (Purpose::Verify, Action::Revert) => ("different", "another version, or changed"),
            (Purpose::Verify | Purpose::VerifyDirectory, Action::Delete) => ("extra", "should not be there"),
        }
    }
}

/// The heading of a table.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// The bucket and prefix.
    pub(super) location: Location,
    /// The target time.
    pub(super) at: Instant,
    /// The purpose of the comparison.
    pub(super) purpose: Purpose,
    /// The location compared, if it is another one.
    pub(super) against: Option<Destination>,
    /// Notes, one per line.
    pub(super) notes: Vec<String>,
    /// The command that applies the changes; empty if there is none.
    pub(super) restore: String,
    /// The present, to compute ages.
    pub(super) now: Instant,
}

impl Heading {
    /// Creates the heading of a comparison of a location at a target time.
    pub(crate) fn new(location: &Location, at: Instant, purpose: Purpose, now: Instant) -> Self {
        let location = location.clone();
        Self { location, at, purpose, against: None, notes: Vec::new(), restore: String::new(), now }
    }

    /// Creates the heading of a prepared restore.
    pub(crate) fn of(prepared: &Prepared, now: Instant) -> Self {
        let purpose = if prepared.to.is_some() { Purpose::Elsewhere } else { Purpose::Restore };
        let against = prepared.to.clone().map(Destination::Bucket);
        Self::new(&prepared.location, prepared.at, purpose, now).against(against)
    }

    /// Sets the location compared.
    pub(crate) fn against(self, against: Option<Destination>) -> Self {
        Self { against, ..self }
    }

    /// Sets the notes.
    pub(crate) fn notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// Sets the command that applies the changes.
    pub(crate) fn restore(self, restore: String) -> Self {
        Self { restore, ..self }
    }

    /// Writes the heading, starting with the warnings.
    pub(super) fn write(&self, warnings: &[Warning], out: &mut impl Write) -> Result<()> {
        let Heading { location, at, purpose, against, notes, now, .. } = self;
        let place = location.to_string();
        let place = printable(place.strip_prefix("s3://").unwrap_or_default());
        if *purpose == Purpose::Undo {
            write!(out, "{place}")?;
        } else {
            write!(out, "{place} as of {} ({} ago)", at.human(), at.age(*now))?;
        }
        if let Purpose::Versus(versus) = purpose {
            write!(out, ", compared with {} ({} ago)", versus.human(), versus.age(*now))?;
        }
        if let Some(against) = against {
            let kind = if matches!(against, Destination::Directory(_)) { "the directory " } else { "" };
            let place = format!("{kind}{}", printable(&against.to_string()));
            match purpose {
                Purpose::Elsewhere | Purpose::Directory { .. } => write!(out, ", into {place}")?,
                _ => write!(out, ", compared with {place} now")?,
            }
        }
        writeln!(out)?;
        for line in warning_lines(warnings) {
            writeln!(out, "{line}")?;
        }
        for note in notes {
            writeln!(out, "  {note}")?;
        }
        Ok(writeln!(out)?)
    }
}
