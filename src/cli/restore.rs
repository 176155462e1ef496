//! `asof restore`.

use std::io::{BufWriter, Write};
use std::time::Instant as Clock;

use super::args::{OnConflictArg, RestoreArgs};
use super::confirm::{can_ask, confirm};
use super::context::{Context, Output, check_elsewhere, scope};
use super::exit::{Exit, say};
use super::{directory, next};
use crate::apply::{Outcome, Place, apply};
use crate::engine::{
    Compare, Extras, Findings, Scope, Standing, require_history, require_keeping, standing, survey,
    survey_elsewhere,
};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Destination, Instant, Location};
use crate::plan::{Action, Change, Sums};
use crate::report::{
    Command, DiffView, Format, Heading, JsonLines, Phase, Progress, Purpose, Summary, done_line,
    failure_line, nothing_to_change, plural, shell_word,
};
use crate::resolve::Cut;
use crate::s3::{Client, Versioning};

/// What is restored, and where to.
struct Job {
    location: Location,
    at: Instant,
    to: Option<Location>,
    place: Place,
    compare: Compare,
    /// Options that a command which is suggested needs too.
    options: String,
}

pub(super) async fn run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    if let Some(Destination::Directory(path)) = args.to.clone() {
        return directory::restore(context, &path, args).await;
    }
    let RestoreArgs {
        location,
        at,
        to,
        on_conflict,
        no_case_collisions,
        yes,
        rate,
        concurrency,
        select,
        compare,
        server,
        output,
    } = args;
    refuse_for_bucket(on_conflict, no_case_collisions)?;
    let began = Clock::now();
    let output = Output::from(output);
    if output.format == Format::Csv {
        return Err(
            Error::usage("restore has no CSV form").hint("use --format json, or asof diff --format csv")
        );
    }
    let at = Instant::parse_past(&at, context.now)?;
    let scope = scope(&location, &select)?;
    let to = to.and_then(Destination::into_bucket);
    let place = match &to {
        None => Place::in_place(&location.bucket),
        Some(to) => {
            check_elsewhere(&location, to)?;
            Place::elsewhere(&location, to)
        }
    };
    can_ask(yes, "change a bucket", "look at it with asof diff first")?;
    let options = next::options(&select, &compare, &server);
    let client = context.client(server, Some(rate)).await?;
    let (source, target) = standings(&client, &location, to.as_ref()).await?;
    let compare = Compare { kms: source.kms || target.kms, trust_etag: compare.trust_etag };
    let job = Job { location, at, to, place, compare, options };

    let Findings { changes, sums } = plan(context, output, &client, scope, &job).await?;
    require_room(&job, target, &sums)?;
    let mut reporter = Reporter::new(output.format, CHANGED_MEANWHILE);
    let mut finished = true;
    if changes.is_empty() {
        output.note(nothing_to_change(&sums));
    } else {
        if !yes {
            confirm(context, "bucket", &job.place.bucket).await?;
        }
        context.counters.planned.add(changes.len());
        let progress = Progress::start(output.display, Phase::Restoring, &context.counters);
        let changes = changes.into_changes()?;
        let on = |change: &Change, outcome: &Outcome| reporter.outcome(change, outcome);
        let applied = apply(&client, &job.place, changes, concurrency, &context.cancel, on).await;
        drop(progress);
        finished = applied?;
        output.note(&done_line(&context.counters, began.elapsed(), !finished));
    }
    let command = Command::restore(&context.counters);
    let summary = Summary::new(command, (&job.location, job.at), &sums, &context.counters, began.elapsed());
    let hints = reporter.finish(&summary)?;
    Ok(conclude(context, output, &job, finished, &hints))
}

/// Refuses options that mean nothing for objects in a bucket.
fn refuse_for_bucket(on_conflict: OnConflictArg, no_case_collisions: bool) -> Result<()> {
    let wrong =
        |option| Err(Error::usage(format!("{option} is for files in a directory: name one, --to ./DIR")));
    match (on_conflict, no_case_collisions) {
        (OnConflictArg::Skip, false) => Ok(()),
        (OnConflictArg::Overwrite, _) => wrong("--on-conflict overwrite"),
        (OnConflictArg::Skip, true) => wrong("--no-case-collisions"),
    }
}

/// Asks for both buckets' settings, and refuses what cannot be restored from or to.
async fn standings(
    client: &Client,
    location: &Location,
    to: Option<&Location>,
) -> Result<(Standing, Standing)> {
    let source = standing(client, &location.bucket).await?;
    match to {
        None => {
            require_keeping(&location.bucket, source)?;
            Ok((source, source))
        }
        Some(to) => {
            require_history(&location.bucket, source)?;
            Ok((source, standing(client, &to.bucket).await?))
        }
    }
}

/// Surveys the bucket, shows the table, and keeps the changes on disk.
async fn plan(
    context: &Context,
    output: Output,
    client: &Client,
    scope: Scope,
    job: &Job,
) -> Result<Findings> {
    let heading = Heading {
        location: job.location.clone(),
        at: job.at,
        purpose: if job.to.is_some() { Purpose::Elsewhere } else { Purpose::Restore },
        against: job.to.clone().map(Destination::Bucket),
        options: job.options.clone(),
        now: context.now,
    };
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let findings = if job.to.is_some() {
        let place = (&job.place, Extras::LeaveAlone);
        survey_elsewhere(client, (scope, job.at), place, job.compare, &context.cancel).await
    } else {
        survey(client, scope, (Cut::At(job.at), Cut::Latest), job.compare, &context.cancel).await
    };
    drop(progress);
    let Findings { changes, sums } = findings?;
    let table = output.format == Format::Table && !output.quiet && !changes.is_empty();
    if table {
        let mut out = BufWriter::new(std::io::stdout());
        DiffView::new(heading, false).sums(&sums, &mut out)?;
        out.flush()?;
    }
    let extra = if job.to.is_some() { sums.of(Action::Delete).keys } else { 0 };
    if extra > 0 && !table {
        output.note(&format!(
            "{} there beyond the past state, left alone",
            plural(extra, "key is", "keys are")
        ));
    }
    Ok(Findings { changes, sums })
}

/// Refuses to overwrite objects in a target that would not keep them.
fn require_room(job: &Job, target: Standing, sums: &Sums) -> Result<()> {
    let overwritten = sums.of(Action::Revert).keys;
    match &job.to {
        Some(to) if target.versioning != Versioning::Enabled && overwritten > 0 => Err(Error::new(
            ErrorKind::Refused,
            format!(
                "{} in {to} would be overwritten, and {} does not keep versions",
                plural(overwritten, "object", "objects"),
                to.bucket
            ),
        )
        .hint("restore to an empty prefix, or enable versioning on that bucket")),
        _ => Ok(()),
    }
}

/// The last words, and the exit code.
fn conclude(context: &Context, output: Output, job: &Job, finished: bool, hints: &[String]) -> Exit {
    let against =
        job.to.as_ref().map(|to| format!(" --against {}", shell_word(&to.to_string()))).unwrap_or_default();
    let location = shell_word(&job.location.to_string());
    let (failed, conflicts) = (context.counters.failed.get(), context.counters.conflicts.get());
    if !finished {
        output.note("the same command goes on where it stopped: what is right already is not copied again");
        return Exit::Interrupted;
    }
    if failed > 0 {
        let keys = plural(failed, "key is not restored", "keys are not restored");
        output.note(&format!("{keys}; the same command tries again"));
        for hint in hints {
            output.note(&format!("  {hint}"));
        }
    }
    if conflicts > 0 {
        let keys = plural(conflicts, "key was", "keys were");
        output.note(&format!(
            "{keys} changed by somebody meanwhile, and left alone; the same command would put {} back too",
            if conflicts == 1 { "it" } else { "them" }
        ));
    }
    if failed + conflicts > 0 {
        return Exit::Incomplete;
    }
    if context.counters.settled() > 0 {
        output.note(&format!("check it: asof verify {location} --at {}{against}{}", job.at, job.options));
    }
    Exit::Done
}

/// What is said of a key in conflict.
const CHANGED_MEANWHILE: &str = "changed by somebody since the plan was made; left alone";

/// The results of a restore as they come, and what can be done about the keys that failed.
pub(super) struct Reporter {
    form: Form,
    conflict: &'static str,
    hints: Vec<String>,
}

/// The table's lines go to stderr, as far as a person reads.
enum Form {
    Table(usize),
    Json(JsonLines<BufWriter<std::io::Stdout>>),
}

impl Reporter {
    /// `conflict` says what a key in conflict is.
    pub(super) fn new(format: Format, conflict: &'static str) -> Self {
        let form = match format {
            Format::Json => Form::Json(JsonLines::new(BufWriter::new(std::io::stdout()))),
            Format::Table | Format::Csv => Form::Table(0),
        };
        Self { form, conflict, hints: Vec::new() }
    }

    pub(super) fn outcome(&mut self, change: &Change, outcome: &Outcome) -> Result<()> {
        if let Outcome::Failed(e) = outcome {
            for hint in e.hints() {
                if self.hints.len() < limits::SHOWN_HINTS && !self.hints.contains(hint) {
                    self.hints.push(hint.clone());
                }
            }
        }
        match &mut self.form {
            Form::Json(lines) => return lines.outcome(change, outcome),
            Form::Table(shown) => {
                if let Some(line) = failure_line(change, outcome, self.conflict) {
                    *shown += 1;
                    match (*shown).cmp(&(limits::SHOWN_FAILURES + 1)) {
                        std::cmp::Ordering::Less => say(&format!("  {line}\n")),
                        std::cmp::Ordering::Equal => say("  … more; --format json lists every one\n"),
                        std::cmp::Ordering::Greater => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// Gives the hints.
    pub(super) fn finish(self, summary: &Summary<'_>) -> Result<Vec<String>> {
        if let Form::Json(mut lines) = self.form {
            lines.summary(summary)?;
        }
        Ok(self.hints)
    }
}
