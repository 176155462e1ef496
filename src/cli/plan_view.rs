//! Saved plans on the command line: how they are opened and shown.

use std::path::Path;

use super::args::common::SelectArgs;
use super::suggest;
use crate::error::{Error, Result};
use crate::model::{Instant, Location, Versioning, printable};
use crate::plan::file::{Header, PlanFile, Selected};
use crate::plan::{Only, Sums};

/// The options that chose keys, as a plan keeps them.
pub(super) fn selected(select: &SelectArgs) -> Selected {
    let SelectArgs { include, exclude, keys_from } = select;
    Selected {
        include: include.clone(),
        exclude: exclude.clone(),
        keys_from: keys_from.as_ref().map(|file| file.to_string_lossy().into_owned()),
        only: Only::default(),
    }
}

/// What a table says of a plan below its place and time.
pub(super) fn notes(header: &Header, now: Instant) -> Vec<String> {
    let versioning = match header.checks.versioning {
        Versioning::Enabled => "enabled",
        Versioning::Suspended => "suspended",
        Versioning::Never => "never enabled",
        Versioning::Unknown => "unknown",
    };
    let kms = if header.checks.kms { " · KMS encryption, or not known" } else { "" };
    let (listed, asof) = (header.listed, printable(&header.asof));
    let mut notes = vec![format!(
        "listed {} ({} ago) by asof {asof} · versioning {versioning}{kms}",
        listed.human(),
        listed.age(now)
    )];
    let choice = suggest::choice_of(header);
    if !choice.is_empty() {
        notes.push(format!("with{choice}"));
    }
    notes
}

/// Opens a plan of which only these kinds of change are wanted; its sums are of these. Gives the kinds that it is limited to
/// then.
pub(super) fn open(path: &Path, kinds: &Only) -> Result<(PlanFile, Only)> {
    let mut file = PlanFile::open(path)?;
    let of_plan = &file.header.selection.only;
    let Some(both) = of_plan.and(kinds) else {
        let message = format!("the plan {} has no changes of that kind", path.display());
        return Err(Error::usage(message).hint(format!("it was made with{}", suggest::kinds(of_plan))));
    };
    if !kinds.is_all() {
        let mut left = Sums::default();
        for change in PlanFile::open(path)?.changes {
            let (_, change) = change?;
            if both.has(change.action) {
                left.add(&change);
            }
        }
        file.sums = file.sums.narrowed(left);
    }
    Ok((file, both))
}

/// Refuses a plan that is not of the place that was typed beside it.
pub(super) fn require_of(path: &Path, header: &Header, location: Option<&Location>) -> Result<()> {
    let of_plan = header.location();
    match location.filter(|location| **location != of_plan) {
        None => Ok(()),
        Some(other) => {
            let message = format!("the plan {} is of {of_plan}, not of {other}", path.display());
            Err(Error::usage(message)
                .hint("give the plan that was made of it, or leave the location out: a plan knows its own"))
        }
    }
}
