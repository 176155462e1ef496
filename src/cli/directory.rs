//! `asof restore --to DIR` and `asof verify --against DIR`.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant as Clock;

use super::args::apply::ConflictArg;
use super::args::common::{CommonArgs, PastArgs};
use super::args::{RestoreArgs, VerifyArgs};
use super::confirm::{Asked, ask_doubtful, can_ask, confirm};
use super::context::{Context, Output, earlier_rules, scope};
use super::copies::{Target, is_wanted, left_out, no_copies, require_certainty};
use super::diff::{Preview, View};
use super::exit::Exit;
use super::moment;
use super::next;
use super::results::Reporter;
use super::verdict::{AskedKeys, Tolerance, Verdict, different, equal};
use crate::apply::{OnConflict, Outcome};
use crate::engine::{
    Compare, Files, Findings, Scope, Standing, inspect, judge, require_history, rules, standing,
    survey_directory, verify_directory,
};
use crate::error::{Error, Result};
use crate::local::{Directory, Restored, download};
use crate::model::{BucketSettings, CaseFold, Check, Destination, Instant, Location, Relocation};
use crate::plan::{Action, Change, Sums};
use crate::report::{
    Command, DiffView, Done, Format, Heading, Phase, Progress, Purpose, Summary, done_line, head,
    nothing_to_change, plural, problems, shell_path, sizes_only,
};
use crate::resolve::{Cut, Judge, checks, history_check};
use crate::s3::Client;

/// What is asked for before files are replaced.
const OVERWRITE: Asked =
    ("overwrite files", "without --on-conflict overwrite, those files are listed and left alone");

/// What is said of a key in conflict.
const STANDS_THERE: &str = "something else stands in its place; left alone";

pub(super) async fn restore(context: &Context, path: &Path, args: RestoreArgs) -> Result<Exit> {
    let RestoreArgs { location, at, no_case_collisions, dry_run, yes, apply, mut copies, common, .. } = args;
    // clap has asked for them.
    let (Some(location), Some(at)) = (location, at) else {
        return Err(Error::usage("give a location and --at"));
    };
    let options = next::of_common(&common, &apply.state);
    let CommonArgs { select, compare, multipart_window, earlier, server, output } = common;
    let began = Clock::now();
    let output = Output::from(output);
    no_copies(&copies)?;
    let typed = moment::read(&at, &apply.state)?;
    let overwrite = apply.on_conflict == ConflictArg::Overwrite;
    if overwrite {
        can_ask(yes || dry_run, OVERWRITE)?;
    }
    let scope = scope(&location, &select)?;
    let earlier = earlier_rules(&earlier)?;
    let there = Directory::open(path)?;
    let client = context.client(server, Some(apply.rate)).await?;
    let settings = inspect(&client, &location.bucket).await?;
    let context = &context.by_clock_of(&client, output);
    let at = typed.past(context.now)?;
    let mut job = Job { location, at, path, options, notes: Vec::new() };
    let relocation = Relocation::to_directory(&job.location);
    let compare = compare_with(&job.location, Standing::from(&settings), compare.trust_etag)?;
    let judge = judge(&settings.rules, earlier, (Cut::At(at), Cut::Latest), multipart_window);
    let checks = job.check(&settings, &judge, client.clock().now_at_most());

    let mut case = no_case_collisions.then(CaseFold::default);
    let files = Files { directory: there.as_ref(), relocation: &relocation, compare, bytes: overwrite };
    let Findings { changes, mut sums, .. } =
        plan(context, output, &client, (&job, scope, &judge), files, &mut case).await?;
    if dry_run {
        let (place, restore) = ((&job.location, at), job.restore(overwrite, no_case_collisions));
        let preview = Preview { place, checks: &checks, sums: &sums, changes: changes.len(), restore };
        return preview.show(context, output, changes.into_changes()?, began);
    }
    ask_doubtful(context, &sums, (at, yes), &mut copies).await?;
    require_certainty(&sums, at, &copies, Target::Directory)?;
    let mut reporter = Reporter::new(output.format, STANDS_THERE);
    reporter.checks(&checks)?;
    reporter.warnings(&sums.plausibility(at, 0).warnings())?;
    let mut finished = true;
    let left_out = left_out(&sums, &copies);
    if changes.len() == left_out {
        output.note(&nothing_to_change(&sums));
    } else {
        if overwrite && !yes && sums.of(Action::Revert).keys > 0 {
            confirm(context, "directory", &path.to_string_lossy()).await?;
        }
        let on_conflict = if overwrite { OnConflict::Overwrite } else { OnConflict::Skip };
        let directory = Directory::open_to_write(path)?;
        let to = Restored {
            directory,
            source_bucket: job.location.bucket.clone(),
            relocation,
            on_conflict,
            concurrency: apply.concurrency,
        };
        context.counters.planned.add(changes.len() - left_out);
        let wanted = |change: &Result<Change>| change.as_ref().map_or(true, |c| is_wanted(c, &copies));
        let changes = changes.into_changes()?.filter(wanted);
        finished = bring(context, output, &client, &to, changes, case, &mut reporter).await?;
        output.note(&done_line(&context.counters, began.elapsed(), !finished));
    }
    sums.unproven = context.counters.unproven.get();
    let command = Command::Restore(Done::new(None, &context.counters));
    let summary = Summary::new(command, (&job.location, at), &sums, &context.counters, began.elapsed());
    let hints = reporter.finish(&summary)?;
    Ok(job.conclude(context, output, finished, &hints))
}

/// Compares the directory with the past state, and shows the table. Enters names that are taken.
async fn plan(
    context: &Context,
    output: Output,
    client: &Client,
    (job, scope, judge): (&Job<'_>, Scope, &Judge),
    files: Files<'_>,
    case: &mut Option<CaseFold>,
) -> Result<Findings> {
    let right = |key: &str| {
        if let Some(case) = case {
            // Two that stand there already are no longer ours to keep apart.
            case.take(&files.relocation.there(key));
        }
    };
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let findings = survey_directory(client, (scope, judge), files, &context.cancel, right).await;
    drop(progress);
    let findings = findings?;
    if output.format == Format::Table && !output.quiet && !findings.changes.is_empty() {
        let mut out = BufWriter::new(std::io::stdout());
        let heading = job.heading(Purpose::Directory { overwrite: files.bytes }, context.now);
        let mut view = DiffView::new(heading, false);
        view.warn(&findings.sums.plausibility(job.at, 0).warnings());
        view.sums(&findings.sums, &mut out)?;
        out.flush()?;
    }
    Ok(findings)
}

/// Downloads what is planned, with progress; gives whether all of it was taken.
async fn bring(
    context: &Context,
    output: Output,
    client: &Client,
    to: &Restored,
    changes: impl Iterator<Item = Result<Change>>,
    case: Option<CaseFold>,
    reporter: &mut Reporter,
) -> Result<bool> {
    let progress = Progress::start(output.display, Phase::Restoring, &context.counters);
    let on = |change: &Change, outcome: &Outcome| reporter.outcome(change, outcome);
    let brought = download(client, to, changes, case, &context.cancel, on).await;
    drop(progress);
    brought
}

pub(super) async fn verify(context: &Context, path: &Path, args: VerifyArgs) -> Result<Exit> {
    let VerifyArgs { past: PastArgs { location, at }, against: _, all, doubtful, allow_empty, state, common } =
        args;
    let tolerance = Tolerance { trust: doubtful.is_some(), empty: allow_empty };
    let options = next::of_common(&common, &state);
    let CommonArgs { select, compare, multipart_window, earlier, server, output } = common;
    let began = Clock::now();
    let output = Output::from(output);
    let typed = moment::read(&at, &state)?;
    let scope = scope(&location, &select)?;
    let asked = AskedKeys::of(&scope, &location);
    let directory = Directory::open(path)?
        .ok_or_else(|| Error::usage(format!("the directory {} does not exist", path.display())))?;
    let earlier = earlier_rules(&earlier)?;
    let client = context.client(server, None).await?;
    let standing = standing(&client, &location.bucket).await?;
    let context = &context.by_clock_of(&client, output);
    let at = typed.past(context.now)?;
    let mut job = Job { location, at, path, options, notes: Vec::new() };
    let compare = compare_with(&job.location, standing, compare.trust_etag)?;
    let rules = rules(&client, &job.location.bucket).await?;
    let judge = judge(&rules, earlier, (Cut::At(at), Cut::Latest), multipart_window);
    let place = (&*job.location.prefix, Some(at));
    let present = client.clock().now_at_most();
    job.notes = problems(&[history_check(&rules, &judge.expiries, place, present)]);

    let mut view = View::new(output.format, job.heading(Purpose::VerifyDirectory, context.now), all)?;
    let relocation = Relocation::to_directory(&job.location);
    let files = Files { directory: Some(&directory), relocation: &relocation, compare, bytes: true };
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let findings = verify_directory(&client, (scope, &judge), files, &context.cancel).await;
    drop(progress);
    let Findings { changes, sums, .. } = findings?;
    view.warn(&sums.plausibility(at, 0).warnings())?;
    for change in changes.into_changes()? {
        view.mismatch(&change?)?;
    }
    let (matched, mismatched) = (sums.unchanged, sums.changes());
    let verdict = Verdict::of(&sums, tolerance.trust);
    let text = match verdict {
        Verdict::Empty => asked.nothing_compared(&sums, ", and no files"),
        Verdict::Verified | Verdict::Uncertain => equal(&sums, matched, (at, tolerance.trust)),
        Verdict::Different => job.different(&sums),
    };
    if verdict == Verdict::Empty {
        view.nothing_compared(&text)?;
    }
    let command = Command::Verify { matched, mismatched, uncertain: sums.unsure.all() };
    let summary = Summary::new(command, (&job.location, at), &sums, &context.counters, began.elapsed());
    view.finish(&sums, &summary, Some(&text))?;
    Ok(verdict.exit(tolerance))
}

/// Refuses a bucket without a past; says what its ETags are worth.
fn compare_with(location: &Location, standing: Standing, trust_etag: bool) -> Result<Compare> {
    require_history(&location.bucket, standing)?;
    Ok(Compare { kms: standing.kms, trust_etag })
}

/// A past state and a directory.
struct Job<'a> {
    location: Location,
    at: Instant,
    path: &'a Path,
    /// Options that a command which is suggested needs too.
    options: String,
    /// What the table says of it.
    notes: Vec<String>,
}

impl Job<'_> {
    /// What was found out about the bucket by now; the table says it too.
    fn check(&mut self, settings: &BucketSettings, judge: &Judge, now: Instant) -> Vec<Check> {
        let checks = checks(settings, &judge.expiries, (&self.location.prefix, Some(self.at)), now);
        self.notes = head(&checks);
        checks
    }

    fn heading(&self, purpose: Purpose, now: Instant) -> Heading {
        Heading {
            location: self.location.clone(),
            at: self.at,
            purpose,
            against: Some(Destination::Directory(self.path.to_owned())),
            notes: self.notes.clone(),
            restore: String::new(),
            now,
        }
    }

    /// A command about this state and directory, as it is typed.
    fn command(&self, verb: &str, option: &str) -> String {
        let options = format!(" {option} {}{}", shell_path(self.path), self.options);
        next::about(verb, &self.location, self.at, &options)
    }

    /// The command that restores it.
    fn restore(&self, overwrite: bool, no_case_collisions: bool) -> String {
        let overwrite = if overwrite { " --on-conflict overwrite" } else { "" };
        let apart = if no_case_collisions { " --no-case-collisions" } else { "" };
        self.command("restore", "--to") + overwrite + apart
    }

    /// The last words of a restore, and the exit code.
    fn conclude(&self, context: &Context, output: Output, finished: bool, hints: &[String]) -> Exit {
        let counters = &context.counters;
        let (failed, conflicts) = (counters.failed.get(), counters.conflicts.get());
        if counters.unproven.get() > 0 {
            output.note(&sizes_only(counters.unproven.get()));
        }
        if !finished {
            output.note("the same command goes on where it stopped: what is right already is not read again");
            return Exit::Interrupted;
        }
        if failed > 0 {
            output.note(&plural(failed, "key is not restored", "keys are not restored"));
            for hint in hints {
                output.note(&format!("  {hint}"));
            }
        }
        if conflicts > 0 {
            let others = plural(conflicts, "other file was", "other files were");
            output.note(&format!(
                "{others} left alone in the place of keys; --on-conflict overwrite replaces files"
            ));
        }
        if failed + conflicts > 0 {
            return Exit::Incomplete;
        }
        if counters.settled() > 0 {
            output.note(&format!("check it: {}", self.command("verify", "--against")));
        }
        Exit::Done
    }

    /// The last words of a verify that found differences.
    fn different(&self, sums: &Sums) -> String {
        let (matched, mismatched) = (sums.unchanged, sums.changes());
        let counts = different(matched, mismatched);
        if sums.to_copy().keys == 0 {
            return counts;
        }
        let overwrite = sums.of(Action::Revert).keys > 0;
        format!("{counts}\n  to put them right: {}", self.restore(overwrite, false))
    }
}
