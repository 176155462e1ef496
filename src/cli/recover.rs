//! `asof recover`.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::args::recover::{CarryArgs, RecoverArgs, ReportArgs};
use super::carry::state_dir;
use super::confirm::{Asked, can_ask, is_typed};
use super::context::{Context, Output};
use super::exit::{self, Exit};
use super::recovery::{
    self, STANDS_STILL, Source, as_written, buckets, clock_of, databases, exit, show_report, take_steps,
    terms, windows, windows_in_time,
};
use super::taken_up::{Way, claim, forget_killed_mark, resources, taken_up, tell_of_killed_mark};
use super::{abort, adopt, ended, follow_up, next, sources};
use crate::db::{Database, Errand, require_free};
use crate::engine::recover::{BucketPart, Carried, Recovery, Terms, keep_sources};
use crate::error::{Error, Result};
use crate::model::{Destination, Instant};
use crate::recover::{Ending, Purpose, Status, Step, Told};
use crate::report::{DiffView, Format, Heading, head};
use crate::s3::ServerClock;

const RECOVER: Asked = (
    "put buckets and databases back",
    "look at each bucket with asof diff, and rehearse with asof drill, first",
);

pub(super) async fn run(context: &Context, args: RecoverArgs) -> Result<Exit> {
    let RecoverArgs {
        file,
        init,
        list,
        abort: aborts,
        after_resume,
        adopt: adopts,
        at,
        wait,
        dry_run,
        yes,
        report,
        carry,
    } = args;
    let output = Output::from(carry.output.clone());
    let file = match (list, file) {
        (true, file) => return abort::list(context, file.as_deref(), &carry),
        (false, Some(file)) => file,
        // clap has asked for it.
        (false, None) => return Err(Error::usage("name a recovery file")),
    };
    if init {
        return write_template(output, &file, &carry);
    }
    let mut source = Source::read(&file)?;
    source.file.deadline = carry.deadline.or(source.file.deadline);
    let begins = match at {
        _ if aborts => return abort::run(context, &source, (dry_run, yes, after_resume), &carry).await,
        typed if adopts => Begins::Adopted(typed),
        Some(typed) => Begins::Typed(typed),
        // clap has asked for it.
        None => return Err(Error::usage("name a time: --at TIME")),
    };
    if dry_run {
        return preview(context, output, &source, (&begins, wait), &carry).await;
    }
    report.can_write()?;
    let databases = databases(&source.file, &carry.server, &context.cancel).await?;
    let given = sources::given(&databases, &carry.settings_from).await?;
    can_ask(yes, RECOVER)?;
    // Before anything is looked at that another process may be changing.
    let mut claim = claim(&source, &carry)?;
    let server = (&carry.server, carry.apply.rate);
    let clock = clock_of(&buckets(context, &source.file, server, as_written).await?).await;
    let context = &context.by_clock(&clock, output);
    tell_of_killed_mark(context, output, &source, &carry)?;
    let (of, with) = ((&source, &clock), (&*databases, &carry));
    let recovery = resume_or_begin(context, output, of, (&begins, wait, yes), with).await?;
    let had_ended = recovery.state().is_ended();
    claim.tell(&state_dir(&carry.apply.state)?, recovery.id(), Some(recovery.told().at))?;
    keep_sources(&recovery, &databases, &given).await?;
    let buckets = buckets(context, &source.file, server, as_written).await?;
    let (terms, of) = (terms(context, &carry)?, (&*databases, &*buckets));
    let (carried, findings) = take_steps(context, output, &recovery, &source.file, of, terms).await;
    forget_killed_mark(&source, &carried, &carry).await?;
    let mut told = recovery.report(&source.file, carried.ending, findings);
    told.running = carried.running;
    told.follow_ups = follow_up::follow_ups(output, carried.ending, (&recovery, &databases)).await;
    let copied = show_report(output, &recovery, &told, &report);
    last_words(output, &recovery, (&source, yes, &report, &carry), &carried);
    follow_up::name(output, &told.follow_ups);
    if had_ended {
        output.note(ended::anew(&source));
    }
    if let Some(e) = &carried.trouble {
        exit::report(e, false, false);
    }
    Ok(exit(carried.ending, copied))
}

/// The recovery that was begun before, or a new one.
async fn resume_or_begin(
    context: &Context,
    output: Output,
    (source, clock): (&Source, &ServerClock),
    (begins, wait, yes): (&Begins, bool, bool),
    with: (&[Database], &CarryArgs),
) -> Result<Recovery> {
    let of = (source, clock);
    let typed = match begins {
        Begins::Adopted(typed) => {
            return adopt::begin(context, output, of, (typed.as_deref(), yes), with).await;
        }
        Begins::Typed(typed) => typed,
    };
    let Some(recovery) = taken_up(context, of, typed, with.1)? else {
        if let Some(ended) = ended::find(context, output, of, typed, with).await? {
            return Ok(ended);
        }
        return begin(context, output, of, (TargetTime { typed, wait }, yes), with).await;
    };
    let (id, at) = (recovery.id(), recovery.told().at.human());
    output.note(&format!("going on with the recovery {id} to {at}"));
    if !yes {
        output.note("what was written to its buckets since may be taken back to that time");
        confirm(context, source, yes).await?;
    }
    Ok(recovery)
}

/// What a recovery begins with, or is resumed by.
enum Begins {
    /// The time that was typed.
    Typed(String),
    /// What the databases carry, and the time, if one was typed.
    Adopted(Option<String>),
}

/// The target time as it was typed.
#[derive(Clone, Copy)]
struct TargetTime<'a> {
    typed: &'a str,
    /// Wait until the databases reach it.
    wait: bool,
}

fn write_template(output: Output, path: &Path, carry: &CarryArgs) -> Result<Exit> {
    let written = std::fs::File::options().write(true).create_new(true).open(path);
    written.and_then(|mut file| file.write_all(crate::recover::TEMPLATE.as_bytes())).map_err(|e| {
        let error = Error::usage(format!("cannot write {}: {e}", path.display()));
        match e.kind() {
            std::io::ErrorKind::AlreadyExists => error.hint("a file that is there is not overwritten"),
            _ => error,
        }
    })?;
    let recover = next::recover(path, "1h", &(" --dry-run".to_owned() + &next::of_recovery(carry)));
    output.note(&format!("written; fill it in, then see what it would do: {recover}"));
    Ok(Exit::Done)
}

/// Shows what would be restored, and changes nothing.
async fn preview(
    context: &Context,
    output: Output,
    source: &Source,
    (begins, wait): (&Begins, bool),
    carry: &CarryArgs,
) -> Result<Exit> {
    let databases = databases(&source.file, &carry.server, &context.cancel).await?;
    sources::given(&databases, &carry.settings_from).await?;
    let server = (&carry.server, carry.apply.rate);
    let clock = clock_of(&buckets(context, &source.file, server, as_written).await?).await;
    let context = &context.by_clock(&clock, output);
    tell_of_killed_mark(context, output, source, carry)?;
    let recover = match begins {
        Begins::Typed(typed) => {
            let target_time = TargetTime { typed, wait };
            let at = plan(context, output, source, target_time, (&databases, carry)).await?;
            next::recover(&source.path, &at.to_string(), &next::of_recovery(carry))
        }
        Begins::Adopted(typed) => {
            adopt::plan(context, output, source, typed.as_deref(), (&databases, carry)).await?;
            next::adopt(&source.path, &next::of_recovery(carry))
        }
    };
    output.note(&format!("nothing was changed; to carry out: {recover}"));
    Ok(Exit::Done)
}

/// Checks, shows what would be done, asks, and begins.
async fn begin(
    context: &Context,
    output: Output,
    (source, clock): (&Source, &ServerClock),
    (target_time, yes): (TargetTime<'_>, bool),
    (databases, carry): (&[Database], &CarryArgs),
) -> Result<Recovery> {
    let way = Way::of(context, source, carry)?;
    let at = plan(context, output, source, target_time, (databases, carry)).await?;
    confirm(context, source, yes).await?;
    let told = told(context, source, (target_time.typed, at), carry);
    let recovery = Recovery::create(&state_dir(&carry.apply.state)?, told, source.file.shape(), clock)?;
    way.close(output, (&recovery, clock), carry)?;
    Ok(recovery)
}

/// Has the name of the recovery file typed, unless `yes`.
pub(super) async fn confirm(context: &Context, source: &Source, yes: bool) -> Result<()> {
    let name = source.path.file_name().unwrap_or_default().to_string_lossy();
    if yes || is_typed(context, "the name of the recovery file", &name).await? {
        return Ok(());
    }
    Err(Error::usage(format!("that is not {name}; nothing was changed")))
}

/// What a recovery of a file to this time is told.
pub(super) fn told(context: &Context, source: &Source, at: (&str, Instant), carry: &CarryArgs) -> Told {
    let told = Told::new(Purpose::Recover, &source.path, source.file.about(), at, context.now);
    Told { holds: resources(source, carry), targets: source.file.targets(), ..told }
}

/// Checks and shows what would be done. Gives the time that everything is restored to.
async fn plan(
    context: &Context,
    output: Output,
    source: &Source,
    TargetTime { typed, wait }: TargetTime<'_>,
    (databases, carry): (&[Database], &CarryArgs),
) -> Result<Instant> {
    let windows = if wait {
        windows_in_time((context, output), databases, typed, (carry, &source.path)).await?
    } else {
        windows(output, databases).await?
    };
    let at = recovery::at(typed, (databases, &windows), context.now, (carry, &source.path))?;
    // Found only when it is asked for, the application would stand still, and buckets would be changed already. No recovery has
    // this tag: whatever is found is not of the one that would begin.
    let errand = Errand::new(at, format!("{}-none", context.now.compact()));
    if let Err(e) = require_free(databases, &errand).await {
        return Err(adopt::hint(e, source, (databases, carry)).await);
    }
    let outline = sources::preflight(output, databases, &errand).await?;
    let swaps = sources::swaps(databases, &errand).await?;
    let reached = databases.iter().zip(&windows).map(|(database, window)| window.in_words(database.name()));
    let lines: Vec<_> = reached.chain(outline).chain(swaps).collect();
    show_all(context, output, (source, at), &lines, carry).await?;
    Ok(at)
}

/// Shows the time, these lines about the databases, and what would be changed in each bucket.
pub(super) async fn show_all(
    context: &Context,
    output: Output,
    (source, at): (&Source, Instant),
    lines: &[String],
    carry: &CarryArgs,
) -> Result<()> {
    let server = (&carry.server, carry.apply.rate);
    let parts = buckets(context, &source.file, server, as_written).await?;
    show(context, output, (source, at), lines, (&parts, &terms(context, carry)?)).await
}

async fn show(
    context: &Context,
    output: Output,
    (source, at): (&Source, Instant),
    lines: &[String],
    (parts, terms): (&[BucketPart], &Terms),
) -> Result<()> {
    let table = output.format == Format::Table && !output.quiet;
    let mut out = BufWriter::new(std::io::stdout());
    if table {
        let name = source.path.file_name().unwrap_or_default().to_string_lossy();
        writeln!(out, "{name} to {} ({} ago)\n", at.human(), at.age(context.now))?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
        if !lines.is_empty() {
            writeln!(out)?;
        }
    }
    let at = source.file.buckets_at(at);
    for part in parts {
        let prepared = part.prepare(at, terms, &context.cancel).await?;
        if table {
            let heading = Heading {
                location: part.location.clone(),
                at,
                purpose: if part.to.is_some() {
                    crate::report::Purpose::Elsewhere
                } else {
                    crate::report::Purpose::Restore
                },
                against: part.to.clone().map(Destination::Bucket),
                notes: head(&prepared.checks),
                restore: String::new(),
                now: context.now,
            };
            let mut view = DiffView::new(heading, false);
            view.warn(&prepared.plausibility(&terms.options).warnings());
            view.sums(&prepared.sums, &mut out)?;
            writeln!(out)?;
        }
        out.flush()?;
        part.accept(&prepared, &terms.options)?;
    }
    Ok(out.flush()?)
}

/// What is said where rows name objects that are not there.
const DANGLING: &str = "rows name objects that are not there: the report has their keys; those that arrived a little late come back \
                        with asof references --heal, or, the next time, with heal in [references]";

/// What is said where rows name nothing at all.
const NOTHING_COMPARED: &str = "the rows were not compared with the bucket: see what the references' command prints (a pipe ends as its last \
                                command does, whatever becomes of the first), and compare them with asof references";

/// What was done, what was not, and how to go on.
fn last_words(
    output: Output,
    recovery: &Recovery,
    (source, yes, report, carry): (&Source, bool, &ReportArgs, &CarryArgs),
    carried: &Carried,
) {
    let yes = if yes { " --yes" } else { "" };
    let options = yes.to_owned() + &next::of_recovery(carry) + &next::of_report(report);
    let again = next::recover(&source.path, &recovery.told().at.to_string(), &options);
    let abort = next::abort(&source.path, carry);
    let state = recovery.state();
    match carried.ending {
        Ending::Done | Ending::Inconsistent => {
            for n in 0..source.file.buckets.len() {
                if let Some(run) = state.run(n) {
                    let undo = next::OfRun::kept(&carry.apply).undo(run);
                    output.note(&format!("to take the bucket's restore back: {undo}"));
                }
            }
            let compared = state.result(Step::References).map(|result| &result.counts);
            let has = |name: &str| compared.and_then(|counts| counts.get(name)).is_some_and(|n| *n > 0);
            if source.file.hooks.stop_for_good() {
                output.note(STANDS_STILL);
            }
            if has("dangling") {
                output.note(DANGLING);
            }
            if has("nothing_compared") {
                output.note(NOTHING_COMPARED);
            }
        }
        Ending::NotBegun => {
            let is_resumed = source.file.hooks.resume.is_some() && !carried.stands_still;
            let resumed = if is_resumed { "; the resume hook has been run" } else { "" };
            output.note(&format!("the quiesce hook failed, so nothing was changed{resumed}"));
            output.note(&format!("once that is mended: {again}"));
            output.note(&format!("or, to give it up: {abort}"));
        }
        // It had ended before: nothing of it is left to go on with.
        Ending::Failed | Ending::Interrupted if state.is_ended() => {}
        Ending::Failed | Ending::Interrupted => {
            let left = recovery::left(recovery, &source.file);
            let unconfirmed = "every step is done, but that this still holds was not seen";
            let left = if left.is_empty() { unconfirmed.to_owned() } else { left.join(", ") };
            output.note(&format!("not done: {left}"));
            output.note(&format!("to go on, once that is mended: {again}"));
            // After that, the application may use what an abort removes: no equal way any more.
            if !state.may_have_been_cut_over() {
                output.note(&format!("or, to undo what was done: {abort}"));
            }
        }
    }
    if carried.stands_still {
        let stands = if state.status(Step::Quiesce) == Some(&Status::Done) { "stands" } else { "may stand" };
        let why = match source.file.hooks.resume {
            Some(_) => "the resume hook has not been run to its end",
            None => "the file names no resume hook",
        };
        output.note(&format!("the application {stands} still: {why}"));
    }
}
