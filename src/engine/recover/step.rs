//! The actions of the steps of a recovery.

use std::cell::RefCell;

use super::bucket::{BucketOptions, BucketPart};
use super::environment::{environment, reached_by};
use super::hooks::{Hook, run_hook};
use crate::cancel::Cancel;
use crate::db::{Database, Next, Request, wait};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::recover::{Event, Finding, Record, RecoveryFile, Step, StepResult};
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
            Step::Bucket(n) => self.bucket_step(recovery, n).await,
            Step::Verify(n) => self.verify_copy(recovery, n).await,
            Step::Check(n) => self.check(recovery, n).await,
            Step::References => self.compare_references(recovery).await,
            Step::DrillCheck => self.check_drill(recovery).await,
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

    /// Returns true if keys were written after the resume hook was begun.
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
}
