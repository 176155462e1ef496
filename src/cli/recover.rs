//! `asof recover`.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::args::recover::{CarryArgs, RecoverArgs, ReportArgs};
use super::confirm::{Asked, can_ask, is_typed};
use super::context::{Context, Output};
use super::exit::{self, Exit};
use super::kept::state_dir;
use super::recovery::{
    self, STANDS_STILL, Source, as_written, buckets, clock_of, databases, exit, show_report, take_steps,
    terms, windows, windows_in_time,
};
use super::session::Session;
use super::taken_up::{Way, claim, forget_killed_mark, resources, taken_up, tell_of_killed_mark};
use super::{abort, adopt, ended, follow_up, sources, suggest, swapped};
use crate::db::{RestoreRequest, require_free};
use crate::engine::recover::{BucketPart, Recovery, RecoveryOutcome, Terms, keep_sources};
use crate::error::{Error, Result};
use crate::model::Instant;
use crate::recover::{Ending, Purpose, RecoveryManifest, Status, Step};
use crate::report::{DiffView, Format, Heading, head};

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
        return write_template(output, &file);
    }
    let mut source = Source::read(&file)?;
    source.file.deadline = carry.deadline.or(source.file.deadline);
    let begins = match at {
        _ if aborts => return abort::run(context, &source, (dry_run, yes, after_resume), &carry).await,
        typed if adopts => Begins::Adopted(typed),
        Some(typed) => Begins::Typed(TargetTime { typed, wait }),
        // clap has asked for it.
        None => return Err(Error::usage("name a time: --at TIME")),
    };
    if dry_run {
        return preview(context, output, &source, &begins, &carry).await;
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
    let session = Session {
        context,
        output,
        source: &source,
        clock: &clock,
        databases: &databases,
        carry: &carry,
        yes,
    };
    tell_of_killed_mark(&session)?;
    let recovery = resume_or_begin(&session, &begins).await?;
    let had_ended = recovery.state().is_ended();
    claim.tell(&state_dir(&carry.apply.state)?, recovery.id(), Some(recovery.manifest().at))?;
    keep_sources(&recovery, &databases, &given).await?;
    let exit = execute(&session, &recovery, &report).await?;
    if had_ended {
        output.note(&ended::anew(&source, &recovery.state()));
    }
    Ok(exit)
}

/// Takes the steps that are left, and says how it went.
async fn execute(session: &Session<'_>, recovery: &Recovery, report: &ReportArgs) -> Result<Exit> {
    let Session { context, output, source, databases, carry, .. } = *session;
    let server = (&carry.server, carry.apply.rate);
    let buckets = buckets(context, &source.file, server, as_written).await?;
    let (terms, of) = (terms(context, carry)?, (databases, &*buckets));
    let (carried, findings) = take_steps(context, output, recovery, &source.file, of, terms).await;
    forget_killed_mark(source, &carried, carry).await?;
    let mut told = recovery.report(&source.file, carried.ending, findings);
    told.running = carried.running;
    told.follow_ups = follow_up::follow_ups(output, carried.ending, (recovery, databases)).await;
    let copied = show_report(output, recovery, &told, report);
    last_words(session, recovery, &carried);
    follow_up::name(output, &told.follow_ups);
    if let Some(e) = &carried.trouble {
        exit::report(e, false, false);
    }
    Ok(exit(carried.ending, copied))
}

/// The recovery that was begun before, or a new one.
async fn resume_or_begin(session: &Session<'_>, begins: &Begins) -> Result<Recovery> {
    let time = match begins {
        Begins::Adopted(typed) => return adopt::begin(session, typed.as_deref()).await,
        Begins::Typed(time) => time,
    };
    let Some(recovery) = taken_up(session, &time.typed)? else {
        if let Some(ended) = ended::find(session, &time.typed).await? {
            return Ok(ended);
        }
        return begin(session, time).await;
    };
    let (id, at) = (recovery.id(), recovery.manifest().at.human());
    session.output.note(&format!("going on with the recovery {id} to {at}"));
    if !session.yes {
        session.output.note("what was written to its buckets since may be taken back to that time");
        confirm(session).await?;
    }
    Ok(recovery)
}

/// What a recovery begins with, or is resumed by.
enum Begins {
    /// The time that was typed.
    Typed(TargetTime),
    /// What the databases carry, and the time, if one was typed.
    Adopted(Option<String>),
}

/// The target time as it was typed.
struct TargetTime {
    typed: String,
    /// Wait until the databases reach it.
    wait: bool,
}

fn write_template(output: Output, path: &Path) -> Result<Exit> {
    let written = std::fs::File::options().write(true).create_new(true).open(path);
    written.and_then(|mut file| file.write_all(crate::recover::TEMPLATE.as_bytes())).map_err(|e| {
        let error = Error::usage(format!("cannot write {}: {e}", path.display()));
        match e.kind() {
            std::io::ErrorKind::AlreadyExists => error.hint("a file that is there is not overwritten"),
            _ => error,
        }
    })?;
    let recover = suggest::recover(path, "1h").flag("dry-run");
    output.note(&format!("written; fill it in, then see what it would do: {recover}"));
    Ok(Exit::Done)
}

/// Shows what would be restored, and changes nothing.
async fn preview(
    context: &Context,
    output: Output,
    source: &Source,
    begins: &Begins,
    carry: &CarryArgs,
) -> Result<Exit> {
    let databases = databases(&source.file, &carry.server, &context.cancel).await?;
    sources::given(&databases, &carry.settings_from).await?;
    let server = (&carry.server, carry.apply.rate);
    let clock = clock_of(&buckets(context, &source.file, server, as_written).await?).await;
    let context = &context.by_clock(&clock, output);
    let session =
        &Session { context, output, source, clock: &clock, databases: &databases, carry, yes: false };
    tell_of_killed_mark(session)?;
    let recover = match begins {
        Begins::Typed(time) => {
            let at = plan(session, time).await?;
            suggest::recover(&source.path, &at.to_string()).to_string()
        }
        Begins::Adopted(typed) => {
            adopt::plan(session, typed.as_deref()).await?;
            suggest::adopt(&source.path)
        }
    };
    output.note(&format!("nothing was changed; to carry out: {recover}"));
    Ok(Exit::Done)
}

/// Checks, shows what would be done, asks, and begins.
async fn begin(session: &Session<'_>, time: &TargetTime) -> Result<Recovery> {
    let way = Way::of(session)?;
    let at = plan(session, time).await?;
    confirm(session).await?;
    let (told, shape) = (told(session, &time.typed, at), session.source.file.shape());
    let recovery = Recovery::create(&session.state_dir()?, told, shape, session.clock)?;
    way.close(session, &recovery)?;
    Ok(recovery)
}

/// Has the name of the recovery file typed, unless `yes`.
pub(super) async fn confirm(session: &Session<'_>) -> Result<()> {
    let name = session.source.path.file_name().unwrap_or_default().to_string_lossy();
    if session.yes || is_typed(session.context, "the name of the recovery file", &name).await? {
        return Ok(());
    }
    Err(Error::usage(format!("that is not {name}; nothing was changed")))
}

/// What a recovery of a file to this time is told.
pub(super) fn told(session: &Session<'_>, typed: &str, at: Instant) -> RecoveryManifest {
    let Session { context, source, carry, .. } = *session;
    let told =
        RecoveryManifest::new(Purpose::Recover, &source.path, source.file.about(), (typed, at), context.now);
    RecoveryManifest { holds: resources(source, carry), targets: source.file.targets(), ..told }
}

/// Checks and shows what would be done. Gives the time that everything is restored to.
async fn plan(session: &Session<'_>, time: &TargetTime) -> Result<Instant> {
    let Session { context, output, source, databases, carry, .. } = *session;
    let windows = if time.wait {
        windows_in_time(session, &time.typed).await?
    } else {
        windows(output, databases).await?
    };
    let at = recovery::at(&time.typed, databases, &windows, context.now, carry, &source.path)?;
    // Found only when it is asked for, the application would stand still, and buckets would be changed already. No recovery has
    // this tag: whatever is found is not of the one that would begin.
    let errand = RestoreRequest::new(at, format!("{}-none", context.now.compact()));
    if let Err(e) = require_free(databases, &errand).await {
        return Err(adopt::hint(e, session).await);
    }
    let outline = sources::preflight(output, databases, &errand).await?;
    let swaps = sources::swaps(databases, &errand).await?;
    let reached = databases.iter().zip(&windows).map(|(database, window)| window.in_words(database.name()));
    let lines: Vec<_> = reached.chain(outline).chain(swaps).collect();
    show_all(session, at, &lines).await?;
    Ok(at)
}

/// Shows the time, these lines about the databases, and what would be changed in each bucket.
pub(super) async fn show_all(session: &Session<'_>, at: Instant, lines: &[String]) -> Result<()> {
    let Session { context, source, carry, .. } = *session;
    let server = (&carry.server, carry.apply.rate);
    let parts = buckets(context, &source.file, server, as_written).await?;
    show(session, at, lines, &parts, &terms(context, carry)?).await
}

async fn show(
    session: &Session<'_>,
    at: Instant,
    lines: &[String],
    parts: &[BucketPart],
    terms: &Terms,
) -> Result<()> {
    let Session { context, output, source, .. } = *session;
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
            let heading = Heading::of(&prepared, context.now).notes(head(&prepared.checks));
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
fn last_words(session: &Session<'_>, recovery: &Recovery, carried: &RecoveryOutcome) {
    let Session { output, source, yes, .. } = *session;
    let again = suggest::recover(&source.path, &recovery.manifest().at.to_string());
    let again = (if yes { again.flag("yes") } else { again }).to_string();
    let abort = suggest::abort(&source.path);
    let state = recovery.state();
    match carried.ending {
        Ending::Done | Ending::Inconsistent => {
            for n in 0..source.file.buckets.len() {
                if let Some(run) = state.run(n) {
                    let undo = suggest::undo_of_recovery(run);
                    output.note(&format!("to take the bucket's restore back: {undo}"));
                }
            }
            if !state.all_runs().is_empty() {
                state.swaps().for_each(|swap| output.note(&swapped::stays(swap)));
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
        Ending::Failed | Ending::Interrupted => ways_on(session, recovery, &again, &abort),
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

/// What is left of a recovery that is not ended, and how to go on: `again` does, and `abort` gives it up.
fn ways_on(session: &Session<'_>, recovery: &Recovery, again: &str, abort: &str) {
    let Session { output, source, .. } = *session;
    let state = recovery.state();
    let left = recovery::left(recovery, &source.file);
    let unconfirmed = "every step is done, but that this still holds was not seen";
    let left = if left.is_empty() { unconfirmed.to_owned() } else { left.join(", ") };
    output.note(&format!("not done: {left}"));
    state.half_swapped().for_each(|swap| output.note(&swapped::half(swap)));
    output.note(&format!("to go on, once that is mended: {again}"));
    // Once the application may use what an abort removes, that is no equal way any more; but nothing answers it now.
    let is_cut_over = state.may_have_been_cut_over();
    if !is_cut_over || state.half_swapped().next().is_some() {
        let option = if is_cut_over { " --after-resume" } else { "" };
        output.note(&format!("or, to undo what was done: {abort}{option}"));
    }
}
