//! What a restore was asked to do, by what was typed or by a saved plan; and how it is shown before it is made.

use std::io::{BufWriter, Write};
use std::time::Instant as Clock;

use super::args::RestoreArgs;
use super::context::{Context, Output, check_elsewhere, query};
use super::diff::Preview;
use super::exit::Exit;
use super::suggest::suggest;
use super::{plan_view, restore, time_arg};
use crate::engine::{Prepared, Restore};
use crate::error::{Error, Result};
use crate::model::{Check, Destination, Location};
use crate::plan::file::Header;
use crate::plan::{Action, Only, Warning};
use crate::report::{DiffView, Format, Heading, Purpose, head, plural, problems};

/// Reads what is to be restored, with the head of the plan where it is of one.
pub(super) fn read(args: &RestoreArgs, to: Option<Location>) -> Result<(Option<Header>, Restore)> {
    let kinds = Only::new(args.only.iter().copied().map(Action::from));
    match (&args.plan, &args.location, &args.at) {
        (Some(path), location, _) => {
            let (file, kinds) = plan_view::open(path, &kinds)?;
            plan_view::require_of(path, &file.header, location.as_ref())?;
            Ok((Some(file.header.clone()), Restore::Plan { file: Box::new(file), kinds }))
        }
        (None, Some(location), Some(at)) => {
            let at = time_arg::read(at, &args.apply.state)?;
            let query = Box::new(query(location, at, &args.common, &kinds)?);
            if let Some(to) = &to {
                check_elsewhere(location, to)?;
            }
            Ok((None, Restore::Past { query, to, undelete: args.undelete.into() }))
        }
        (None, ..) => Err(Error::usage(restore::NO_PLACE)),
    }
}

/// How a restore that is prepared is shown.
pub(super) struct View<'a> {
    /// The head of the plan, where it is of one.
    pub(super) plan: Option<&'a Header>,
    /// What was found out about the bucket.
    pub(super) checks: &'a [Check],
    pub(super) context: &'a Context,
    pub(super) output: Output,
}

impl View<'_> {
    fn heading(&self, prepared: &Prepared) -> Heading {
        let notes = match self.plan {
            None => head(self.checks),
            Some(plan) => {
                let mut notes = plan_view::notes(plan, self.context.now);
                notes.extend(problems(self.checks));
                notes
            }
        };
        Heading {
            location: prepared.location.clone(),
            at: prepared.at,
            purpose: if prepared.to.is_some() { Purpose::Elsewhere } else { Purpose::Restore },
            against: prepared.to.clone().map(Destination::Bucket),
            notes,
            restore: String::new(),
            now: self.context.now,
        }
    }

    /// Shows what the restore into another place would change.
    pub(super) fn preview(&self, prepared: Prepared, began: Clock) -> Result<Exit> {
        let (location, at) = (&prepared.location, prepared.at);
        self.sums(&prepared, &prepared.sums.plausibility(at, 0).warnings())?;
        let restore = suggest("restore").about(location, at);
        let preview = Preview {
            location,
            at,
            checks: self.checks,
            sums: &prepared.sums,
            changes: prepared.len,
            restore: restore.to_string(),
        };
        preview.show(self.context, self.output, prepared.changes, began)
    }

    /// Shows the sums of the changes before they are made.
    pub(super) fn sums(&self, prepared: &Prepared, warnings: &[Warning]) -> Result<()> {
        let Self { output, .. } = *self;
        let table = output.format == Format::Table && !output.quiet && prepared.len > 0;
        if table {
            let mut out = BufWriter::new(std::io::stdout());
            let mut view = DiffView::new(self.heading(prepared), false);
            view.warn(warnings);
            view.sums(&prepared.sums, &mut out)?;
            out.flush()?;
        }
        let extra = if prepared.to.is_some() { prepared.sums.of(Action::Delete).keys } else { 0 };
        if extra > 0 && !table {
            output.note(&format!(
                "{} there beyond the past state, left alone",
                plural(extra, "key is", "keys are")
            ));
        }
        Ok(())
    }
}
