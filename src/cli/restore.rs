//! `asof restore`.

use std::io::BufWriter;
use std::time::Instant as Clock;

use super::args::{CommonArgs, RestoreArgs};
use super::confirm::{can_ask, confirm};
use super::context::{Context, Output};
use super::exit::{Exit, say};
use super::job::{Job, Work};
use crate::apply::{Outcome, apply};
use crate::engine::{Standing, require_history, require_keeping, standing};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, Versioning};
use crate::plan::{Action, Change, Sums};
use crate::report::{
    Command, Format, JsonLines, Phase, Progress, Summary, done_line, failure_line, nothing_to_change, plural,
    shell_word,
};
use crate::s3::Client;

pub(super) async fn run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    let RestoreArgs { location, at, plan, to, yes, rate, concurrency, common } = args;
    let CommonArgs { select, compare, server, output } = common;
    let began = Clock::now();
    let output = Output::from(output);
    if output.format == Format::Csv {
        return Err(
            Error::usage("restore has no CSV form").hint("use --format json, or asof diff --format csv")
        );
    }
    let (job, source) = match (plan, location, at) {
        (Some(plan), location, _) => Job::saved(&plan, location.as_ref(), context.now, &server)?,
        (None, Some(location), Some(at)) => {
            let at = Instant::parse_past(&at, context.now)?;
            Job::typed((location, at, to), (&select, &compare, &server))?
        }
        // clap has asked for them.
        (None, ..) => return Err(Error::usage("give a location and --at, or --plan")),
    };
    can_ask(yes)?;
    let client = context.client(server, Some(rate)).await?;
    let (here, there) = standings(&client, &job).await?;

    let kms = here.kms || there.kms;
    let work = job.find(source, context, output.display, (&client, kms)).await?;
    job.show(context, output, &work)?;
    let Work { changes, len, sums } = work;
    require_room(&job, there, &sums)?;
    let mut reporter = Reporter::new(output.format);
    let mut finished = true;
    if len == 0 {
        output.note(nothing_to_change(&sums));
    } else {
        if !yes {
            confirm(context, &job.place.bucket).await?;
        }
        context.counters.planned.add(len);
        let progress = Progress::start(output.display, Phase::Restoring, &context.counters);
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

/// Asks for both buckets' settings, and refuses what cannot be restored from or to.
async fn standings(client: &Client, job: &Job) -> Result<(Standing, Standing)> {
    let source = standing(client, &job.location.bucket).await?;
    match &job.to {
        None => {
            require_keeping(&job.location.bucket, source)?;
            Ok((source, source))
        }
        Some(to) => {
            require_history(&job.location.bucket, source)?;
            Ok((source, standing(client, &to.bucket).await?))
        }
    }
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
        let next = if job.saved {
            format!("what is left: asof diff {location} --at {}{}", job.at, job.options)
        } else {
            format!("the same command would put {} back too", if conflicts == 1 { "it" } else { "them" })
        };
        output.note(&format!("{keys} changed by somebody meanwhile, and left alone; {next}"));
    }
    if failed + conflicts > 0 {
        return Exit::Incomplete;
    }
    if context.counters.settled() > 0 {
        output.note(&format!("check it: asof verify {location} --at {}{against}{}", job.at, job.options));
    }
    Exit::Done
}

/// The results of a restore as they come, and what can be done about the keys that failed.
struct Reporter {
    form: Form,
    hints: Vec<String>,
}

/// The table's lines go to stderr, as far as a person reads.
enum Form {
    Table(usize),
    Json(JsonLines<BufWriter<std::io::Stdout>>),
}

impl Reporter {
    fn new(format: Format) -> Self {
        let form = match format {
            Format::Json => Form::Json(JsonLines::new(BufWriter::new(std::io::stdout()))),
            Format::Table | Format::Csv => Form::Table(0),
        };
        Self { form, hints: Vec::new() }
    }

    fn outcome(&mut self, change: &Change, outcome: &Outcome) -> Result<()> {
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
                if let Some(line) = failure_line(change, outcome) {
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
    fn finish(self, summary: &Summary<'_>) -> Result<Vec<String>> {
        if let Form::Json(mut lines) = self.form {
            lines.summary(summary)?;
        }
        Ok(self.hints)
    }
}
