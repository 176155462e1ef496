//! `asof drill`.

use std::path::Path;

use super::args::recover::DrillArgs;
use super::context::{Context, Output};
use super::exit::Exit;
use super::kept::state_dir;
use super::recovery::{
    self, Source, buckets, clock_of, databases, exit, show_report, take_steps, terms, windows,
};
use super::taken_up::claim_for;
use super::{sources, suggest};
use crate::cancel::Cancel;
use crate::db::{Database, RestoreRequest, require_free};
use crate::engine::recover::{BucketPart, Recovery, keep_sources, tear_down};
use crate::error::{Error, Result};
use crate::model::Location;
use crate::recover::{DRILL, Ending, Purpose, RecoveryManifest, Target, check_drill, drill_shape, scratch};

pub(super) async fn run(context: &Context, args: DrillArgs) -> Result<Exit> {
    let DrillArgs { file, sweep, yes, at, keep, report, carry } = args;
    let output = Output::from(carry.output.clone());
    let file = match (sweep, file) {
        (true, file) => return super::sweep::run(context, output, file.as_deref(), yes, &carry.server).await,
        (false, Some(file)) => file,
        // clap has asked for it.
        (false, None) => return Err(Error::usage("name a recovery file")),
    };
    let mut source = Source::read(&file)?;
    source.file.deadline = carry.deadline.or(source.file.deadline);
    check_drill(&source.file, true)?;
    report.can_write()?;
    let asked = databases(&source.file, &carry.server, &context.cancel).await?;
    let given = sources::given(&asked, &carry.settings_from).await?;
    // What is torn down is not stopped by the Ctrl-C that ended the drill.
    let torn_down = databases(&source.file, &carry.server, &Cancel::default()).await?;
    let state_dir = state_dir(&carry.apply.state)?;
    // Before anything is looked at that another process may be changing.
    let mut claim = claim_for(DRILL, &source, &carry)?;
    let server = (&carry.server, carry.apply.rate);
    let parts =
        async |tag: &str| buckets(context, &source.file, server, |target| scratch_of(target, tag)).await;
    let clock = clock_of(&buckets(context, &source.file, server, recovery::as_written).await?).await;
    let context = &context.by_clock(&clock, output);
    // A drill that was killed has left its copies, and so has one that was to keep them.
    let again = suggest::drill(&source.path, &at);
    let of = (Purpose::Drill, &*source.path);
    while let Some(before) = Recovery::take_up(&state_dir, of, |_| true, &clock)? {
        can_be_torn_down(&before, &source, keep.then_some(&again))?;
        output.note(&format!("tearing down what the drill {} has left", before.id()));
        let left = tear_down(&before, &state_dir, &parts(before.id()).await?, &torn_down).await?;
        if !left.is_empty() {
            return Ok(still_there(output, &left));
        }
    }
    // Only now: what had no teardown command may have been removed by hand, and the drill that left it is ended then.
    check_drill(&source.file, keep)?;
    let windows = windows(output, &asked).await?;
    let at = recovery::at(&at, &asked, &windows, context.now, &carry, &source.path).map(|time| (at, time))?;
    // It has no tag yet, and nothing is looked up by one.
    sources::preflight(output, &asked, &RestoreRequest::new(at.1, "")).await?;
    let told =
        RecoveryManifest::new(Purpose::Drill, &source.path, source.file.about(), (&at.0, at.1), context.now);
    let told = RecoveryManifest { targets: source.file.targets(), ..told };
    let drill = Recovery::create(&state_dir, told, drill_shape(&source.file), &clock)?;
    claim.tell(&state_dir, drill.id(), Some(at.1))?;
    let parts = parts(drill.id()).await?;
    require_room(output, &drill, (&asked, &given), (&state_dir, &parts, &torn_down)).await?;
    let (terms, of) = (terms(context, &carry)?, (&*asked, &*parts));
    let (carried, findings) = take_steps(context, output, &drill, &source.file, of, terms).await;
    let mut told = drill.report(&source.file, carried.ending, findings);
    // An error is the journal's: all is torn down, and that cannot be noted.
    let (left, unnoted) = match end(output, keep, &drill, (&state_dir, &parts, &torn_down)).await {
        Ok(left) => (left, None),
        Err(e) => (Vec::new(), Some(e)),
    };
    told.left = left;
    let copied = show_report(output, &drill, &told, &report);
    let exit = match carried.ending {
        _ if !told.left.is_empty() => still_there(output, &told.left),
        // Nothing of a drill is gone on with.
        Ending::Failed | Ending::NotBegun => Exit::Failed,
        other => exit(other, copied),
    };
    carried.trouble.or(unnoted).map_or(Ok(exit), Err)
}

/// Refuses a drill, and ends it, whose databases have no place, or whose sources cannot be read.
async fn require_room(
    output: Output,
    drill: &Recovery,
    (asked, given): (&[Database], &[bool]),
    (state_dir, parts, torn_down): (&Path, &[BucketPart], &[Database]),
) -> Result<()> {
    let free = match require_free(asked, &drill.errand()).await {
        Ok(()) => keep_sources(drill, asked, given).await,
        taken => taken,
    };
    if free.is_err() {
        // Nothing was begun: there is nothing to tear down, and the drill is ended by this.
        let left = tear_down(drill, state_dir, parts, torn_down).await?;
        if !left.is_empty() {
            still_there(output, &left);
        }
    }
    free
}

/// Refuses to go on beside what an earlier drill has left, if that is not to be torn down, or cannot be found by this file.
/// `again` is the drill without `--keep`, where it was given.
fn can_be_torn_down(before: &Recovery, source: &Source, again: Option<&String>) -> Result<()> {
    let (id, targets) = (before.id(), &before.manifest().targets);
    if *targets != source.file.targets() && before.state().has_begun() {
        let message =
            format!("the drill {id} was killed, and may have left copies at {}", targets.join(", "));
        return Err(Error::usage(message)
            .hint("let the file name these targets once more, and drill: they are torn down first"));
    }
    if let Some(again) = again {
        let message =
            format!("the drill {id} of this file has left its copies, and another needs their place");
        return Err(Error::usage(message)
            .hint(format!("without --keep they are torn down before it begins: {again}")));
    }
    Ok(())
}

fn scratch_of(target: &Target, tag: &str) -> Option<Location> {
    recovery::as_written(target).map(|target| scratch(&target, tag))
}

/// Tears the copies down, unless they are kept. Gives what is left.
async fn end(
    output: Output,
    keep: bool,
    drill: &Recovery,
    (state_dir, parts, databases): (&Path, &[BucketPart], &[Database]),
) -> Result<Vec<String>> {
    if !keep {
        return tear_down(drill, state_dir, parts, databases).await;
    }
    let places: Vec<_> = parts.iter().filter_map(|part| part.to.as_ref()).map(ToString::to_string).collect();
    let names: Vec<_> = databases.iter().map(|database| format!("database {}", database.name())).collect();
    output.note(&format!(
        "kept, tagged {}: {}; asof drill without --keep tears them down before it begins",
        drill.id(),
        [places, names].concat().join(", ")
    ));
    Ok(Vec::new())
}

fn still_there(output: Output, left: &[String]) -> Exit {
    for left in left {
        output.note(&format!("left behind: {left}"));
    }
    output.note("the next drill of this file tries again to tear it down");
    Exit::Failed
}
