//! Recovering what a recovery file names.
//!
//! In two steps: [`Recover::prepare`] finds out what was begun before and what would be done, and changes nothing;
//! [`PreparedRecovery::execute`] then begins the recovery, or resumes it, and takes its steps.

use super::connect::{as_written, buckets};
use super::earlier::Others;
use super::kept::keep_sources;
use super::session::{RecoveryRequest, Session, Taken};
use super::target_time::TargetTime;
use crate::db::{RestoreRequest, require_free};
use crate::error::Result;
use crate::model::Instant;
use crate::recover::{
    Conclusion, FollowUp, NextCommand, Notice, Purpose, RecoveryManifest, RecoveryOutcome, Report, Resumed,
};
use crate::state::Quiesced;
use crate::state::Recovery;

#[derive(Debug)]
pub(crate) struct Recover<'a> {
    pub request: RecoveryRequest<'a>,
    pub begins: Begins,
}

/// The time to which a recovery goes.
#[derive(Debug)]
pub(crate) enum Begins {
    At(TargetTime),
    /// This one, once databases reach it.
    Reached(TargetTime),
    /// That which the databases of a recovery carry whose state directory is lost; and this one, if one was typed.
    Adopted(Option<TargetTime>),
}

/// A new recovery, or one that is new to this state directory.
#[derive(Debug)]
pub(super) struct New {
    /// Its name, if it is adopted.
    pub(super) adopted: Option<String>,
    pub(super) typed: String,
    pub(super) at: Instant,
}

/// A recovery of which it is known what it would do. Nothing was changed yet.
#[derive(Debug)]
pub(crate) struct PreparedRecovery<'a> {
    session: Session<'a>,
    start: Start,
}

#[derive(Debug)]
enum Start {
    Resumed(Recovery),
    /// One that has ended: it is looked at, and told again.
    Ended(Recovery),
    New(New, Others),
}

/// How a recovery or a drill ended.
#[derive(Debug)]
pub(crate) struct RecoveryResult {
    pub recovery: Recovery,
    pub report: Report,
    pub outcome: RecoveryOutcome,
    pub conclusion: Conclusion,
    pub had_ended: bool,
}

impl<'a> Recover<'a> {
    /// Shows what would be done, and changes nothing. Gives the command that does it.
    pub(crate) async fn preview(self) -> Result<String> {
        let session = Session::open(self.request, None).await?;
        session.tell_of_killed_mark()?;
        let path = &session.request.source.path;
        let New { adopted, at, .. } = session.plan(&self.begins).await?;
        let next = if adopted.is_some() { NextCommand::Adopt(path) } else { NextCommand::Recover(path, at) };
        Ok((session.request.suggest)(next))
    }

    /// Finds what was begun before. Where that is nothing, checks and shows what would be done.
    pub(crate) async fn prepare(self) -> Result<PreparedRecovery<'a>> {
        let session = Session::open(self.request, Some("recovery")).await?;
        session.tell_of_killed_mark()?;
        let start = session.start(&self.begins).await?;
        Ok(PreparedRecovery { session, start })
    }
}

impl Session<'_> {
    async fn start(&self, begins: &Begins) -> Result<Start> {
        let (Begins::At(target) | Begins::Reached(target)) = begins else {
            let new = self.plan(begins).await?;
            let target = TargetTime { typed: String::new(), time: None };
            return Ok(Start::New(new, self.others(&self.asked(&target))?));
        };
        let asked = self.asked(target);
        if let Some(recovery) = self.unfinished(&asked)? {
            let (id, at) = (recovery.id(), recovery.manifest().at);
            self.notice(&Notice::Resuming { id, at })?;
            return Ok(Start::Resumed(recovery));
        }
        if let Some(recovery) = self.ended(&asked).await? {
            return Ok(Start::Ended(recovery));
        }
        let others = self.others(&asked)?;
        Ok(Start::New(self.plan(begins).await?, others))
    }

    /// Checks and shows what would be done.
    async fn plan(&self, begins: &Begins) -> Result<New> {
        let (target, windows) = match begins {
            Begins::At(target) => (target, self.windows().await?),
            Begins::Reached(target) => (target, self.windows_in_time(target).await?),
            Begins::Adopted(target) => return self.plan_adopted(target.as_ref()).await,
        };
        let at = target.resolve(&self.databases, &windows, self.now)?;
        // Found only when it is asked for, the application would stand still, and buckets would be changed already. No recovery
        // has this tag: whatever is found is not of the one that would begin.
        let errand = RestoreRequest::new(at, format!("{}-none", self.now.compact()));
        if let Err(e) = require_free(&self.databases, &errand).await {
            return Err(self.hint_to_adopt(e).await);
        }
        let outline = self.preflight(&self.databases, &errand).await?;
        let swaps = self.swaps(&errand).await?;
        let reached =
            self.databases.iter().zip(&windows).map(|(database, window)| window.in_words(database.name()));
        self.show(at, &reached.chain(outline).chain(swaps).collect::<Vec<_>>()).await?;
        Ok(New { adopted: None, typed: target.typed.clone(), at })
    }

    /// Says that a killed mark may have left the application quiesced; the recovery runs the resume hook at its end.
    fn tell_of_killed_mark(&self) -> Result<()> {
        let RecoveryRequest { source, options, suggest, .. } = self.request;
        let Some(killed) = Quiesced::find(&options.state_dir, &source.path)? else { return Ok(()) };
        let mark = suggest(NextCommand::Mark(&source.path));
        let resumed = match source.file.hooks.resume {
            Some(_) => Resumed::AtTheEnd(mark),
            None => Resumed::ByHand(mark),
        };
        self.notice(&Notice::KilledMark { killed: killed.in_words(self.now), resumed })
    }

    /// Forgets a killed mark once the resume hook was run; runs it if the recovery was done before.
    async fn forget_killed_mark(&self, outcome: &RecoveryOutcome) -> Result<()> {
        let RecoveryRequest { source, options, .. } = self.request;
        if outcome.resumed && source.file.hooks.resume.is_some() {
            return Quiesced::forget(&options.state_dir, &source.path);
        }
        // Its own resume hook was run by an earlier process, before the mark was killed.
        match Quiesced::find(&options.state_dir, &source.path)? {
            Some(killed) if outcome.ending.is_done() => killed.resume(&options.state_dir, source).await,
            _ => Ok(()),
        }
    }
}

impl PreparedRecovery<'_> {
    /// Whether somebody is asked before it is executed, and what has to be typed then.
    pub(crate) fn name_to_type(&self) -> Result<Option<String>> {
        match self.start {
            Start::Ended(_) => return Ok(None),
            Start::Resumed(_) => self.session.notice(&Notice::MayRewind)?,
            Start::New(..) => {}
        }
        Ok(Some(self.session.request.source.name()))
    }

    /// Begins it, if that has not been done, and takes the steps that are left.
    pub(crate) async fn execute(self) -> Result<RecoveryResult> {
        let Self { mut session, start } = self;
        let recovery = match start {
            Start::Resumed(recovery) | Start::Ended(recovery) => recovery,
            Start::New(new, others) => session.begin(new, others)?,
        };
        let had_ended = recovery.state().is_ended();
        session.tell(&recovery)?;
        keep_sources(&recovery, &session.databases, &session.given).await?;
        let RecoveryRequest { source, options, .. } = session.request;
        // Anew: each client counts what is done in its bucket from now on.
        let buckets = buckets(&source.file, &options.server, as_written).await?;
        let Taken { outcome, findings } = session.take_steps(&recovery, &buckets).await;
        session.forget_killed_mark(&outcome).await?;
        let mut report = recovery.report(&source.file, outcome.ending, findings);
        report.running = outcome.running;
        if outcome.ending.is_done() {
            report.follow_ups = session.follow_ups(&recovery).await?;
        }
        let conclusion = Conclusion::of_recovery(outcome.ending);
        Ok(RecoveryResult { recovery, report, outcome, conclusion, had_ended })
    }
}

impl Session<'_> {
    fn begin(&self, new: New, others: Others) -> Result<Recovery> {
        let New { adopted, typed, at } = new;
        let (state_dir, shape) = (&self.request.options.state_dir, self.request.source.file.shape());
        let manifest = self.manifest(Purpose::Recover, &typed, at);
        let manifest = RecoveryManifest { holds: self.resources(), ..manifest };
        let recovery = match adopted {
            None => Recovery::create(state_dir, manifest, shape, &self.clock)?,
            Some(id) => Recovery::adopt(state_dir, &id, manifest, shape, &self.clock)?,
        };
        others.close(self, &recovery)?;
        Ok(recovery)
    }

    /// What the restored databases lack of their sources. That one cannot be asked is told, and is no failure: it is restored.
    async fn follow_ups(&self, recovery: &Recovery) -> Result<Vec<FollowUp>> {
        let mut all = Vec::new();
        for (n, database) in self.databases.iter().enumerate() {
            let name = database.name();
            match database.follow_ups(&recovery.errand_of(n)).await {
                Ok(found) => all.extend(found.into_iter().map(|lacks| FollowUp::of(name, lacks))),
                Err(e) => {
                    let words =
                        format!("unknown which IAM roles and read replicas are missing: {}", e.in_one_line());
                    self.notice(&Notice::Database { name, words: &words })?;
                }
            }
        }
        Ok(all)
    }
}
