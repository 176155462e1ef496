//! The session of a use case: a recovery file, the connected servers, and the claim on its resources.

use std::path::PathBuf;
use std::time::Duration;

use futures::future::try_join_all;

use super::bucket::{BucketOptions, BucketPart};
use super::connect::{buckets, clock_of, databases};
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
    BucketPlan, Event, Finding, Notice, Purpose, RecoveryManifest, RecoveryOutcome, Resource, Suggest, Target,
};
use crate::s3::{ServerClock, Settings};
use crate::state::{Claim, MarksFile, Recovery};

/// The options of a recovery, a drill or an abort.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecoveryOptions {
    pub state_dir: PathBuf,
    /// Server settings for whatever the file does not set.
    pub server: Settings,
    /// The options for restoring every bucket.
    pub restore: RestoreOptions,
    /// Caution about multipart uploads begun within this time before the target time.
    pub multipart_window: Duration,
    /// Files with the settings of source databases.
    pub settings_from: Vec<PathBuf>,
}

/// The input of every use case of a recovery file.
#[derive(Clone, Copy)]
pub(crate) struct RecoveryRequest<'a> {
    pub source: &'a Source,
    pub options: &'a RecoveryOptions,
    pub cancel: &'a Cancel,
    /// Receives notices. If it fails, nothing further is begun.
    pub on: &'a dyn Fn(&Notice<'_>) -> Result<()>,
    /// Formats a suggested command.
    pub suggest: Suggest,
}

impl std::fmt::Debug for RecoveryRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecoveryRequest").field("source", &self.source).finish_non_exhaustive()
    }
}

/// A request with connected databases and buckets.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) request: RecoveryRequest<'a>,
    /// The databases of the file, in order.
    pub(super) databases: Vec<Database>,
    /// For each database, whether the settings of its source were given.
    pub(super) given: Vec<bool>,
    /// The buckets of the file, in order.
    pub(super) buckets: Vec<BucketPart>,
    /// The clock of the buckets' servers.
    pub(super) clock: ServerClock,
    /// The present time, by that clock.
    pub(super) now: Instant,
    /// The claim that keeps other processes from the file's resources.
    pub(super) claim: Option<Claim>,
}

impl<'a> Session<'a> {
    /// Connects to the servers. Claims the file's resources for `command` before inspecting anything that another
    /// process may be changing; without a command, nothing will be changed and nothing is claimed.
    pub(super) async fn open(request: RecoveryRequest<'a>, command: Option<&str>) -> Result<Self> {
        let RecoveryRequest { source, options, cancel, on, suggest: _ } = request;
        let buckets = buckets(&source.file, &options.server, Target::clone).await?;
        let claim = |command| Claim::take(&options.state_dir, command, resources(source, &buckets));
        let claim = command.map(claim).transpose()?;
        // Read under the claim, so that no mark expires before its snapshot is restored.
        let marks = MarksFile::read(&options.state_dir)?;
        let databases = databases(source, &options.server, &marks, cancel).await?;
        let given = take_settings(&databases, &options.settings_from).await?;
        let clock = clock_of(&buckets).await;
        if let Some(ahead) = clock.skew() {
            on(&Notice::ClockSkew(ahead))?;
        }
        let now = clock.now().whole_second();
        Ok(Self { request, databases, given, buckets, clock, now, claim })
    }

    /// Every resource that a recovery of the file works on.
    pub(super) fn resources(&self) -> Vec<Resource> {
        resources(self.request.source, &self.buckets)
    }

    /// Publishes the ID and the target time of the recovery to other processes.
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

    /// The manifest of a recovery or a drill of the file.
    pub(super) fn manifest(&self, purpose: Purpose, typed: &str, at: Instant) -> RecoveryManifest {
        let Source { path, file } = self.request.source;
        let snapshot = |(n, store): (usize, &Database)| Some((n, store.snapshot_at(at)?.to_owned()));
        RecoveryManifest {
            targets: file.targets(),
            snapshots: self.databases.iter().enumerate().filter_map(snapshot).collect(),
            ..RecoveryManifest::new(purpose, path, file.about(), typed, at, self.now)
        }
    }

    /// Queries the windows of all databases concurrently, and reports cautions about their restores.
    pub(super) async fn windows(&self) -> Result<Vec<Window>> {
        let windows = try_join_all(self.databases.iter().map(Database::window)).await?;
        for caution in try_join_all(self.databases.iter().map(Database::cautions)).await?.concat() {
            self.notice(&Notice::Caution(&caution))?;
        }
        Ok(windows)
    }

    /// Like [`windows`](Self::windows), but waits until every database can be restored to the target time.
    pub(super) async fn windows_in_time(&self, target: &TargetTime) -> Result<Vec<Window>> {
        let windows = self.windows().await?;
        let Some(typed) = target.time else { return Ok(windows) };
        let at = typed.past(self.now)?.whole_second();
        let on = |database: &Database, latest: Instant| {
            drop(self.notice(&Notice::Waiting { database: database.name(), at, latest }));
        };
        until_reached(&self.databases, windows, at, self.request.cancel, on).await
    }

    /// Looks up what the restores of these databases need, and describes the databases to be created. Reports warnings,
    /// and refuses a restore that is certain to fail.
    pub(super) async fn preflight(
        &self,
        databases: &[Database],
        restore_request: &RestoreRequest,
    ) -> Result<Vec<String>> {
        let looked_up =
            try_join_all(databases.iter().map(|database| database.preflight(restore_request))).await?;
        for (database, preflight) in databases.iter().zip(&looked_up) {
            for finding in preflight.findings.iter().filter(|finding| finding.verdict != Verdict::Failed) {
                self.notice(&Notice::Database { name: database.name(), words: &finding.words })?;
            }
            preflight.require(database)?;
        }
        Ok(looked_up.into_iter().flat_map(|preflight| preflight.outline).collect())
    }

    /// Describes the renames of the cut-overs. Refuses names that are taken.
    pub(super) async fn swaps(&self, restore_request: &RestoreRequest) -> Result<Vec<String>> {
        let lines = self.databases.iter().map(|database| database.outline_swap(restore_request));
        Ok(try_join_all(lines).await?.concat())
    }

    /// Says what a recovery to the time of a mark is worth.
    pub(super) fn tell_of_mark(&self, at: Instant) -> Result<()> {
        let RecoveryRequest { source, options, .. } = self.request;
        let marks = MarksFile::read(&options.state_dir)?.of_file(&source.path.to_string_lossy());
        marks.iter().filter(|mark| mark.at == at).try_for_each(|mark| self.notice(&Notice::Marked(mark)))
    }

    /// Shows the target time, these lines about the databases, and the changes in each bucket; refuses changes that the
    /// options do not allow.
    pub(super) async fn show(&self, at: Instant, lines: &[String]) -> Result<()> {
        self.notice(&Notice::Plan { at, now: self.now, lines })?;
        let (at, terms) = (self.request.source.file.buckets_at(at), self.terms());
        for part in &self.buckets {
            let prepared = part.prepare(at, &terms, self.request.cancel).await?;
            self.notice(&Notice::Bucket(BucketPlan {
                location: &part.location,
                to: part.target.elsewhere(),
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

    /// Takes the remaining steps of a recovery.
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

/// The result of the steps of a recovery or a drill.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) outcome: RecoveryOutcome,
    pub(super) findings: Vec<Finding>,
}

fn resources(source: &Source, buckets: &[BucketPart]) -> Vec<Resource> {
    let endpoints = buckets.iter().map(|bucket| bucket.server.asked());
    source.file.resources(source.path.clone(), endpoints)
}

/// Reads settings from these files. Returns for each database whether one described its source.
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
