//! What `recover` finds that was begun before: the recovery that it resumes, those that are in its way, and other processes.

use super::args::recover::CarryArgs;
use super::context::Context;
use super::kept::state_dir;
use super::recovery::Source;
use super::session::Session;
use super::{suggest, swapped, time_arg};
use crate::engine::recover::{Claim, Glimpse, Overtaker, Quiesced, Recovery, RecoveryOutcome, overtaken};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;
use crate::recover::{Ending, Purpose, RecoveryManifest, Resource};

/// Everything that a recovery of the file works on.
pub(super) fn resources(source: &Source, carry: &CarryArgs) -> Vec<Resource> {
    source.file.resources(source.path.clone(), carry.server.endpoint_url.as_deref())
}

/// Keeps every other process from what the file names.
pub(super) fn claim(source: &Source, carry: &CarryArgs) -> Result<Claim> {
    claim_for("recovery", source, carry)
}

/// The same for a command of this name.
pub(super) fn claim_for(command: &str, source: &Source, carry: &CarryArgs) -> Result<Claim> {
    Claim::take(&state_dir(&carry.apply.state)?, command, resources(source, carry))
}

/// Says that a killed mark may have left the application quiesced; the recovery runs the resume hook at its end.
pub(super) fn tell_of_killed_mark(session: &Session<'_>) -> Result<()> {
    let Session { context, output, source, .. } = *session;
    if let Some(killed) = Quiesced::find(&session.state_dir()?, &source.path)? {
        let resumed = match source.file.hooks.resume {
            Some(_) => "a recovery runs the resume hook at its end; to resume it now: ",
            None => "the file names no resume hook; once it is resumed by hand: ",
        };
        let mark = suggest::mark(&source.path);
        output.note(&format!("{}; {resumed}{mark}", killed.in_words(context.now)));
    }
    Ok(())
}

/// Forgets a killed mark once the resume hook was run; runs it if the recovery was done before.
pub(super) async fn forget_killed_mark(
    source: &Source,
    carried: &RecoveryOutcome,
    carry: &CarryArgs,
) -> Result<()> {
    let dir = state_dir(&carry.apply.state)?;
    if carried.resumed && source.file.hooks.resume.is_some() {
        return Quiesced::forget(&dir, &source.path);
    }
    // Its own resume hook was run by an earlier process, before the mark was killed.
    match Quiesced::find(&dir, &source.path)? {
        Some(killed) if matches!(carried.ending, Ending::Done | Ending::Inconsistent) => {
            killed.resume(&dir, (&source.path, &source.file)).await
        }
        _ => Ok(()),
    }
}

/// The recovery of this file to this time that was begun and is not ended.
pub(super) fn taken_up(session: &Session<'_>, typed: &str) -> Result<Option<Recovery>> {
    let Session { context, source, clock, carry, .. } = *session;
    let state_dir = session.state_dir()?;
    let typed_time = time_arg::read_with(typed, &carry.apply.state, &source.path);
    let at = typed_time.and_then(|typed| typed.past(context.now)).ok();
    let suits = |manifest: &RecoveryManifest| manifest.is_meant_by(typed, at);
    let of = (Purpose::Recover, &*source.path);
    let Some(recovery) = Recovery::take_up(&state_dir, of, suits, clock)? else { return Ok(None) };
    let RecoveryManifest { at: begun_to, began, .. } = recovery.manifest();
    let age = context.now.millis().saturating_sub(began.millis());
    if Some(*begun_to) != at && u128::try_from(age).is_ok_and(|age| age > limits::SAME_COMMAND.as_millis()) {
        let message = format!(
            "the recovery {} of this file to {}, begun {} ago, is not ended",
            recovery.id(),
            begun_to.human(),
            began.age(context.now)
        );
        return Err(Error::usage(message)
            .hint(format!("to go on with it, name its time: --at {begun_to}"))
            .hint(format!("to abort it: {}", suggest::abort(&source.path))));
    }
    if recovery.manifest().about != source.file.about() {
        let message = format!(
            "the recovery {} of this file is not ended, and was about {}",
            recovery.id(),
            recovery.manifest().about.join(", ")
        );
        return Err(Error::usage(message)
            .hint("to go on with it, let the file name these again; for another, use another file"));
    }
    require_no_more_steps(&recovery, session)?;
    require_resumable(&recovery, session)?;
    Ok(Some(recovery))
}

/// A hook, a check or references that were added to the file since would never be run: the journal says of which steps the
/// recovery consists. One that was taken out is not run any more. The names of instances depend on the cut-over.
fn require_no_more_steps(recovery: &Recovery, session: &Session<'_>) -> Result<()> {
    let Session { source, .. } = *session;
    let (state, now) = (recovery.state(), source.file.shape());
    let Some(begun) = state.shape() else { return Ok(()) };
    let parts = [
        ("a quiesce hook", begun.quiesce, now.quiesce),
        ("a resume hook", begun.resume, now.resume),
        ("an after-database hook", begun.after_database, now.after_database),
        ("[references]", begun.references, now.references),
        ("another cut-over", begun.swapped().eq(now.swapped()), true),
        ("check commands", begun.checks.contains(&true), now.checks.contains(&true)),
    ];
    let Some((what, ..)) = parts.into_iter().find(|(_, begun, now)| *now && !begun) else { return Ok(()) };
    let message =
        format!("cannot resume the recovery {}: since it began, its file has {what}", recovery.id());
    Err(Error::usage(message)
        .hint(
            "let the file say what it said, and run the same command again; nothing was changed by this one",
        )
        .hint(format!("or give that recovery up, and begin anew: {}", suggest::abort(&source.path))))
}

/// Refuses a recovery that is being aborted; one that something else has overtaken is closed by this.
fn require_resumable(recovery: &Recovery, session: &Session<'_>) -> Result<()> {
    let Session { source, .. } = *session;
    let (id, at) = (recovery.id(), recovery.manifest().at.human());
    let abort = suggest::abort(&source.path);
    if recovery.state().is_aborting() {
        let message = format!("cannot resume the recovery {id} to {at}: it is being aborted");
        return Err(Error::new(ErrorKind::Refused, message).hint(format!("to finish that: {abort}")));
    }
    let Some(by) = overtaken(&session.state_dir()?, &recovery.glimpse())? else { return Ok(()) };
    recovery.overtake(&by)?;
    let state = recovery.state();
    let message = format!("cannot resume the recovery {id} to {at}: {}", by.why());
    let mut refused = Error::new(ErrorKind::Refused, message);
    if let Some(swap) = state.half_swapped().next() {
        let option = if state.may_have_been_cut_over() { " --after-resume" } else { "" };
        return Err(refused
            .hint(swapped::half(swap))
            .hint(format!("that recovery is closed now, and can only be aborted: {abort}{option}")));
    }
    refused = refused.hint("that recovery is closed now; the same command begins a new one");
    if (0..source.file.databases.len()).any(|n| state.was_asked_for(n)) {
        refused = refused.hint(format!("to remove the databases that it restored first: {abort}"));
    }
    if state.may_be_quiesced() {
        let resumes = match source.file.hooks.resume {
            Some(_) => format!("to run the resume hook, unless the same command begins anew: {abort}"),
            None => "the file names no resume hook".to_owned(),
        };
        refused = refused.hint(format!("the application may still be quiesced; {resumes}"));
    }
    Err(refused)
}

/// The recoveries in the way of a new one that have changed nothing, or nothing that is still there: they are closed once the
/// new one has begun.
pub(super) struct Way(Vec<(Glimpse, Option<Overtaker>)>);

impl Way {
    /// What is in the way of a new recovery: those that are not ended, of the same file or about the same bucket or database.
    ///
    /// | the other recovery | |
    /// |---|---|
    /// | has changed nothing | is closed once the new one has begun |
    /// | is of another file, and may have quiesced its application | refuses the new one, whose hooks are others |
    /// | was overtaken: its run was undone, a later run changed the bucket | is closed too |
    /// | any other | refuses the new one: it has to be resumed or aborted first |
    pub(super) fn of(session: &Session<'_>) -> Result<Self> {
        let Session { context, source, carry, .. } = *session;
        let state_dir = session.state_dir()?;
        let (file, holds) = (source.path.as_path(), resources(source, carry));
        let nothing =
            RecoveryManifest::new(Purpose::Recover, file, Vec::new(), ("", Instant::default()), context.now);
        let new = RecoveryManifest { holds, ..nothing };
        let mut way = Vec::new();
        for other in Recovery::list(&state_dir)? {
            let is_left = other.is_open() || other.state.may_be_quiesced() && !other.state.is_ended();
            if other.manifest.purpose != Purpose::Recover || !is_left || !other.manifest.meets(&new) {
                continue;
            }
            let why = overtaken(&state_dir, &other)?;
            let is_quiesced = other.state.may_be_quiesced() && other.manifest.file != file;
            if is_quiesced || (other.state.has_changed_anything() && why.is_none()) {
                return Err(in_the_way(context, &other));
            }
            way.push((other, why));
        }
        Ok(Self(way))
    }

    /// Closes them.
    pub(super) fn close(self, session: &Session<'_>, recovery: &Recovery) -> Result<()> {
        let Session { output, clock, .. } = *session;
        let state_dir = session.state_dir()?;
        for (other, why) in self.0 {
            if let Some(since) = other.state.quiesced_since() {
                recovery.quiesced_already(since)?;
            }
            let why = why.as_ref().map_or_else(
                || format!("the recovery {} was begun, and it had changed nothing", recovery.id()),
                |by| by.why().to_owned(),
            );
            output.note(&format!(
                "the recovery {} to {} is closed: {why}",
                other.id,
                other.manifest.at.human()
            ));
            Recovery::close(&state_dir, &other, &Overtaker::Recovery(why), clock)?;
        }
        Ok(())
    }
}

fn in_the_way(context: &Context, other: &Glimpse) -> Error {
    let RecoveryManifest { file, at, began, .. } = &other.manifest;
    let message = format!(
        "the recovery {} of {} to {}, begun {} ago, is not finished",
        other.id,
        file.display(),
        at.human(),
        began.age(context.now)
    );
    Error::new(ErrorKind::Refused, message)
        .hint(format!("nothing was changed; to resume it: {}", suggest::recover(file, &at.to_string())))
        .hint(format!("to abort it: {}", suggest::abort(file)))
}
