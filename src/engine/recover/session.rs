//! The session of a use case: a recovery file, the servers of what it names, and the claim on all of that.

use std::path::PathBuf;
use std::time::Duration;

use futures::future::try_join_all;

use super::bucket::{BucketOptions, BucketPart};
use super::connect::{as_written, buckets, clock_of, databases};
use super::deadline::execute_by;
use super::source::Source;
use super::step::StepContext;
use super::target_time::TargetTime;
use crate::cancel::Cancel;
use crate::db::rds::GivenSettings;
use crate::db::{Database, RestoreRequest, Window, until_reached};
use crate::engine::options::RestoreOptions;
use crate::error::{Error, Result};
use crate::model::{Instant, Verdict};
use crate::recover::{
    BucketPlan, Event, Finding, Notice, Purpose, RecoveryManifest, RecoveryOutcome, Resource, Suggest,
};
use crate::s3::{ServerClock, Settings};
use crate::state::Claim;
use crate::state::Recovery;

/// How a recovery, a drill or an abort goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecoveryOptions {
    pub state_dir: PathBuf,
    /// The server, as far as the file says nothing else.
    pub server: Settings,
    /// How every bucket is restored.
    pub restore: RestoreOptions,
    /// Uploads in parts begun so long before the time are cautioned about.
    pub multipart_window: Duration,
    /// Files with the settings of databases' sources.
    pub settings_from: Vec<PathBuf>,
}

/// What every use case about a recovery file is given.
#[derive(Clone, Copy)]
pub(crate) struct RecoveryRequest<'a> {
    pub source: &'a Source,
    pub options: &'a RecoveryOptions,
    pub cancel: &'a Cancel,
    /// Is told what goes on. An error ends what has not begun yet.
    pub on: &'a dyn Fn(&Notice<'_>) -> Result<()>,
    /// Says how a command is typed.
    pub suggest: Suggest,
}

impl std::fmt::Debug for RecoveryRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecoveryRequest").field("source", &self.source).finish_non_exhaustive()
    }
}

/// A request whose databases and buckets are connected.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) request: RecoveryRequest<'a>,
    /// The file's, in its order.
    pub(super) databases: Vec<Database>,
    /// Of each database, whether the settings of its source were given.
    pub(super) given: Vec<bool>,
    /// The file's, in its order.
    pub(super) buckets: Vec<BucketPart>,
    /// The clock of the buckets' servers.
    pub(super) clock: ServerClock,
    /// The present, by that clock.
    pub(super) now: Instant,
    /// Keeps every other process from what the file names.
    pub(super) claim: Option<Claim>,
}

impl<'a> Session<'a> {
    /// Connects. What the file names is claimed for a `command` before anything is looked at that another process may be
    /// changing; without one nothing is going to be changed.
    pub(super) async fn open(request: RecoveryRequest<'a>, command: Option<&str>) -> Result<Self> {
        let RecoveryRequest { source, options, cancel, on, suggest: _ } = request;
        let databases = databases(&source.file, &options.server, cancel).await?;
        let given = take_settings(&databases, &options.settings_from).await?;
        let buckets = buckets(&source.file, &options.server, as_written).await?;
        let claim = |command| Claim::take(&options.state_dir, command, resources(source, &buckets));
        let claim = command.map(claim).transpose()?;
        let clock = clock_of(&buckets).await;
        if let Some(ahead) = clock.skew() {
            on(&Notice::ClockSkew(ahead))?;
        }
        let now = clock.now().whole_second();
        Ok(Self { request, databases, given, buckets, clock, now, claim })
    }

    /// Everything that a recovery of the file works on.
    pub(super) fn resources(&self) -> Vec<Resource> {
        resources(self.request.source, &self.buckets)
    }

    /// Tells other processes the name and the time of what works here.
    pub(super) fn tell(&mut self, recovery: &Recovery) -> Result<()> {
        let state_dir = &self.request.options.state_dir;
        match &mut self.claim {
            Some(claim) => claim.tell(state_dir, recovery.id(), Some(recovery.manifest().at)),
            None => Ok(()),
        }
    }

    pub(super) fn notice(&self, notice: &Notice<'_>) -> Result<()> {
        (self.request.on)(notice)
    }

    pub(super) fn terms(&self) -> BucketOptions {
        let RecoveryOptions { state_dir, restore, multipart_window, .. } = self.request.options;
        let (state_dir, options) = (state_dir.clone(), *restore);
        BucketOptions { state_dir, options, multipart_window: *multipart_window, now: self.now }
    }

    /// What a recovery or a drill of the file is told.
    pub(super) fn manifest(&self, purpose: Purpose, typed: &str, at: Instant) -> RecoveryManifest {
        let Source { path, file } = self.request.source;
        RecoveryManifest {
            targets: file.targets(),
            ..RecoveryManifest::new(purpose, path, file.about(), typed, at, self.now)
        }
    }

    /// The windows of all databases, asked for side by side. What should be known before they are restored is told.
    pub(super) async fn windows(&self) -> Result<Vec<Window>> {
        let windows = try_join_all(self.databases.iter().map(Database::window)).await?;
        for caution in try_join_all(self.databases.iter().map(Database::cautions)).await?.concat() {
            self.notice(&Notice::Caution(&caution))?;
        }
        Ok(windows)
    }

    /// The same, once all of them reach the target time, however long that takes them.
    pub(super) async fn windows_in_time(&self, target: &TargetTime) -> Result<Vec<Window>> {
        let windows = self.windows().await?;
        let Some(typed) = target.time else { return Ok(windows) };
        let at = typed.past(self.now)?.whole_second();
        let on = |database: &Database, latest: Instant| {
            drop(self.notice(&Notice::Waiting { database: database.name(), at, latest }));
        };
        until_reached(&self.databases, windows, at, self.request.cancel, on).await
    }

    /// Looks up what the restores of these databases need, and gives what will be made, in words. What a person should know
    /// is told; a restore that is certain to fail is refused.
    pub(super) async fn preflight(
        &self,
        databases: &[Database],
        errand: &RestoreRequest,
    ) -> Result<Vec<String>> {
        let looked_up = try_join_all(databases.iter().map(|database| database.preflight(errand))).await?;
        for (database, preflight) in databases.iter().zip(&looked_up) {
            for finding in preflight.findings.iter().filter(|finding| finding.verdict != Verdict::Failed) {
                self.notice(&Notice::Database { name: database.name(), words: &finding.words })?;
            }
            preflight.require(database)?;
        }
        Ok(looked_up.into_iter().flat_map(|preflight| preflight.outline).collect())
    }

    /// What the cut-overs will rename, in words. Names that are taken are refused.
    pub(super) async fn swaps(&self, errand: &RestoreRequest) -> Result<Vec<String>> {
        let lines = self.databases.iter().map(|database| database.outline_swap(errand));
        Ok(try_join_all(lines).await?.concat())
    }

    /// Shows the time, these lines about the databases, and what would be changed in each bucket, and refuses what must not
    /// be changed.
    pub(super) async fn show(&self, at: Instant, lines: &[String]) -> Result<()> {
        self.notice(&Notice::Plan { at, now: self.now, lines })?;
        let (at, terms) = (self.request.source.file.buckets_at(at), self.terms());
        for part in &self.buckets {
            let prepared = part.prepare(at, &terms, self.request.cancel).await?;
            self.notice(&Notice::Bucket(BucketPlan {
                location: &part.location,
                to: part.to.as_ref(),
                at,
                now: self.now,
                checks: &prepared.checks,
                sums: &prepared.sums,
                warnings: prepared.plausibility(&terms.options).warnings(),
            }))?;
            part.accept(&prepared, &terms.options)?;
        }
        Ok(())
    }

    /// Takes the steps of a recovery that are left.
    pub(super) async fn take_steps(&self, recovery: &Recovery, buckets: &[BucketPart]) -> Taken {
        let RecoveryRequest { source, cancel, on, .. } = self.request;
        let on = |event: &Event<'_>| drop(on(&Notice::Step(event)));
        let context = StepContext {
            file: &source.file,
            databases: &self.databases,
            buckets,
            terms: self.terms(),
            cancel,
            on: &on,
            findings: std::cell::RefCell::default(),
        };
        let outcome = execute_by(recovery, &context).await;
        Taken { outcome, findings: context.findings.into_inner() }
    }
}

/// What came of the steps of a recovery or a drill.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) outcome: RecoveryOutcome,
    pub(super) findings: Vec<Finding>,
}

fn resources(source: &Source, buckets: &[BucketPart]) -> Vec<Resource> {
    let endpoints = buckets.iter().map(|bucket| bucket.server.asked());
    source.file.resources(source.path.clone(), endpoints)
}

/// Takes the settings of these files. Gives of each database whether one was of its source.
async fn take_settings(databases: &[Database], files: &[PathBuf]) -> Result<Vec<bool>> {
    let mut taken = vec![false; databases.len()];
    for path in files {
        let bytes = std::fs::read(path)
            .map_err(|e| Error::usage(format!("cannot read the settings in {}: {e}", path.display())))?;
        let given = GivenSettings::read(bytes);
        let mut any = false;
        for (database, taken) in databases.iter().zip(&mut taken) {
            let is_of_source = database.take(&given).await?;
            (any, *taken) = (any || is_of_source, *taken || is_of_source);
        }
        if !any {
            let message = format!(
                "{} does not describe the source of any database in the recovery file",
                path.display()
            );
            return Err(Error::usage(message).hint(
                "create it with aws rds describe-db-instances or describe-db-clusters --db-cluster-identifier before the source is isolated, or use the settings-N.json of an earlier recovery",
            ));
        }
    }
    Ok(taken)
}
