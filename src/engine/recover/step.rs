//! The actions of the steps of a recovery.

use std::cell::RefCell;
use std::io::BufReader;

use super::bucket::{BucketOptions, BucketPart};
use super::environment::{environment, reached_by};
use super::hooks::{Hook, run_hook};
use crate::apply::Outcome;
use crate::cancel::Cancel;
use crate::db::{Database, Next, Request, wait};
use crate::engine::heal::Heal;
use crate::engine::options::{OnDoubt, RestoreOptions};
use crate::engine::references::{Held, References, Search};
use crate::engine::restore::{Begun, BucketStates, bucket_states};
use crate::engine::rows::read_keys;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::Terminator;
use crate::plan::Change;
use crate::program::RunLimits;
use crate::recover::{self, Dangling, Event, Finding, Record, RecoveryFile, Step, StepResult, counts};
use crate::resolve::Doubt;
use crate::spill::SortedKeys;
use crate::state::Recovery;

/// The context of the steps of a recovery.
pub(crate) struct StepContext<'a> {
    pub file: &'a RecoveryFile,
    /// The databases of the file, in order.
    pub databases: &'a [Database],
    /// The buckets of the file, in order.
    pub buckets: &'a [BucketPart],
    pub terms: BucketOptions,
    pub cancel: &'a Cancel,
    pub on: &'a dyn Fn(&Event<'_>),
    /// The findings so far.
    pub findings: RefCell<Vec<Finding>>,
}

impl std::fmt::Debug for StepContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StepContext").field("file", &self.file).finish_non_exhaustive()
    }
}

impl StepContext<'_> {
    pub(super) async fn take(&self, recovery: &Recovery, step: Step) -> Result<StepResult> {
        match step {
            Step::Quiesce => self.hook(recovery, Hook::Quiesce).await,
            Step::AfterDatabase => self.hook(recovery, Hook::AfterDatabase).await,
            Step::Resume => self.hook(recovery, Hook::Resume).await,
            Step::Start(n) => self.start(recovery, n).await,
            Step::Wait(n) => {
                let on = |answer: std::result::Result<&_, &Error>| match answer {
                    Ok(progress) => (self.on)(&Event::Database(n, progress)),
                    Err(e) => (self.on)(&Event::Unanswered(n, e)),
                };
                wait(self.database(n)?, &recovery.errand_of(n), self.cancel, on).await?;
                Ok(StepResult::default())
            }
            Step::Settle(n) => {
                let (database, restore_request) = (self.database(n)?, recovery.errand_of(n));
                database.settle(&restore_request).await?;
                Ok(reached_by(database.connection(&restore_request).await?))
            }
            Step::Swap(n) => self.swap(recovery, n).await,
            Step::Configure(n) => {
                self.database(n)?.configure(&recovery.errand_of(n)).await.map(|()| StepResult::default())
            }
            Step::Bucket(n) => self.restore_bucket(recovery, n).await,
            Step::Verify(n) => self.verify_copy(recovery, n).await,
            Step::Check(n) => self.check(recovery, n).await,
            Step::References => self.compare_references(recovery).await,
        }
    }

    /// Runs the resume hook after a quiesce hook that failed, and records it. Returns whether there is one.
    pub(super) async fn let_go(&self, recovery: &Recovery) -> Result<bool> {
        if self.file.hooks.resume.is_none() {
            return Ok(false);
        }
        self.hook(recovery, Hook::Resume).await?;
        // A journal error has been reported already; the journal then says less than was done.
        drop(recovery.note(|at| Record::ApplicationResumed { at }));
        Ok(true)
    }

    pub(super) fn bucket(&self, n: usize) -> Result<&BucketPart> {
        self.buckets
            .get(n)
            .ok_or_else(|| Error::internal(format!("the recovery file has no bucket {}", n + 1)))
    }

    pub(super) fn database(&self, n: usize) -> Result<&Database> {
        let none = || Error::internal(format!("the recovery file has no database {}", n + 1));
        self.databases.get(n).ok_or_else(none)
    }

    pub(super) fn find(&self, finding: Finding) {
        let mut findings = self.findings.borrow_mut();
        if findings.len() < limits::FINDINGS {
            findings.push(finding);
        }
    }

    /// Whether keys were written after the resume hook was begun.
    pub(super) fn has_found_writes(&self) -> bool {
        self.findings.borrow().iter().any(|finding| finding.finding == "written")
    }

    /// Runs a hook. The resume hook also runs outside its step: after a quiesce hook that failed, and in an abort.
    pub(super) async fn hook(&self, recovery: &Recovery, hook: Hook) -> Result<StepResult> {
        let environment = environment(recovery, &self.file.databases);
        run_hook(&self.file.hooks, hook, &environment).await.map(|_| StepResult::default())
    }

    /// Requests the restore of a database unless it was already requested. The request is recorded first.
    async fn start(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let (database, restore_request) = (self.database(n)?, recovery.errand_of(n));
        let note = match database.find(&restore_request).await?.next() {
            Next::Start => {
                recovery.note(|at| Record::Request { database: n, at, refused: false })?;
                match database.start(&restore_request).await? {
                    Request::Accepted(made) => made,
                    Request::Refused(e) => {
                        recovery.note(|at| Record::Request { database: n, at, refused: true })?;
                        return Err(e);
                    }
                }
            }
            Next::Wait => None,
            Next::Stop(why) => {
                let message = format!("the {}: {why}", database.title());
                return Err(Error::new(ErrorKind::Refused, message));
            }
        };
        Ok(StepResult { note, ..StepResult::default() })
    }

    /// Swaps the names of a database and its source. The resource IDs that identify both are recorded before any
    /// rename.
    async fn swap(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let database = self.database(n)?;
        let noted = recovery.state().swap(n).cloned();
        let swap = if let Some(swap) = noted {
            swap
        } else {
            let swap = database.plan_swap(&recovery.errand_of(n)).await?;
            recovery.note(|_| Record::Swapping { database: n, swap: swap.clone() })?;
            swap
        };
        database.swap(&swap).await?;
        Ok(reached_by(database.connection(&recovery.errand_of(n)).await?))
    }

    /// Compares the keys that the rows name with the bucket's present contents.
    async fn compare_references(&self, recovery: &Recovery) -> Result<StepResult> {
        let Some(told) = &self.file.references else { return Ok(StepResult::default()) };
        let keys = self.read_references(recovery, told).await?;
        let n = self.file.buckets.iter().position(|bucket| bucket.source == told.bucket);
        let n = n.ok_or_else(|| Error::internal(format!("{} is not among the buckets", told.bucket)))?;
        let part = self.bucket(n)?;
        let judge = part.judge(self.file.buckets_at(recovery.manifest().at), &self.terms).await?;
        let place = part.place();
        let held = if part.to.is_some() { Held::There(&place) } else { Held::Now };
        let search = Search { scope: part.scope(), judge: &judge, held, keys: &keys, orphans: told.orphans };
        let References { dangling, orphans, sums } = search.run(&part.client, self.cancel).await?;
        let (at, named) = (recovery.manifest().at, part.to.as_ref().unwrap_or(&part.location));
        let is_late = |dangling: &Dangling| {
            let acted_on = dangling.doubts.is_empty() || self.trusts();
            told.heal.is_some_and(|within| dangling.came_within(at, within) && acted_on)
        };
        let dangling = dangling.into_changes()?.inspect(|dangling| {
            if let Ok(dangling) = dangling
                && !is_late(dangling)
            {
                self.find(Finding::dangling(named, dangling, at));
            }
        });
        let healed = match told.heal {
            Some(within) => self.heal(recovery, n, dangling, within).await?,
            None => dangling.take(limits::FINDINGS).map(|found| found.map(|_| 0)).sum::<Result<u64>>()?,
        };
        for orphan in orphans.into_changes()?.take(limits::FINDINGS) {
            self.find(Finding::orphan(named, &orphan?));
        }
        let found = sums.dangling();
        let mut counts = counts([
            ("keys", sums.keys),
            ("dangling", found.saturating_sub(healed)),
            ("healed", healed),
            ("orphans", sums.orphans.keys),
        ]);
        if keys.is_empty() && !told.allow_empty {
            self.find(Finding::nothing_compared(named));
            counts.insert("nothing_compared".to_owned(), 1);
        }
        Ok(StepResult { counts, ..StepResult::default() })
    }

    /// Reads the keys while the command prints them.
    async fn read_references(&self, recovery: &Recovery, told: &recover::References) -> Result<SortedKeys> {
        let what = "the references' command";
        let terminator = if told.null { Terminator::Null } else { Terminator::Line };
        let location = told.bucket.clone();
        let read = move |output: std::fs::File| {
            read_keys(BufReader::new(output), terminator, &location, "the references' command")
        };
        let run_limits = RunLimits { cancel: Some(self.cancel), deadline: None };
        let environment = environment(recovery, &self.file.databases);
        told.command.pipe(what, &environment, run_limits, read).await
    }

    /// Whether the listing is trusted about uncertain keys.
    fn trusts(&self) -> bool {
        self.terms.options.on_doubt == OnDoubt::Trust
    }

    /// Restores objects that arrived `within` this time after T. Returns their number.
    async fn heal(
        &self,
        recovery: &Recovery,
        n: usize,
        dangling: impl Iterator<Item = Result<Dangling>>,
        within: std::time::Duration,
    ) -> Result<u64> {
        let part = self.bucket(n)?;
        let BucketPart { client, location, to, .. } = part;
        let BucketStates { here, there, .. } = bucket_states(client, location, to.as_ref()).await?;
        let (location, to, at) = (location.clone(), to.clone(), recovery.manifest().at);
        let heal = Heal { location, at, to, within, here, there };
        let prepared = heal.prepare(client, dangling).await?;
        if prepared.len == 0 {
            return Ok(0);
        }
        let named = prepared.changed().clone();
        // All changes left out here were reported as dangling, except those that are only archived.
        let left_out = |change: &Change| {
            if change.doubts == [Doubt::Archived] {
                self.find(Finding::unhealed(&named, &change.key, ARCHIVED));
            }
        };
        let on_doubt = if self.trusts() { OnDoubt::Trust } else { OnDoubt::Skip };
        let options = RestoreOptions { on_doubt, ..self.terms.options };
        let begun =
            Begun { state_dir: &self.terms.state_dir, server: part.server.clone(), now: self.terms.now };
        let run = prepared.begin_telling(&options, begun, left_out)?;
        // Recorded so that an abort undoes it, and a teardown aborts its uploads.
        recovery.note(|_| Record::Healing { bucket: n, run: run.id().to_owned() })?;
        let copied = client.counters().copied.get();
        let on = |change: &Change, outcome: &Outcome| {
            if let Some(why) = why_not(outcome) {
                self.find(Finding::unhealed(&named, &change.key, &why));
            }
            Ok(())
        };
        if !run.execute(client, self.terms.options.apply, self.cancel, on).await?.finished {
            let message = format!("interrupted while restoring late objects, in run {}", run.id());
            return Err(Error::new(ErrorKind::Interrupted, message));
        }
        Ok(client.counters().copied.get() - copied)
    }
}

const ARCHIVED: &str = "it is archived";

/// Why a change was not made; `None` if it was made or not needed.
fn why_not(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Copied(_) | Outcome::Deleted(_) | Outcome::MarkersRemoved | Outcome::Skipped => None,
        Outcome::Conflict => Some("the key was changed meanwhile".to_owned()),
        Outcome::Superseded { .. } => Some("an unseen write was superseded".to_owned()),
        Outcome::Archived { .. } => Some(ARCHIVED.to_owned()),
        Outcome::Failed(e) => Some(e.to_string()),
    }
}
