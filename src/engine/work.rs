//! Applies one shard of a plan set, as a run whose ID is made of the set's ID and the shard's index: the same command
//! begins the run, resumes it, and finds it done.
//!
//! Guards look at the whole set. A shard that only deletes keys is not refused if the plan deletes few of them, and every
//! shard is refused if the plan deletes most.

use std::path::Path;

use super::consent::{Consent, Said};
use super::options::{RestoreOptions, Target, mass_delete};
use super::restore::{Prepared, Restore};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::set::PlanSet;
use crate::recover::Resource;
use crate::s3::Client;
use crate::state::{Run, RunManifest, RunStatus, Server, ShardId};

/// A shard to be applied.
#[derive(Debug)]
pub struct Work<'a> {
    set: &'a PlanSet,
    shard: ShardId,
}

/// The progress of a shard's run.
#[derive(Debug)]
pub enum ShardProgress {
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
    pub fn new(set: &'a PlanSet, index: u32) -> Result<Self> {
        if index >= set.len() {
            return Err(set.out_of_range(index));
        }
        Ok(Self { set, shard: ShardId { set: set.id.clone(), index, shards: set.len() } })
    }

    /// Returns the shard.
    pub fn shard(&self) -> &ShardId {
        &self.shard
    }

    /// Finds the shard's run on this server in the state directory.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if another worker is applying the shard, if the run was undone or an undo of it has
    /// begun, or if it belongs to another set or to a server on which a bucket of the same name is another one.
    pub fn progress(&self, state_dir: &Path, server: &Server) -> Result<ShardProgress> {
        let id = self.shard.run();
        if !Run::exists(state_dir, &id) || Run::has_changed_nothing(state_dir, &id) {
            return Ok(ShardProgress::NotBegun);
        }
        let run = Run::open(state_dir, &id)?;
        let (manifest, plan) = (run.manifest(), &self.set.manifest.plan);
        let is_ours = manifest.shard.as_ref() == Some(&self.shard)
            && manifest.location == plan.location()
            && manifest.at == plan.at;
        if !is_ours {
            let message =
                format!("run {id} in {} is not of the plan set {}", state_dir.display(), self.set.id);
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("nothing was changed; use --state-dir for another directory"));
        }
        let bucket = |server: &Server| Resource::bucket(server.asked(), &manifest.location);
        if !bucket(&manifest.server).meets(&bucket(server)) {
            let message = format!("run {id} in {} was begun on another server", state_dir.display());
            return Err(Error::new(ErrorKind::Refused, message).hint(
                "nothing was changed; use --state-dir for another directory, or the run's --endpoint-url",
            ));
        }
        if let Some(undo) = undone_by(state_dir, &id)? {
            let message = format!("run {id} was undone by run {undo}, at least in part");
            return Err(Error::new(ErrorKind::Refused, message).hint(
                "to apply the changes again, create a new plan set: asof diff … --out DIR --shards N",
            ));
        }
        let is_done = run.read_state()?.is_done();
        Ok(if is_done { ShardProgress::Applied(run) } else { ShardProgress::Begun(run) })
    }

    /// Prepares the run of the shard. Changes nothing.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if the whole plan has uncertain keys or deletes most keys, and the options do not
    /// allow that; [`Usage`](ErrorKind::Usage) for a shard that is not the one of the manifest.
    pub async fn prepare(&self, client: &Client, guards: Guards<'_>, cancel: &Cancel) -> Result<Prepared> {
        let Guards { options, allow_mass_delete } = guards;
        let (sums, at) = (self.set.sums(), self.set.manifest.plan.at);
        let plan = self.set.open_shard(self.shard.index)?;
        options.require_certainty(sums, at, Target::Bucket)?;
        let plausibility = options.plausibility(sums, at);
        if Consent::needed(plausibility, Said { allow_mass_delete, yes: true }) != Consent::Given {
            return Err(mass_delete(plausibility).hint("add --allow-mass-delete if it is right"));
        }
        let prepared = Restore::Plan(Box::new(plan)).prepare(client, cancel).await?;
        Ok(Prepared { shard: Some(self.shard.clone()), ..prepared })
    }
}

/// Returns the run that undoes the run `id`, finished or not. Reads journals only if there is such a run: a set can have thousands.
fn undone_by(state_dir: &Path, id: &str) -> Result<Option<String>> {
    let undoes = |run: &Result<RunManifest>| run.as_ref().is_ok_and(|run| run.undoes.as_deref() == Some(id));
    if !Run::begun(state_dir)?.iter().any(|(_, run)| undoes(run)) {
        return Ok(None);
    }
    let all = Run::list(state_dir)?;
    Ok(RunStatus::begun_undo(id, &all).map(str::to_owned))
}

/// The options that decide whether a plan set may be applied.
#[derive(Debug, Clone, Copy)]
pub struct Guards<'a> {
    /// How changes are made, and the treatment of uncertain keys.
    pub options: &'a RestoreOptions,
    /// Whether more than half of the keys may be deleted.
    pub allow_mass_delete: bool,
}

/// A variable of the environment in which an engine passes the index of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardVariable {
    /// The name.
    pub name: &'static str,
    /// The value; `None` if it is not set, or empty.
    pub value: Option<String>,
}

impl ShardVariable {
    /// The variables of Kubernetes Indexed Jobs, AWS Batch array jobs, and Slurm job arrays.
    pub const NAMES: [&'static str; 3] =
        ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"];
}

/// Returns the index of the shard to apply:
///
/// | `--shard` | variables that are set | index |
/// |---|---|---|
/// | given | any | that of `--shard` |
/// | | one, or several with the same number | theirs |
/// | | several with different numbers | error |
/// | | one that is not a number | error |
/// | | none | error |
///
/// # Errors
/// [`Usage`](ErrorKind::Usage) as in the table.
pub fn shard_index(typed: Option<u32>, variables: &[ShardVariable]) -> Result<u32> {
    if let Some(index) = typed {
        return Ok(index);
    }
    let named = |ShardVariable { name, value }: &ShardVariable| Some((*name, value.clone()?));
    let mut found: Option<(&str, u32)> = None;
    for (name, value) in variables.iter().filter_map(named) {
        let index = value.parse().map_err(|_| {
            Error::usage(format!("cannot read the index of the shard from {name}: {value:?} is not a number"))
                .hint("use --shard INDEX")
        })?;
        match found {
            Some((other, before)) if before != index => {
                let message = format!("{other} is {before}, but {name} is {index}");
                return Err(Error::usage(message).hint("use --shard INDEX to choose the shard"));
            }
            _ => found = Some((name, index)),
        }
    }
    found.map(|(_, index)| index).ok_or_else(|| {
        Error::usage(
            "cannot tell which shard to apply: there is no --shard, and no array index in the environment",
        )
        .hint(format!(
            "use --shard INDEX, or start one task per shard in an array job ({})",
            ShardVariable::NAMES.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests;
