//! Earlier recoveries: the one that a command resumes or reports again, and those in the way of a new one.

use super::overtaken::overtaken;
use super::session::Session;
use super::target_time::TargetTime;
use crate::db::require_free;
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{
    AfterEnd, Asked, Earlier, NextCommand, Notice, Overtaker, Purpose, Record, RecoveryManifest, swapped,
};
use crate::state::{Glimpse, Recovery};

impl Session<'_> {
    /// The requested recovery, for comparison with earlier ones.
    pub(super) fn asked(&self, target: &TargetTime) -> Asked {
        let source = self.request.source;
        Asked {
            typed: target.typed.clone(),
            at: target.known(self.now),
            now: self.now,
            file: source.path.clone(),
            about: source.file.about(),
            targets: source.file.targets(),
            holds: self.resources(),
            shape: source.file.shape(),
        }
    }

    /// The unfinished recovery of this file to this time, to resume.
    pub(super) fn unfinished(&self, asked: &Asked) -> Result<Option<Recovery>> {
        let state_dir = &self.request.options.state_dir;
        let (file, suits) = (&self.request.source.path, |manifest: &_| asked.may_mean(manifest));
        let open = Recovery::take_up(state_dir, Purpose::Recover, file, suits, &self.clock)?;
        let Some(recovery) = open else { return Ok(None) };
        match asked.to_open(recovery.manifest(), &recovery.state()) {
            Earlier::Resumed => match overtaken(state_dir, &recovery.glimpse())? {
                None => Ok(Some(recovery)),
                Some(by) => {
                    recovery.overtake(&by)?;
                    Err(self.overtaken(&recovery, &by))
                }
            },
            refused => Err(self.not_resumed(&recovery, refused)),
        }
    }

    /// The finished recovery that the same command performed, if it only has to be reported again.
    pub(super) async fn ended(&self, asked: &Asked) -> Result<Option<Recovery>> {
        let state_dir = &self.request.options.state_dir;
        let file = &self.request.source.path;
        let suits = |manifest: &RecoveryManifest, state: &_| asked.may_mean_ended(manifest, state);
        let newest = Recovery::open_newest(state_dir, Purpose::Recover, file, suits, &self.clock)?;
        let Some(recovery) = newest else { return Ok(None) };
        let Some(ended) = recovery.state().ended_at() else { return Ok(None) };
        let mut after = AfterEnd { told: recovery.has_been_told(), taken: true };
        let is_ended = |after| asked.to_ended(recovery.manifest(), ended, after) == Earlier::Ended;
        if !is_ended(after) || overtaken(state_dir, &recovery.glimpse())?.is_some() {
            return Ok(None);
        }
        // If a database cannot be queried, a later step that needs the answer reports it.
        after.taken = recovery.state().swaps().next().is_some()
            || (!self.databases.is_empty()
                && require_free(&self.databases, &recovery.restore_request()).await.is_err());
        if !is_ended(after) {
            return Ok(None);
        }
        let (id, at) = (recovery.id(), recovery.manifest().at);
        self.notice(&Notice::HasEnded { id, at, ended, now: self.now })?;
        Ok(Some(recovery))
    }

    fn not_resumed(&self, recovery: &Recovery, why: Earlier) -> Error {
        let (id, file, suggest) = (recovery.id(), &*self.request.source.path, self.request.suggest);
        let RecoveryManifest { at, began, about, .. } = recovery.manifest();
        let abort = suggest(NextCommand::Abort(file));
        match why {
            Earlier::OtherTime => Error::usage(format!(
                "the recovery {id} of this file to {}, started {} ago, is unfinished",
                at.human(),
                began.age(self.now)
            ))
            .hint(format!("resume it with its time: --at {at}"))
            .hint(format!("abort it: {abort}")),
            Earlier::OtherAbout => Error::usage(format!(
                "the recovery {id} of this file is unfinished and covers {}",
                about.join(", ")
            ))
            .hint("to resume it, put these back into the file; for another recovery, use another file"),
            Earlier::OtherServer => Error::usage(format!(
                "cannot resume the recovery {id} of this file: it was started on another server"
            ))
            .hint("to resume it, set --endpoint-url, AWS_ENDPOINT_URL, --region and --profile as they were; nothing was changed")
            .hint(format!("or abort it: {abort}")),
            Earlier::FewerSteps(new) => Error::usage(format!(
                "cannot resume the recovery {id}: since it started, its file has {new}"
            ))
            .hint("restore the file's earlier contents and run the same command again; nothing was changed")
            .hint(format!("or abort that recovery and start over: {abort}")),
            _ => {
                let message =
                    format!("cannot resume the recovery {id} to {}: it is being aborted", at.human());
                Error::new(ErrorKind::Refused, message).hint(format!("finish aborting it: {abort}"))
            }
        }
    }

    /// The error for a recovery that was overtaken and is now closed.
    fn overtaken(&self, recovery: &Recovery, by: &Overtaker) -> Error {
        let (source, suggest, state) = (self.request.source, self.request.suggest, recovery.state());
        let (id, at) = (recovery.id(), recovery.manifest().at.human());
        let refused =
            Error::new(ErrorKind::Refused, format!("cannot resume the recovery {id} to {at}: {}", by.why()));
        let abort = suggest(NextCommand::Abort(&source.path));
        if let Some(swap) = state.half_swapped().next() {
            let in_use = state.may_have_been_cut_over();
            let abort = if in_use { suggest(NextCommand::AbortInUse(&source.path)) } else { abort };
            return refused
                .hint(swapped::half(swap))
                .hint(format!("that recovery is closed and can only be aborted: {abort}"));
        }
        let mut refused = refused.hint("that recovery is closed; the same command starts a new one");
        if (0..source.file.databases.len()).any(|n| state.was_asked_for(n)) {
            refused = refused.hint(format!("to remove the databases it restored first: {abort}"));
        }
        if state.may_be_quiesced() {
            let resumes = match source.file.hooks.resume {
                Some(_) => format!("to run the resume hook instead of starting over: {abort}"),
                None => "the file has no resume hook".to_owned(),
            };
            refused = refused.hint(format!("the application may still be quiesced; {resumes}"));
        }
        refused
    }

    /// The recoveries to close when a new one has begun. Fails if one must be resumed or aborted first.
    pub(super) fn others(&self, asked: &Asked) -> Result<Others> {
        let state_dir = &self.request.options.state_dir;
        let mut others = Vec::new();
        for other in Recovery::list(state_dir)? {
            if !asked.meets(&other.manifest, &other.state) {
                continue;
            }
            let by = overtaken(state_dir, &other)?;
            match asked.to_other(&other.manifest, &other.state, by.is_some()) {
                Earlier::Closes => others.push((other, by)),
                Earlier::InTheWay => return Err(self.in_the_way(&other)),
                _ => {}
            }
        }
        Ok(Others(others))
    }

    fn in_the_way(&self, other: &Glimpse) -> Error {
        let RecoveryManifest { file, at, began, .. } = &other.manifest;
        let message = format!(
            "the recovery {} of {} to {}, started {} ago, is unfinished",
            other.id,
            file.display(),
            at.human(),
            began.age(self.now)
        );
        let suggest = self.request.suggest;
        Error::new(ErrorKind::Refused, message)
            .hint(format!("nothing was changed; resume it: {}", suggest(NextCommand::Recover(file, *at))))
            .hint(format!("abort it: {}", suggest(NextCommand::Abort(file))))
    }
}

/// Other recoveries, and what has overtaken each.
#[derive(Debug)]
pub(super) struct Others(Vec<(Glimpse, Option<Overtaker>)>);

impl Others {
    /// Closes them for a new recovery.
    pub(super) fn close(self, session: &Session<'_>, new: &Recovery) -> Result<()> {
        for (other, by) in self.0 {
            if let Some(since) = other.state.quiesced_since() {
                new.note(|_| Record::QuiescedAlready { since })?;
            }
            let why = by.as_ref().map_or_else(
                || format!("the recovery {} was started but changed nothing", new.id()),
                |by| by.why().to_owned(),
            );
            session.notice(&Notice::Closed { id: &other.id, at: other.manifest.at, why: &why })?;
            let state_dir = &session.request.options.state_dir;
            Recovery::close(state_dir, &other, &Overtaker::Recovery(why), &session.clock)?;
        }
        Ok(())
    }
}
