//! Aborts a recovery: undoes its runs, removes its databases, resumes the application and closes the journal. If it is
//! killed, the same command finishes it.

mod parts;

use std::collections::BTreeSet;
use std::path::Path;

use super::kept::keep_sources;
use super::session::{RecoveryRequest, Session};
use super::step::StepContext;
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{
    ABORTED_IN_USE, AbortPart, AbortPlan, AbortResult, AbortedPart, AbortedRecovery, Conclusion,
    DatabaseKind, NextCommand, Notice, PartState, Purpose, Record, RecoveryFile, RecoveryManifest,
    RecoveryState, UndoState, abort_parts, loses_what_is_in_use,
};
use crate::state::{Glimpse, Quiesced, Recovery, Run, RunStatus};

/// A request to abort a file's recovery.
#[derive(Debug)]
pub(crate) struct Abort<'a> {
    pub request: RecoveryRequest<'a>,
    /// True to remove databases even if the application may be using them.
    pub after_resume: bool,
    pub dry_run: bool,
}

/// An abort whose parts are known. Nothing has been changed yet.
#[derive(Debug)]
pub(crate) struct PreparedAbort<'a> {
    session: Session<'a>,
    recovery: Recovery,
    parts: Vec<AbortPart>,
    pub command: String,
}

impl<'a> Abort<'a> {
    /// Finds the recovery and shows the plan of the abort.
    pub(crate) async fn prepare(self) -> Result<PreparedAbort<'a>> {
        let Self { request, after_resume, dry_run } = self;
        let mut session = Session::open(request, Some("recovery")).await?;
        let recovery = session.find_abortable()?;
        session.tell(&recovery)?;
        let RecoveryRequest { source, options, suggest, .. } = request;
        let parts = plan_abort(&options.state_dir, &recovery.glimpse(), &source.file)?;
        let in_use = loses_what_is_in_use(&recovery.state(), &parts);
        let RecoveryManifest { at, began, .. } = *recovery.manifest();
        session.notice(&Notice::Abort(AbortPlan {
            id: recovery.id(),
            at,
            began,
            now: session.now,
            file: &source.file,
            parts: &parts,
            in_use,
        }))?;
        let path = &source.path;
        let command = suggest(if in_use { NextCommand::AbortInUse(path) } else { NextCommand::Abort(path) });
        if in_use && !after_resume && !dry_run {
            let message = format!("cannot abort the recovery {}: {ABORTED_IN_USE}", recovery.id());
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("nothing was changed; to finish the recovery instead, run the command that started it again")
                .hint(format!("to remove these databases anyway: {command}")));
        }
        Ok(PreparedAbort { session, recovery, parts, command })
    }
}

impl Session<'_> {
    /// Opens the file's recovery that can be aborted.
    fn find_abortable(&self) -> Result<Recovery> {
        let RecoveryRequest { source, options, .. } = self.request;
        let suits = |_: &_, state: &RecoveryState| is_abortable(state);
        let (state_dir, file) = (&options.state_dir, &source.path);
        let newest = Recovery::open_newest(state_dir, Purpose::Recover, file, suits, &self.clock)?;
        let Some(recovery) = newest else { return Err(self.nothing_to_abort()) };
        let RecoveryManifest { about, targets, .. } = recovery.manifest();
        if *about != source.file.about() {
            let message = format!("the recovery {} of this file covers {}", recovery.id(), about.join(", "));
            return Err(
                Error::usage(message).hint("to abort it, put these back into the file; nothing was changed")
            );
        }
        if !targets.is_empty() && *targets != source.file.targets() {
            self.notice(&Notice::OtherTargets(targets))?;
        }
        Ok(recovery)
    }

    fn nothing_to_abort(&self) -> Error {
        let RecoveryRequest { source, suggest, .. } = self.request;
        let message = format!("no recovery of {} to abort", source.path.display());
        let list = suggest(NextCommand::Recoveries);
        let none = Error::usage(message).hint(format!("list unfinished recoveries: {list}"));
        let is_tagged = |database: &DatabaseKind| !matches!(database, DatabaseKind::Command(_));
        if !source.file.databases.iter().any(is_tagged) {
            return none;
        }
        none.hint(format!(
            "if its state directory is lost, resume it by the tags of its databases, then abort it: {}",
            suggest(NextCommand::Adopt(&source.path))
        ))
    }
}

impl PreparedAbort<'_> {
    pub(crate) async fn execute(self) -> Result<AbortResult> {
        let Self { session, recovery, parts, command } = self;
        let RecoveryRequest { source, options, cancel, suggest, .. } = session.request;
        // The removal must know which settings asof has set.
        if parts.iter().any(|part| matches!(part, AbortPart::Remove { .. })) {
            keep_sources(&recovery, &session.databases, &[]).await?;
        }
        let context = StepContext {
            file: &source.file,
            databases: &session.databases,
            buckets: &session.buckets,
            terms: session.terms(),
            cancel,
            on: &|_| {},
            findings: std::cell::RefCell::default(),
        };
        let mut told = Vec::new();
        let on = |part: &AbortPart, aborted: Aborted| {
            let part = aborted.told(part.in_words(&source.file, recovery.id()));
            drop(session.notice(&Notice::Aborted(&part)));
            told.push(part);
        };
        let aborted = abort(&recovery, &context, &parts, on).await?;
        let hook = parts.iter().zip(&told).find(|(part, _)| **part == AbortPart::Resume);
        if hook.is_some_and(|(_, part)| part.state == PartState::Done) {
            Quiesced::forget(&options.state_dir, &source.path)?;
        }
        let conclusion = match aborted {
            true if told.iter().all(|part| part.state != PartState::NotUndone) => Conclusion::Done,
            false if cancel.is_stopped() => Conclusion::Interrupted,
            _ => Conclusion::Incomplete,
        };
        let (id, at) = (recovery.id().to_owned(), recovery.manifest().at);
        let recover = suggest(NextCommand::Recover(&source.path, at));
        let file = source.path.to_string_lossy().into_owned();
        let told = AbortedRecovery { id, file, at, aborted, parts: told };
        Ok(AbortResult { told, state: recovery.state(), conclusion, command, recover })
    }
}

/// The result of one part of an abort.
#[derive(Debug)]
enum Aborted {
    /// Done; with details, if any.
    Done(Option<String>),
    /// Left alone, since it is not asof's to do; why.
    Left(String),
    /// Not undone, or not known to be undone; why, and what to do. The application is not resumed.
    NotUndone(String),
    /// Failed; the same command tries it again.
    Failed(Error),
}

impl Aborted {
    fn told(self, part: String) -> AbortedPart {
        let (state, note) = match self {
            Aborted::Done(note) => (PartState::Done, note),
            Aborted::Left(why) => (PartState::Left, Some(why)),
            Aborted::NotUndone(why) => (PartState::NotUndone, Some(why)),
            Aborted::Failed(e) => (PartState::Failed, Some(e.in_one_line())),
        };
        AbortedPart { part, state, note }
    }
}

/// The parts of aborting a recovery now.
fn plan_abort(state_dir: &Path, recovery: &Glimpse, file: &RecoveryFile) -> Result<Vec<AbortPart>> {
    let runs = Run::list(state_dir)?;
    let state = |run: &str| match RunStatus::undone_by(run, &runs) {
        Some(by) => UndoState::Undone(by.to_owned()),
        None => UndoState::InForce(RunStatus::in_force(run, &runs)),
    };
    let stays = |n: usize| file.databases.get(n).is_some_and(DatabaseKind::is_restored_in_place);
    Ok(abort_parts(&recovery.state, state, stays, file.hooks.resume.is_some()))
}

/// The runs that aborting a recovery would undo, and those that undo them. Fails if any recovery is unreadable, since
/// it may need any run.
pub(crate) fn needed_runs(state_dir: &Path) -> Result<BTreeSet<String>> {
    let open = Recovery::list(state_dir)?.into_iter().filter(|recovery| is_abortable(&recovery.state));
    let runs = open.flat_map(|Glimpse { state, .. }| {
        let own = state.all_runs().iter().map(|(_, run)| run);
        let all = own.flat_map(|run| std::iter::once(run.as_str()).chain(state.undone_by(run)));
        all.map(str::to_owned).collect::<Vec<_>>()
    });
    Ok(runs.collect())
}

/// Aborts a recovery and passes the result of each part to `on`. Returns whether no part has to be tried again; the
/// recovery is then closed.
///
/// | a part before the resume hook | resume hook | closed |
/// |---|---|---|
/// | names that cannot be swapped back, before the abort has done anything | not run; nothing is begun, so the recovery can still be finished | no |
/// | failed, or was not begun | not run | no |
/// | names that were not swapped back | not run; no later part is begun, which would undo buckets beside a database still at T | no |
/// | permanently not undone | not run: the user resumes the application after a check | yes |
/// | any other | run | yes, unless it fails |
async fn abort(
    recovery: &Recovery,
    parts: &StepContext<'_>,
    plan: &[AbortPart],
    mut on: impl FnMut(&AbortPart, Aborted),
) -> Result<bool> {
    if !recovery.state().is_aborting() {
        for part in plan {
            if let Err(e) = parts.require_swappable(recovery, part).await {
                on(part, Aborted::Failed(e));
                return Ok(false);
            }
        }
        recovery.note(|at| Record::Aborting { at })?;
    }
    let (mut finished, mut undone) = (true, true);
    for part in plan {
        // Do not resume the application on a half-undone bucket.
        if parts.cancel.is_stopped() || (!finished && *part == AbortPart::Resume) {
            finished = false;
            continue;
        }
        let aborted = if !undone && *part == AbortPart::Resume {
            Aborted::NotUndone(NOT_RESUMED.to_owned())
        } else {
            parts.abort_part(recovery, part).await.unwrap_or_else(Aborted::Failed)
        };
        undone = undone && !matches!(aborted, Aborted::NotUndone(_));
        let has_failed = matches!(aborted, Aborted::Failed(_));
        finished = finished && !has_failed;
        on(part, aborted);
        if has_failed && matches!(part, AbortPart::SwapBack { .. }) {
            break;
        }
    }
    if finished {
        recovery.note(|at| Record::Aborted { at })?;
    }
    Ok(finished)
}

/// The reason the application was not resumed, and the next step.
const NOT_RESUMED: &str = "not everything was undone: fix that first, then resume the application by hand";

/// Returns true if there is something to abort: it is unfinished, or was overtaken after requesting a database or
/// quiescing.
pub(super) fn is_abortable(state: &RecoveryState) -> bool {
    let asked = state.shape().is_some_and(|shape| (0..shape.databases).any(|n| state.was_asked_for(n)));
    state.shape().is_some()
        && !state.is_ended()
        && (state.overtaken().is_none() || asked || state.may_be_quiesced())
}
