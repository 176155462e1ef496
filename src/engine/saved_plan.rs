//! A saved plan, possibly limited to some kinds of change.

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::Location;
use crate::plan::file::PlanFile;
use crate::plan::{Only, Sums};
use crate::state::Run;

impl Run {
    /// Opens the plan of this run.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a plan that cannot be read.
    pub(crate) fn open_plan(&self) -> Result<PlanFile> {
        PlanFile::open(&self.plan())
    }
}

/// Opens a plan and limits its header, sums and changes to these kinds. `location`, if given, must be the plan's.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) for a plan that cannot be read, is for another location, or has no such
/// changes.
pub(crate) fn open_plan(path: &Path, location: Option<&Location>, kinds: &Only) -> Result<PlanFile> {
    let mut file = PlanFile::open(path)?;
    let of_plan = &file.header.selection.only;
    let Some(both) = of_plan.and(kinds) else {
        let message = format!("the plan {} has no changes of this kind", path.display());
        let names: Vec<_> = of_plan.named().iter().map(|action| action.name()).collect();
        return Err(Error::usage(message).hint(format!("it was created with --only {}", names.join(","))));
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
    file.header.selection.only = both;
    let of_plan = file.header.location();
    match location.filter(|location| **location != of_plan) {
        None => Ok(file),
        Some(other) => {
            let message = format!("the plan {} is for {of_plan}, not {other}", path.display());
            Err(Error::usage(message)
                .hint("use the plan of that location, or leave the location out: a plan contains its own"))
        }
    }
}
