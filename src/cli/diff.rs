//! `asof diff`.

use std::io::{BufWriter, Write};
use std::time::Instant as Clock;

use super::args::DiffArgs;
use super::args::common::Form;
use super::context::{Context, Output, query};
use super::exit::{Exit, say};
use super::{suggest, time_arg};
use crate::engine::{BucketState, Comparison, Diff, Findings};
use crate::error::Result;
use crate::limits;
use crate::model::{Check, Instant, Location, Versioning};
use crate::plan::file::{Header, Seen, Writer};
use crate::plan::{Action, Change, Only, Sums, UnsureKey, Warning};
use crate::report::{
    Command, CsvChanges, DiffView, Format, Heading, JsonLines, Phase, Progress, Purpose, Summary, head,
    nothing_to_change, plural,
};
use crate::spill::Spool;

pub(super) async fn run<F: Form>(context: &Context, args: DiffArgs<F>) -> Result<Exit> {
    let began = Clock::now();
    let kinds = Only::new(args.only.iter().copied().map(Action::from));
    let diff = read(&args, &kinds)?;
    let DiffArgs { all, out, exit_code, common, .. } = args;
    let output = Output::from(common.output);
    let client = context.client(common.server, None).await?;
    let comparison = diff.inspect(&client).await;
    let context = &context.by_clock_of(&client, output);
    let comparison = comparison?;
    let Comparison { location, at, versus, .. } = &comparison;
    let (at, versus) = (*at, *versus);
    let restore = match &out {
        Some(plan) => suggest::restore_plan(plan),
        None => suggest::suggest("restore").about(location, at),
    };
    // Before the listing, which may take hours: that the plan cannot be written is known at once.
    let mut saving = out.as_deref().map(|path| Writer::create(path, &comparison.header())).transpose()?;
    let heading = Heading {
        location: location.clone(),
        at,
        purpose: purpose(versus, out.is_some()),
        against: None,
        notes: head(&comparison.checks),
        restore: restore.to_string(),
        now: context.now,
    };
    let mut view = View::new(output.format, heading, all)?;
    view.checks(&comparison.checks)?;
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let findings = comparison.survey(&client, &context.cancel).await;
    drop(progress);
    let Findings { changes, unsure, sums } = findings?;
    let deletes = if versus.is_some() { 0 } else { sums.deletes(false) };
    view.warn(&sums.plausibility(at, deletes).warnings())?;
    for change in changes.into_changes()? {
        let change = change?;
        if let Some(saving) = &mut saving {
            saving.push(&change)?;
        }
        view.change(&change)?;
    }
    view.unsure(unsure)?;
    if let Some(saving) = saving {
        let (keys, versions) = (context.counters.keys.get(), context.counters.versions.get());
        saving.finish(&sums, Seen { keys, versions })?;
    }
    let command = Command::Diff { versus };
    let summary = Summary::new(command, location, at, &sums, &context.counters, began.elapsed());
    let verdict = verdict(versus, &sums, comparison.standing);
    view.finish(&sums, &summary, verdict.as_deref())?;
    Ok(if exit_code && sums.changes() > 0 { Exit::Differences } else { Exit::Done })
}

/// Reads what is to be compared.
fn read<F: Form>(args: &DiffArgs<F>, kinds: &Only) -> Result<Diff> {
    let read = |text: &str| time_arg::read(text, &args.state);
    let at = read(&args.past.at)?;
    let versus = args.versus.as_deref().map(read).transpose()?;
    let query = query(&args.past.location, at, &args.common, kinds)?;
    Ok(Diff { query, versus, undelete: args.undelete.into() })
}

fn purpose(versus: Option<Instant>, saved: bool) -> Purpose {
    match versus {
        Some(versus) => Purpose::Versus(versus),
        None if saved => Purpose::Plan,
        None => Purpose::Restore,
    }
}

/// What takes the place of the next step, where there is none.
fn verdict(versus: Option<Instant>, sums: &Sums, standing: BucketState) -> Option<String> {
    match (versus, sums.changes()) {
        (Some(_), 0) if sums.excluded > 0 => {
            Some("no key differs in that way between the two times".to_owned())
        }
        (Some(_), 0) => Some("nothing differs between the two times".to_owned()),
        (Some(_), n) => Some(format!("{} between the two times", plural(n, "key differs", "keys differ"))),
        (None, n) if n > 0 && standing.versioning == Versioning::Suspended => Some(SUSPENDED.to_owned()),
        (None, _) => None,
    }
}

/// In place of the command that would be refused.
pub(super) const SUSPENDED: &str = "versioning is suspended, so that a restore in place would overwrite null versions for good: enable it \
                         first, or restore elsewhere with --to s3://OTHER";

type Out = BufWriter<std::io::Stdout>;

/// The results of a diff, of a verify, or a saved plan, in the form asked for.
pub(super) enum View {
    Table(Box<DiffView>, Out),
    Json(JsonLines<Out>),
    Csv(Box<CsvChanges<Out>>),
}

impl View {
    pub(super) fn new(format: Format, heading: Heading, all: bool) -> Result<Self> {
        let out = BufWriter::new(std::io::stdout());
        Ok(match format {
            Format::Table => View::Table(Box::new(DiffView::new(heading, all)), out),
            Format::Json => View::Json(JsonLines::new(out)),
            Format::Csv => View::Csv(Box::new(CsvChanges::new(out)?)),
        })
    }

    /// What was found out about the bucket, where the table does not say it already.
    pub(super) fn checks(&mut self, checks: &[Check]) -> Result<()> {
        match self {
            View::Json(lines) => lines.checks(checks),
            View::Table(..) | View::Csv(_) => Ok(()),
        }
    }

    /// What a person has to know first. CSV has no place for it.
    pub(super) fn warn(&mut self, warnings: &[Warning]) -> Result<()> {
        match self {
            View::Table(view, _) => view.warn(warnings),
            View::Json(lines) => lines.warnings(warnings)?,
            View::Csv(_) => {
                for warning in warnings {
                    say(&format!("warning: {warning}\n"));
                }
            }
        }
        Ok(())
    }

    /// That there was nothing to compare, where the table does not say it at its end.
    pub(super) fn nothing_compared(&mut self, message: &str) -> Result<()> {
        match self {
            View::Table(..) => Ok(()),
            View::Json(lines) => lines.warning("nothing-compared", message),
            View::Csv(_) => {
                say(&format!("{message}\n"));
                Ok(())
            }
        }
    }

    /// What a plan is about, where the table does not say it already.
    pub(super) fn plan(&mut self, header: &Header) -> Result<()> {
        match self {
            View::Json(lines) => lines.plan(header),
            View::Table(..) | View::Csv(_) => Ok(()),
        }
    }

    /// A difference, as something that is not as it should be.
    pub(super) fn mismatch(&mut self, change: &Change) -> Result<()> {
        match self {
            View::Json(lines) => lines.mismatch(change),
            other => other.change(change),
        }
    }

    /// The keys in doubt that are not among the changes: the table counts them.
    pub(super) fn unsure(&mut self, unsure: Option<Spool<UnsureKey>>) -> Result<()> {
        let (View::Json(lines), Some(unsure)) = (self, unsure) else { return Ok(()) };
        unsure.into_changes()?.try_for_each(|unsure| lines.unsure(&unsure?))
    }

    pub(super) fn change(&mut self, change: &Change) -> Result<()> {
        match self {
            View::Table(view, out) => view.change(change, out),
            View::Json(lines) => lines.change(change),
            View::Csv(csv) => csv.change(change),
        }
    }

    /// Writes what comes last. `verdict` takes the place of the command that would carry the changes out.
    pub(super) fn finish(self, sums: &Sums, summary: &Summary<'_>, verdict: Option<&str>) -> Result<()> {
        match self {
            View::Table(view, mut out) => {
                view.finish(sums, &mut out)?;
                match verdict {
                    Some(verdict) => writeln!(out, "{verdict}")?,
                    None => view.next_step(sums, limits::DEFAULT_RATE, &mut out)?,
                }
                Ok(out.flush()?)
            }
            View::Json(mut lines) => lines.summary(summary),
            View::Csv(csv) => csv.finish(),
        }
    }
}

/// What a restore into another place would change, below the table of its sums.
pub(super) struct Preview<'a> {
    pub(super) location: &'a Location,
    pub(super) at: Instant,
    pub(super) checks: &'a [Check],
    pub(super) sums: &'a Sums,
    /// How many changes it would make: what is there beyond the past state is left alone.
    pub(super) changes: u64,
    /// The command that makes them.
    pub(super) restore: String,
}

impl Preview<'_> {
    /// Shows them, and changes nothing.
    pub(super) fn show(
        &self,
        context: &Context,
        output: Output,
        changes: impl Iterator<Item = Result<Change>>,
        began: Clock,
    ) -> Result<Exit> {
        let mut out = BufWriter::new(std::io::stdout());
        if output.format != Format::Json {
            if self.changes == 0 {
                writeln!(out, "{}", nothing_to_change(self.sums))?;
            } else {
                writeln!(out, "  to carry out: {}", self.restore)?;
            }
            out.flush()?;
            return Ok(Exit::Done);
        }
        let mut lines = JsonLines::new(out);
        lines.checks(self.checks)?;
        for change in changes {
            lines.change(&change?)?;
        }
        let command = Command::Diff { versus: None };
        lines.summary(&Summary::new(
            command,
            self.location,
            self.at,
            self.sums,
            &context.counters,
            began.elapsed(),
        ))?;
        Ok(Exit::Done)
    }
}
