//! Applies one shard of a plan set, as a run whose ID is made of the set's ID and the shard's index: the same command
//! begins the run, resumes it, and finds it done.
//!
//! Guards look at the whole set. A shard that only deletes keys is not refused if the plan deletes few of them, and every
//! shard is refused if the plan deletes most.

use super::consent::{Consent, Said};
use super::options::{RestoreOptions, Target, mass_delete};
use super::restore::{Begun, Prepared, Restore};
use super::set_place::SavedSet;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Check;
use crate::plan::Sums;
use crate::plan::set::PlanSet;
use crate::recover::Resource;
use crate::s3::Client;
use crate::state::{Run, RunManifest, Server, ShardId, StateHome, Undos};

/// A shard to be applied.
#[derive(Debug)]
pub struct Work<'a> {
    set: &'a SavedSet,
    shard: ShardId,
}

/// A worker: where it keeps runs, which server it asks, and what it may do.
#[derive(Debug, Clone)]
pub struct ShardWorker<'a> {
    /// The place of the runs.
    pub home: &'a StateHome,
    /// The server.
    pub server: Server,
    /// Options for making changes, and the policy for uncertain keys.
    pub options: &'a RestoreOptions,
    /// True if more than half of the keys may be deleted.
    pub allow_mass_delete: bool,
}

/// A shard that was taken up.
#[derive(Debug)]
pub enum TakenShard {
    /// Every change is done.
    Applied(Box<Run>),
    /// There is nothing to change.
    Nothing {
        /// The number of uncertain keys that are left unchanged.
        left_out: u64,
    },
    /// Its run can be executed.
    Ready(Box<ReadyShard>),
}

/// A shard whose run can be executed.
#[derive(Debug)]
pub struct ReadyShard {
    /// The run.
    pub run: Run,
    /// The sums of its plan.
    pub sums: Sums,
    /// The checks of the bucket, if the run begins.
    pub checks: Vec<Check>,
    /// The number of uncertain keys that are left unchanged.
    pub left_out: u64,
    /// The run that it undoes: nobody else may resume it meanwhile.
    pub undone: Option<Run>,
}

/// The progress of a shard's run.
#[derive(Debug)]
enum ShardProgress {
    /// It was not begun, or stopped before its plan was written.
    NotBegun,
    /// It can be resumed.
    Begun(Run),
    /// Every change is done.
    Applied(Run),
}

impl<'a> Work<'a> {
    /// The shard of a set with this index.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for an index out of range.
    pub fn new(set: &'a SavedSet, index: u32) -> Result<Self> {
        if index >= set.len() {
            return Err(set.out_of_range(index));
        }
        Ok(Self { set, shard: shard_id(set, index) })
    }

    /// Returns the shard.
    pub fn shard(&self) -> &ShardId {
        &self.shard
    }

    /// Opens the shard's run on this server; `None` if it was not begun, or stopped before its plan was written.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if another worker is applying the shard, or if the run belongs to another set or to
    /// a server on which a bucket of the same name is another one.
    pub(super) async fn find(&self, home: &StateHome, server: &Server) -> Result<Option<Run>> {
        let (id, state_dir) = (self.shard.run(), home.dir());
        home.fetch(&id).await?;
        // In a bucket, the manifest is written after the plan, which is not read here.
        let is_empty = || !home.is_in_bucket() && Run::has_changed_nothing(state_dir, &id);
        if !Run::exists(state_dir, &id) || is_empty() {
            return Ok(None);
        }
        let run = home.open(&id).await?;
        let manifest = run.manifest();
        if !is_run_of(self.set, &self.shard, manifest) {
            let message = format!("run {id} in {home} is not of the plan set {}", self.set.id);
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("nothing was changed; use --state-dir for another directory"));
        }
        let bucket = |server: &Server| Resource::bucket(server.asked(), &manifest.location);
        if !bucket(&manifest.server).meets(&bucket(server)) {
            let message = format!("run {id} in {home} was begun on another server");
            return Err(Error::new(ErrorKind::Refused, message).hint(
                "nothing was changed; use --state-dir for another directory, or the run's --endpoint-url",
            ));
        }
        Ok(Some(run))
    }

    /// Finds the progress of the shard.
    async fn progress(&self, home: &StateHome, server: &Server) -> Result<ShardProgress> {
        let Some(run) = self.find(home, server).await? else { return Ok(ShardProgress::NotBegun) };
        if let Some(undo) = Undos::read(home.dir())?.begun(home.dir(), run.id()) {
            let message = format!("run {} was undone by run {undo}, at least in part", run.id());
            return Err(Error::new(ErrorKind::Refused, message).hint(
                "to apply the changes again, create a new plan set: asof diff … --out DIR --shards N",
            ));
        }
        let is_done = run.read_state()?.is_done();
        Ok(if is_done { ShardProgress::Applied(run) } else { ShardProgress::Begun(run) })
    }

    /// Takes up the shard: finds its run, or begins it. Makes no change.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if another worker is applying the shard, if its run was undone or an undo of it has
    /// begun, if it is the undo of a run that has changed since, or if the guards do not allow the set;
    /// [`Usage`](ErrorKind::Usage) for a shard that is not the one of the manifest.
    pub async fn take_up(
        &self,
        client: &Client,
        worker: ShardWorker<'_>,
        cancel: &Cancel,
    ) -> Result<TakenShard> {
        let ShardWorker { home, server, options, .. } = &worker;
        let mut run = match self.progress(home, server).await? {
            ShardProgress::Applied(run) => return Ok(TakenShard::Applied(Box::new(run))),
            ShardProgress::Begun(run) => Some(run),
            ShardProgress::NotBegun => None,
        };
        client.ask_clock(&self.set.manifest.plan.bucket).await;
        let undone = self.hold_undone(home).await?;
        if let Some(run) = &mut run {
            run.thaw(options.copying.thaw);
        }
        match run {
            Some(run) => {
                let sums = run.open_plan()?.sums;
                Ok(TakenShard::Ready(Box::new(ReadyShard {
                    run,
                    sums,
                    checks: Vec::new(),
                    left_out: 0,
                    undone,
                })))
            }
            None => self.begin(client, worker, undone, cancel).await,
        }
    }

    async fn begin(
        &self,
        client: &Client,
        worker: ShardWorker<'_>,
        undone: Option<Run>,
        cancel: &Cancel,
    ) -> Result<TakenShard> {
        let ShardWorker { home, server, options, allow_mass_delete } = worker;
        Guards { options, allow_mass_delete }.require(self.set)?;
        let plan = self.set.open_plan(self.shard.index).await?;
        let prepared = Restore::Plan(Box::new(plan)).prepare(client, cancel).await?;
        let left_out = options.left_out(&prepared.sums);
        if prepared.len == left_out {
            return Ok(TakenShard::Nothing { left_out });
        }
        let undoes = undone.as_ref().map(|run| run.id().to_owned());
        let prepared = Prepared { shard: Some(self.shard.clone()), undoes, ..prepared };
        let (checks, sums) = (prepared.checks.clone(), prepared.sums.clone());
        let now = client.clock().now().whole_second();
        let run = prepared.begin(options, Begun { state_dir: home.dir(), server, now })?;
        let run = home.keep(run, cancel).await?;
        Ok(TakenShard::Ready(Box::new(ReadyShard { run, sums, checks, left_out, undone })))
    }

    /// Opens the run that the shard undoes, so that nobody resumes it meanwhile:
    ///
    /// | the run was begun when its undo was planned | the run now | |
    /// |---|---|---|
    /// | no | has not begun | nothing to undo |
    /// | no | has begun | refused |
    /// | yes | is as it was | held |
    /// | yes | was resumed | refused |
    async fn hold_undone(&self, home: &StateHome) -> Result<Option<Run>> {
        let manifest = &self.set.manifest;
        let Some(set) = manifest.undoes.clone() else { return Ok(None) };
        let ShardId { index, shards, .. } = self.shard;
        let id = ShardId { set, index, shards }.run();
        let planned = manifest.shards.get(index as usize).and_then(|shard| shard.undoes.as_deref());
        home.fetch(&id).await?;
        let state_dir = home.dir();
        if planned.is_none() && (!Run::exists(state_dir, &id) || Run::has_changed_nothing(state_dir, &id)) {
            return Ok(None);
        }
        let run = home.open(&id).await.map_err(|e| e.hint(STATE_OF_UNDONE))?;
        let found = if run.has_begun() { Some(run.read_state()?.fingerprint()) } else { None };
        if found.as_deref() == planned {
            return Ok(planned.map(|_| run));
        }
        let message = format!("run {id} has made changes since its undo was planned");
        Err(Error::new(ErrorKind::Refused, message)
            .hint("nothing was changed; plan its undo again: asof undo SET --out DIR"))
    }
}

const STATE_OF_UNDONE: &str = "an undo needs the state directory of the runs that it undoes: --state-dir";

/// Identifies a shard of a set.
pub(super) fn shard_id(set: &PlanSet, index: u32) -> ShardId {
    ShardId { set: set.id.clone(), index, shards: set.len() }
}

/// Returns true if a run with this manifest applies this shard of the set.
pub(super) fn is_run_of(set: &PlanSet, shard: &ShardId, manifest: &RunManifest) -> bool {
    let plan = &set.manifest.plan;
    manifest.shard.as_ref() == Some(shard) && manifest.location == plan.location() && manifest.at == plan.at
}

/// The options that decide whether a plan set may be applied.
#[derive(Debug, Clone, Copy)]
pub struct Guards<'a> {
    /// Options for making changes, and the policy for uncertain keys.
    pub options: &'a RestoreOptions,
    /// True if more than half of the keys may be deleted.
    pub allow_mass_delete: bool,
}

impl Guards<'_> {
    /// Fails if a set may not be applied.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if the whole plan has uncertain keys or deletes most keys, and the options do not
    /// allow that.
    pub(super) fn require(self, set: &PlanSet) -> Result<()> {
        let Self { options, allow_mass_delete } = self;
        let (sums, at) = (set.sums(), set.manifest.plan.at);
        options.require_certainty(sums, at, Target::Bucket)?;
        let plausibility = options.plausibility(sums, at);
        if Consent::needed(plausibility, Said { allow_mass_delete, yes: true }) != Consent::Given {
            return Err(mass_delete(plausibility).hint("add --allow-mass-delete if it is right"));
        }
        Ok(())
    }
}
