//! `asof recover FILE --abort` and `asof recover --list`.

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;

use super::args::recover::CarryArgs;
use super::confirm::{Asked, can_ask, is_typed};
use super::context::{Context, Output};
use super::exit::{Exit, say};
use super::kept::state_dir;
use super::recovery::{Source, as_written, buckets, clock_of, databases, terms};
use super::taken_up::claim;
use super::{suggest, swapped};
use crate::db::Database;
use crate::engine::recover::{
    Aborted, BucketPart, Glimpse, Quiesced, Recovery, StepContext, Unreadable, abort, is_abortable,
    keep_sources, plan_abort,
};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Instant, printable};
use crate::recover::{
    AbortPart, DatabaseKind, Purpose, RecoveryFile, RecoveryManifest, RecoveryState, Shape, Status, Step,
    in_words,
};
use crate::report::{AbortedPart, AbortedRecovery, Format, JsonLines, OpenRecovery, recoveries_table};
use crate::s3::ServerClock;

const ABORT: Asked = (
    "undo a recovery's runs, and remove the databases that it restored",
    "look at what it would do with --dry-run first",
);

/// The state of a part that is not undone for good.
const NOT_UNDONE: &str = "not undone";

/// Undoes what the recovery of a file has done, and closes it.
pub(super) async fn run(
    context: &Context,
    source: &Source,
    (dry_run, yes, after_resume): (bool, bool, bool),
    carry: &CarryArgs,
) -> Result<Exit> {
    let output = Output::from(carry.output.clone());
    if !dry_run {
        can_ask(yes, ABORT)?;
    }
    let mut claim = claim(source, carry)?;
    let databases = databases(&source.file, &carry.server, &context.cancel).await?;
    let parts = buckets(context, &source.file, (&carry.server, carry.apply.rate), as_written).await?;
    let clock = clock_of(&parts).await;
    let context = &context.by_clock(&clock, output);
    let state_dir = state_dir(&carry.apply.state)?;
    let recovery = find(output, source, (&state_dir, &clock))?;
    claim.tell(&state_dir, recovery.id(), Some(recovery.manifest().at))?;
    let plan = plan_abort(&state_dir, &recovery.glimpse(), &source.file)?;
    show(context, &recovery, (&source.file, &plan));
    let in_use = loses_what_is_in_use(&recovery.state(), &plan);
    let option = if in_use { " --after-resume" } else { "" };
    let abort = suggest::abort(&source.path) + option;
    if in_use && !after_resume && !dry_run {
        let message = format!("cannot abort the recovery {}: {IN_USE}", recovery.id());
        return Err(Error::new(ErrorKind::Refused, message)
            .hint("nothing was changed; to finish the recovery instead, type the command that began it again")
            .hint(format!("to remove these databases all the same: {abort}")));
    }
    // So that it is known which settings asof has set.
    if plan.iter().any(|part| matches!(part, AbortPart::Remove { .. })) {
        keep_sources(&recovery, &databases, &[]).await?;
    }
    if dry_run {
        output.note(&format!("nothing was changed; to abort it: {abort}"));
        return Ok(Exit::Done);
    }
    let name = source.path.file_name().unwrap_or_default().to_string_lossy();
    if !yes && !is_typed(context, "the name of the recovery file", &name).await? {
        return Err(Error::usage(format!("that is not {name}; nothing was changed")));
    }
    let told = carry_out(context, (&recovery, source), (&databases, &parts), &plan, carry).await?;
    if resumed(&plan, &told) {
        Quiesced::forget(&state_dir, &source.path)?;
    }
    if output.format == Format::Json {
        JsonLines::new(std::io::stdout()).aborted_recovery(&told)?;
    }
    if told.aborted {
        output.note(&format!("the recovery {} is aborted, and closed", told.id));
        if told.parts.iter().all(|part| part.state != NOT_UNDONE) {
            return Ok(Exit::Done);
        }
        output.note("not everything is undone: what is left has to be seen to by hand");
        return Ok(Exit::Incomplete);
    }
    recovery.state().swaps().for_each(|swap| output.note(&swapped::not_back(swap)));
    output.note(&format!("not finished; after fixing this: {abort}"));
    Ok(if context.cancel.is_stopped() { Exit::Interrupted } else { Exit::Incomplete })
}

/// The recovery of the file that there is to abort.
fn find(output: Output, source: &Source, (state_dir, clock): (&Path, &ServerClock)) -> Result<Recovery> {
    let of = (Purpose::Recover, &*source.path);
    let Some(recovery) = Recovery::open_newest(state_dir, of, |_, state| is_abortable(state), clock)? else {
        let message = format!("there is no recovery of {} to abort", source.path.display());
        let none = Error::usage(message)
            .hint(format!("to list those that are not finished: {}", suggest::recoveries()));
        let is_tagged = |database: &DatabaseKind| !matches!(database, DatabaseKind::Command(_));
        if !source.file.databases.iter().any(is_tagged) {
            return Err(none);
        }
        let adopt = suggest::adopt(&source.path);
        return Err(none.hint(format!(
            "if the state directory of one is lost, to resume it by the tags of its databases, after which it can be \
             aborted: {adopt}"
        )));
    };
    let RecoveryManifest { about, targets, .. } = recovery.manifest();
    if *about != source.file.about() {
        let message = format!("the recovery {} of this file was about {}", recovery.id(), about.join(", "));
        return Err(
            Error::usage(message).hint("to abort it, let the file name these again; nothing was changed")
        );
    }
    if !targets.is_empty() && *targets != source.file.targets() {
        output.note(&format!(
            "the file named other targets when the recovery began ({}): only what it names now is looked at",
            targets.join(", ")
        ));
    }
    Ok(recovery)
}

/// Why an abort is refused without `--after-resume`.
const IN_USE: &str = "the application may have been resumed over the restored databases that are removed";

/// Whether databases are removed that the application may use by now.
///
/// | the resume hook | the other steps, swaps of names too, but configure | in use |
/// |---|---|---|
/// | was ever begun, or configure was | | perhaps |
/// | there is none | are done | perhaps: it is resumed by hand |
/// | there is none | are not | no |
/// | was not begun | | no |
fn loses_what_is_in_use(state: &RecoveryState, plan: &[AbortPart]) -> bool {
    let is_swapped = |n| state.status(Step::Swap(n)) == Some(&Status::Done);
    let by_hand = state.shape().is_some_and(|shape| !shape.resume && shape.swapped().all(is_swapped))
        && state.is_done_but_for_resume();
    let removes = plan.iter().any(|part| matches!(part, AbortPart::Remove { .. }));
    removes && (state.may_have_been_cut_over() || by_hand)
}

/// Says each thing that will be done.
fn show(context: &Context, recovery: &Recovery, (file, plan): (&RecoveryFile, &[AbortPart])) {
    let RecoveryManifest { at, began, .. } = recovery.manifest();
    say(&format!(
        "aborting the recovery {} to {}, begun {} ago:\n",
        recovery.id(),
        at.human(),
        began.age(context.now)
    ));
    for part in plan {
        say(&format!("  {}\n", part_in_words(file, recovery.id(), part)));
    }
    if loses_what_is_in_use(&recovery.state(), plan) {
        say(&format!("  {IN_USE}: what the application has written into them is lost with them\n"));
    }
    if plan.iter().any(|part| matches!(part, AbortPart::Stays { .. })) {
        say("  the bucket and that database will be at different times: the application is not resumed\n");
    }
    if plan.is_empty() {
        say("  it has changed nothing: it is only closed\n");
    }
}

fn part_in_words(file: &RecoveryFile, id: &str, part: &AbortPart) -> String {
    let bucket = |n: usize| file.buckets.get(n).map(|bucket| bucket.source.to_string()).unwrap_or_default();
    match part {
        AbortPart::Undo { bucket: n, run } => format!("undo the run {run} of {}", bucket(*n)),
        AbortPart::Undone { run, by } => format!("the run {run} was undone by the run {by}"),
        AbortPart::Left { run } => format!("leave what the run {run} has changed"),
        AbortPart::Stays { database } => {
            let name = file.databases.get(*database).map_or("", DatabaseKind::name);
            format!("leave the database {name}: it was restored in place, which cannot be taken back")
        }
        AbortPart::SwapBack { database } | AbortPart::LeftSwapped { database } => {
            let database = file.databases.get(*database);
            let (name, (source, target)) =
                database.map_or_else(Default::default, |one| (one.name(), one.places()));
            let (source, target) = (source.unwrap_or_default(), target.unwrap_or_default());
            match part {
                AbortPart::SwapBack { .. } => format!(
                    "give the restored database {name} its name {target} back, then its source the name {source}; connections drop"
                ),
                _ => format!("leave the restored database {name}, which got the name {source}"),
            }
        }
        AbortPart::Remove { database } => {
            let (name, target) = match file.databases.get(*database) {
                Some(database) => (database.name(), database.places().1.unwrap_or_default()),
                None => ("", ""),
            };
            format!("remove the restored database {name} {target} if it carries the tag {id}")
                .replace("  ", " ")
        }
        AbortPart::Resume => "run the resume hook".to_owned(),
    }
}

async fn carry_out(
    context: &Context,
    (recovery, source): (&Recovery, &Source),
    of: (&[Database], &[BucketPart]),
    plan: &[AbortPart],
    carry: &CarryArgs,
) -> Result<AbortedRecovery> {
    let mut told = Vec::new();
    let on = |part: &AbortPart, aborted: &Aborted| {
        let (state, note) = match aborted {
            Aborted::Done(note) => ("done", note.clone()),
            Aborted::Left(why) => ("left", Some(why.clone())),
            Aborted::NotUndone(why) => (NOT_UNDONE, Some(why.clone())),
            Aborted::Failed(e) => ("failed", Some(e.in_one_line())),
        };
        let part = part_in_words(&source.file, recovery.id(), part);
        let more = note.as_ref().map(|note| format!(": {}", printable(note))).unwrap_or_default();
        say(&format!("{state:<7} {part}{more}\n"));
        told.push(AbortedPart { part, state, note });
    };
    let at = recovery.manifest().at;
    let (databases, buckets) = of;
    let (file, terms, cancel) = (&source.file, terms(context, carry)?, &context.cancel);
    let parts =
        StepContext { file, databases, buckets, terms, cancel, on: &|_| {}, findings: RefCell::default() };
    let aborted = abort(recovery, &parts, plan, on).await?;
    let file = source.path.to_string_lossy().into_owned();
    Ok(AbortedRecovery { id: recovery.id().to_owned(), file, at, aborted, parts: told })
}

/// Whether the resume hook was run.
fn resumed(plan: &[AbortPart], told: &AbortedRecovery) -> bool {
    let hook = plan.iter().zip(&told.parts).find(|(part, _)| **part == AbortPart::Resume);
    hook.is_some_and(|(_, part)| part.state == "done")
}

/// Lists the recoveries that are not finished, or those of one file.
pub(super) fn list(context: &Context, file: Option<&Path>, carry: &CarryArgs) -> Result<Exit> {
    let output = Output::from(carry.output.clone());
    let dir = state_dir(&carry.apply.state)?;
    let place = file
        .map(Source::place)
        .transpose()
        .map_err(|e| Error::usage(format!("cannot find the recovery file: {e}")))?;
    let is_listed = |recovery: &Glimpse| {
        recovery.manifest.purpose == Purpose::Recover
            && is_abortable(&recovery.state)
            && place.as_ref().is_none_or(|place| recovery.manifest.file == *place)
    };
    let (mut open, mut unreadable) = (Vec::new(), Vec::new());
    for one in Recovery::glimpses(&dir)? {
        match one {
            Ok(recovery) if is_listed(&recovery) => open.push(line(&recovery, context.now)),
            Err(one) if may_be_listed(&one, place.as_deref()) => unreadable.push(one),
            Ok(_) | Err(_) => {}
        }
    }
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        let mut lines = JsonLines::new(&mut out);
        open.iter().try_for_each(|recovery| lines.open_recovery(recovery))?;
    } else {
        out.write_all(recoveries_table(&open, context.now).as_bytes())?;
    }
    for one in &unreadable {
        output.note(&format!(
            "unreadable: the recovery {} in {}: {}",
            one.id,
            one.dir.display(),
            one.why.in_one_line()
        ));
    }
    if !unreadable.is_empty() {
        return Ok(Exit::Refused);
    }
    if open.is_empty() {
        output.note(&format!("every recovery in {} is finished", dir.display()));
    }
    Ok(Exit::Done)
}

/// Whether what cannot be read may be one of those that are listed.
fn may_be_listed(unreadable: &Unreadable, place: Option<&Path>) -> bool {
    unreadable.manifest.as_ref().is_none_or(|manifest| {
        manifest.purpose == Purpose::Recover && place.is_none_or(|place| manifest.file == *place)
    })
}

fn line(recovery: &Glimpse, now: Instant) -> OpenRecovery {
    let Glimpse { id, manifest, state, running } = recovery;
    let steps = state.shape().map(Shape::steps).unwrap_or_default();
    // Only the file names its databases and buckets; it may be gone, or be another by now.
    let source = Source::read(&manifest.file).ok().filter(|source| source.file.about() == manifest.about);
    let trouble = |step: &Step| match (state.status(*step), &source) {
        (Some(Status::Failed(why)), Some(source)) => {
            Some(format!("{}: {why}", in_words(&source.file, *step)))
        }
        (Some(Status::Failed(why)), None) => Some(why.clone()),
        _ => None,
    };
    let half = state.half_swapped().filter(|_| !running).map(swapped::half);
    let done = steps.iter().filter(|step| state.status(**step) == Some(&Status::Done)).count();
    OpenRecovery {
        id: id.clone(),
        state: state_of(state, *running),
        file: manifest.file.to_string_lossy().into_owned(),
        at: manifest.at,
        began: manifest.began,
        age_s: now.second() - manifest.began.second(),
        done,
        steps: steps.len(),
        trouble: steps
            .iter()
            .filter_map(trouble)
            .chain(state.overtaken().map(ToOwned::to_owned))
            .chain(half)
            .collect(),
        runs: state.all_runs().iter().map(|(_, run)| run.clone()).collect(),
    }
}

fn state_of(state: &RecoveryState, running: bool) -> &'static str {
    match state {
        _ if running => "running",
        state if state.is_aborting() => "aborting",
        state if state.overtaken().is_some() => "overtaken",
        _ => "open",
    }
}
