//! What a table of changes is about, and the words that follow from what it is for.

use std::io::Write;

use super::warning::warning_lines;
use crate::engine::Prepared;
use crate::error::Result;
use crate::model::{Destination, Instant, Location, printable};
use crate::plan::{Action, Warning};

/// What a comparison is for. Decides the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To see what a restore changes.
    Restore,
    /// The same, of a plan that is saved.
    Plan,
    /// To see what a restore into another place changes there.
    Elsewhere,
    /// To see what a restore into a directory changes there.
    Directory {
        /// Files that differ are replaced, not left alone.
        overwrite: bool,
    },
    /// To see what changed between the past instant and this later one.
    Versus(Instant),
    /// To see whether a restore is complete.
    Verify,
    /// To see what bringing back late uploads changes.
    Heal,
    /// To see what taking a run back changes.
    Undo,
    /// To see whether a restore into a directory is.
    VerifyDirectory,
}

impl Purpose {
    /// A kind of difference in this comparison's words, and what it means.
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

/// What the table is about.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// The place.
    location: Location,
    /// The past instant.
    at: Instant,
    /// What the comparison is for.
    pub(super) purpose: Purpose,
    /// The place compared with it, where that is another.
    against: Option<Destination>,
    /// What else there is to say of it, a line each.
    notes: Vec<String>,
    /// The command that carries the changes out; empty where there is none.
    pub(super) restore: String,
    /// The present, for ages.
    now: Instant,
}

impl Heading {
    /// A comparison of a place at a past instant.
    pub(crate) fn new(location: &Location, at: Instant, purpose: Purpose, now: Instant) -> Self {
        let location = location.clone();
        Self { location, at, purpose, against: None, notes: Vec::new(), restore: String::new(), now }
    }

    /// A restore before its changes are made.
    pub(crate) fn of(prepared: &Prepared, now: Instant) -> Self {
        let purpose = if prepared.to.is_some() { Purpose::Elsewhere } else { Purpose::Restore };
        let against = prepared.to.clone().map(Destination::Bucket);
        Self::new(&prepared.location, prepared.at, purpose, now).against(against)
    }

    /// Compared with another place.
    pub(crate) fn against(self, against: Option<Destination>) -> Self {
        Self { against, ..self }
    }

    /// With these lines below it.
    pub(crate) fn notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// With the command that makes the changes.
    pub(crate) fn restore(self, restore: String) -> Self {
        Self { restore, ..self }
    }

    /// Writes it, the warnings first.
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
