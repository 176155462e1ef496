//! Changes, in the form asked for: what a diff or a verify found, what a plan has in store, what a restore would do.

use std::io::{BufWriter, Write};
use std::time::Duration;

use super::checks::{head, problems};
use super::cost::cost_line;
use super::csv::CsvChanges;
use super::diff::{DiffView, nothing_to_change};
use super::heading::{Heading, Purpose};
use super::html::{ChangesPage, PageFile};
use super::json::{JsonLines, Summary};
use super::table_out::TableOut;
use super::units::plural;
use super::{Format, Output, say};
use crate::engine::{Prepared, Verdict};
use crate::error::Result;
use crate::limits;
use crate::model::{Check, Destination, Instant};
use crate::plan::file::Header;
use crate::plan::{Action, Change, Estimate, Sums, UncertainKey, Warning};
use crate::spill::Spool;

type Out = BufWriter<std::io::Stdout>;

/// The results of a diff, of a verify, or a saved plan, in the form asked for, and as a page if one was asked for.
pub(crate) struct ChangesView {
    form: Form,
    page: Option<ChangesPage>,
}

/// The form of the results on stdout.
enum Form {
    Table(Box<DiffView>, TableOut),
    Json(JsonLines<Out>),
    Csv(Box<CsvChanges<Out>>),
}

impl ChangesView {
    pub(crate) fn new(format: Format, heading: Heading, all: bool, page: Option<PageFile>) -> Result<Self> {
        let out = BufWriter::new(std::io::stdout());
        let page = page.map(|page| ChangesPage::new(page, heading.clone()));
        let form = match format {
            Format::Table => {
                let out = TableOut::paged(all);
                Form::Table(Box::new(DiffView::new(heading, all, out.screen())), out)
            }
            Format::Json => Form::Json(JsonLines::new(out)),
            Format::Csv => Form::Csv(Box::new(CsvChanges::new(out)?)),
        };
        Ok(Self { form, page })
    }

    /// The findings about the bucket. The table shows them elsewhere.
    pub(crate) fn checks(&mut self, checks: &[Check]) -> Result<()> {
        match &mut self.form {
            Form::Json(lines) => lines.checks(checks),
            Form::Table(..) | Form::Csv(_) => Ok(()),
        }
    }

    /// Warnings that precede the changes. CSV has no place for them, so they go to stderr.
    pub(crate) fn warn(&mut self, warnings: &[Warning]) -> Result<()> {
        if let Some(page) = &mut self.page {
            page.warn(warnings);
        }
        match &mut self.form {
            Form::Table(view, _) => view.warn(warnings),
            Form::Json(lines) => lines.warnings(warnings)?,
            Form::Csv(_) => {
                for warning in warnings {
                    say(&format!("warning: {warning}\n"));
                }
            }
        }
        Ok(())
    }

    /// That there was nothing to compare, where the table does not say it at its end.
    pub(crate) fn nothing_compared(&mut self, message: &str) -> Result<()> {
        match &mut self.form {
            Form::Table(..) => Ok(()),
            Form::Json(lines) => lines.warning("nothing-compared", message),
            Form::Csv(_) => {
                say(&format!("{message}\n"));
                Ok(())
            }
        }
    }

    /// The header of a plan. The table shows it elsewhere.
    pub(crate) fn plan(&mut self, header: &Header) -> Result<()> {
        match &mut self.form {
            Form::Json(lines) => lines.plan(header),
            Form::Table(..) | Form::Csv(_) => Ok(()),
        }
    }

    /// A difference, as something that is not as it should be.
    pub(crate) fn mismatch(&mut self, change: &Change) -> Result<()> {
        let Form::Json(lines) = &mut self.form else { return self.change(change) };
        if let Some(page) = &mut self.page {
            page.change(change);
        }
        lines.mismatch(change)
    }

    /// The keys in doubt that are not among the changes: the table counts them.
    pub(crate) fn uncertain(&mut self, uncertain: Option<Spool<UncertainKey>>) -> Result<()> {
        let (Form::Json(lines), Some(uncertain)) = (&mut self.form, uncertain) else { return Ok(()) };
        uncertain.into_changes()?.try_for_each(|uncertain| lines.uncertain(&uncertain?))
    }

    pub(crate) fn change(&mut self, change: &Change) -> Result<()> {
        if let Some(page) = &mut self.page {
            page.change(change);
        }
        match &mut self.form {
            Form::Table(view, out) => view.change(change, out),
            Form::Json(lines) => lines.change(change),
            Form::Csv(csv) => csv.change(change),
        }
    }

    /// Ends the output with what follows from the changes.
    pub(crate) fn finish(self, sums: &Sums, summary: &Summary<'_>, closing: Closing<'_>) -> Result<()> {
        match self.form {
            Form::Table(view, mut out) => {
                view.finish(sums, &mut out)?;
                match closing {
                    Closing::Verdict(text) | Closing::Verified(_, text) => writeln!(out, "{text}")?,
                    Closing::NextStep(estimate) => {
                        view.next_step(sums, limits::DEFAULT_RATE, estimate, &mut out)?;
                    }
                }
                out.flush()?;
            }
            Form::Json(mut lines) => lines.summary(summary)?,
            Form::Csv(csv) => csv.finish()?,
        }
        self.page.map_or(Ok(()), |page| page.write(sums, closing))
    }
}

/// The end of a table of changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Closing<'a> {
    /// A sentence.
    Verdict(&'a str),
    /// The verdict of a verify, in words.
    Verified(Verdict, &'a str),
    /// The command that applies the changes, with its estimated cost, if that is known.
    NextStep(Option<&'a Estimate>),
}

/// Shows the sums of changes before they are applied, unless the output is for scripts.
pub(crate) fn show_sums(output: Output, heading: Heading, warnings: &[Warning], sums: &Sums) -> Result<()> {
    if !output.is_read() {
        return Ok(());
    }
    let mut out = TableOut::new();
    let mut view = DiffView::new(heading, false, out.screen());
    view.warn(warnings);
    view.sums(sums, &mut out)?;
    Ok(out.flush()?)
}

/// Shows the sums of late uploads that are brought back, below what was found before.
pub(crate) fn show_heal(output: Output, prepared: &Prepared, within: Duration, now: Instant) -> Result<()> {
    if !output.is_read() || prepared.sums.changes() == 0 {
        return Ok(());
    }
    std::io::stdout().write_all(b"\n")?;
    let seconds = plural(within.as_secs(), "second", "seconds");
    let heading = Heading::new(&prepared.location, prepared.at, Purpose::Heal, now)
        .against(prepared.to.clone().map(Destination::Bucket))
        .notes(vec![format!("late uploads: first version within {seconds} after T")]);
    show_sums(output, heading, &[], &prepared.sums)
}

/// A restore before its changes are made.
pub(crate) struct Before<'a> {
    /// Notes about a saved plan; `None` for one that was just made.
    pub notes: Option<Vec<String>>,
    /// Warnings about the target time.
    pub warnings: &'a [Warning],
    /// The estimated cost, if it is known.
    pub estimate: Option<&'a Estimate>,
    /// Now, for ages.
    pub now: Instant,
}

/// Shows the sums of a restore's changes before they are made.
pub(crate) fn show_prepared(output: Output, prepared: &Prepared, before: Before<'_>) -> Result<()> {
    let Before { notes, warnings, estimate, now } = before;
    let is_shown = output.is_read() && prepared.len > 0;
    if is_shown {
        let notes = match notes {
            None => head(&prepared.checks),
            Some(notes) => [notes, problems(&prepared.checks)].concat(),
        };
        show_sums(output, Heading::of(prepared, now).notes(notes), warnings, &prepared.sums)?;
        if let Some(estimate) = estimate {
            let mut out = TableOut::new();
            writeln!(out, "  {}\n", cost_line(estimate))?;
            out.flush()?;
        }
    }
    let extra = if prepared.to.is_some() { prepared.sums.of(Action::Delete).keys } else { 0 };
    if extra > 0 && !is_shown {
        let keys = plural(extra, "key is", "keys are");
        output.note(&format!("{keys} not in the past state, left unchanged"));
    }
    Ok(())
}

/// The changes of a restore that is not made, below the table of their sums.
pub(crate) struct Preview<'a> {
    /// The findings about the bucket.
    pub checks: &'a [Check],
    /// The sums of the changes.
    pub sums: &'a Sums,
    /// The number of changes that the restore would make: it leaves keys beyond the past state alone.
    pub changes: u64,
    /// The command that makes them.
    pub restore: String,
}

impl Preview<'_> {
    /// Shows them.
    pub(crate) fn show(
        &self,
        format: Format,
        changes: impl Iterator<Item = Result<Change>>,
        summary: &Summary<'_>,
    ) -> Result<()> {
        if format != Format::Json {
            let line = match self.changes {
                0 => nothing_to_change(self.sums),
                _ => format!("  apply it: {}", self.restore),
            };
            let mut out = TableOut::new();
            writeln!(out, "{line}")?;
            return Ok(out.flush()?);
        }
        let mut lines = JsonLines::new(BufWriter::new(std::io::stdout()));
        lines.checks(self.checks)?;
        for change in changes {
            lines.change(&change?)?;
        }
        lines.summary(summary)
    }
}
