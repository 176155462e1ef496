//! Performs a recovery of the buckets and databases in a recovery file.
//!
//! In two steps: [`Recover::prepare`] finds earlier recoveries and shows the plan, without changing anything;
//! [`PreparedRecovery::execute`] then begins or resumes the recovery and takes its steps.

use super::connect::buckets;
use super::earlier::Others;
use super::kept::keep_sources;
use super::session::{RecoveryRequest, Session, Taken};
use super::target_time::TargetTime;
use crate::db::{RestoreRequest, require_free};
use crate::error::Result;
use crate::model::Instant;
use crate::recover::{
    Conclusion, FollowUp, NextCommand, Notice, Purpose, RecoveryManifest, RecoveryOutcome, Report, Resumed,
    Target, check_recovery,
};
use crate::state::Quiesced;
use crate::state::Recovery;

#[derive(Debug)]
pub(crate) struct Recover<'a> {
    pub request: RecoveryRequest<'a>,
    pub begins: Begins,
}

/// The target time of a recovery.
#[derive(Debug)]
pub(crate) enum Begins {
    At(TargetTime),
    /// This time, after waiting until every database can be restored to it.
    Reached(TargetTime),
    /// The time in the tags of the databases of a recovery whose state directory is lost; and the typed time, if any.
    Adopted(Option<TargetTime>),
}

/// A recovery that is new, at least to this state directory.
#[derive(Debug)]
pub(super) struct New {
    /// Its ID, if it is adopted.
    pub(super) adopted: Option<String>,
    pub(super) typed: String,
    pub(super) at: Instant,
}

/// A recovery whose plan is known. Nothing has been changed yet.
#[derive(Debug)]
pub(crate) struct PreparedRecovery<'a> {
    session: Session<'a>,
    start: Start,
}

#[derive(Debug)]
enum Start {
    Resumed(Recovery),
    /// A finished recovery, which is checked and reported again.
    Ended(Recovery),
    New(New, Others),
}

/// The result of a recovery or a drill.
#[derive(Debug)]
pub(crate) struct RecoveryResult {
    pub recovery: Recovery,
    pub report: Report,
    pub outcome: RecoveryOutcome,
    pub conclusion: Conclusion,
    pub had_ended: bool,
}

impl<'a> Recover<'a> {
    /// Shows the plan without changing anything. Returns the command that performs it.
    pub(crate) async fn preview(self) -> Result<String> {
        check_recovery(&self.request.source.file)?;
        let session = Session::open(self.request, None).await?;
        session.tell_of_killed_mark()?;
        let path = &session.request.source.path;
        let New { adopted, at, .. } = session.plan(&self.begins).await?;
        let next = if adopted.is_some() { NextCommand::Adopt(path) } else { NextCommand::Recover(path, at) };
        Ok((session.request.suggest)(next))
    }

    /// Finds an earlier recovery to continue; if there is none, checks and shows the plan of a new one.
    pub(crate) async fn prepare(self) -> Result<PreparedRecovery<'a>> {
        check_recovery(&self.request.source.file)?;
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

    /// Checks and shows the plan of a new recovery.
    async fn plan(&self, begins: &Begins) -> Result<New> {
        let (target, windows) = match begins {
            Begins::At(target) => (target, self.windows().await?),
            Begins::Reached(target) => (target, self.windows_in_time(target).await?),
            Begins::Adopted(target) => return self.plan_adopted(target.as_ref()).await,
        };
        let at = target.resolve(&self.databases, &windows, self.now)?;
        self.tell_of_mark(at)?;
        // If a taken target were found only by the restore request, the application would be quiesced and buckets
        // already changed. No recovery has this tag, so a database found there does not belong to the one that would
        // begin.
        let restore_request = RestoreRequest::new(at, format!("{}-none", self.now.compact()));
        if let Err(e) = require_free(&self.databases, &restore_request).await {
            return Err(self.hint_to_adopt(e).await);
        }
        let outline = self.preflight(&self.databases, &restore_request).await?;
        let swaps = self.swaps(&restore_request).await?;
        let reached =
            self.databases.iter().zip(&windows).map(|(database, window)| window.in_words(&database.title()));
        self.show(at, &reached.chain(outline).chain(swaps).collect::<Vec<_>>()).await?;
        Ok(New { adopted: None, typed: target.typed.clone(), at })
    }

    /// Warns that a killed mark may have left the application quiesced; the recovery runs the resume hook at its end.
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

    /// Clears the record of a killed mark once the resume hook has run; runs the hook if the recovery was done earlier.
    async fn forget_killed_mark(&self, outcome: &RecoveryOutcome) -> Result<()> {
        let RecoveryRequest { source, options, .. } = self.request;
        if outcome.resumed && source.file.hooks.resume.is_some() {
            return Quiesced::forget(&options.state_dir, &source.path);
        }
        // The recovery's own resume hook ran in an earlier process, before the mark was killed.
        match Quiesced::find(&options.state_dir, &source.path)? {
            Some(killed) if outcome.ending.is_done() => killed.resume(&options.state_dir, source).await,
            _ => Ok(()),
        }
    }
}

impl PreparedRecovery<'_> {
    /// The name to type at the confirmation prompt; `None` if there is no prompt.
    pub(crate) fn name_to_type(&self) -> Result<Option<String>> {
        match self.start {
            Start::Ended(_) => return Ok(None),
            Start::Resumed(_) => self.session.notice(&Notice::MayRewind)?,
            Start::New(..) => {}
        }
        Ok(Some(self.session.request.source.name()))
    }

    /// Begins the recovery if necessary, and takes the remaining steps.
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
        // New clients, since each counts the changes in its bucket from now on.
        let buckets = buckets(&source.file, &options.server, Target::clone).await?;
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

    /// The settings of the sources that the restored databases lack. If a database cannot be queried, that is only a
    /// notice: it is restored all the same.
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
