//! Describes the array job that applies a plan set: one worker per shard, on a platform that the user already has. Submits
//! nothing.

use std::ffi::OsString;
use std::fmt;
use std::path::{Component, Path};
use std::str::FromStr;

use super::work::Guards;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Destination, Instant, Location};
use crate::plan::set::PlanSet;

/// A platform that runs array jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// An Indexed Job.
    Kubernetes,
    /// An array job of AWS Batch.
    AwsBatch,
    /// A Slurm job array.
    Slurm,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kubernetes => "Kubernetes",
            Self::AwsBatch => "AWS Batch",
            Self::Slurm => "Slurm",
        })
    }
}

/// The reaction of a platform to the end of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// The shard is done.
    Done,
    /// The same command is started again, a limited number of times.
    Retry,
    /// The shard has failed, and a person decides.
    Fail,
}

impl Reaction {
    /// Returns the reaction to an exit code:
    ///
    /// | exit code | cause | reaction |
    /// |---|---|---|
    /// | 0 | the shard is applied | done |
    /// | 1 | server, network, credentials or disk failed | retry |
    /// | 2 | wrong usage, or a damaged plan set | fail |
    /// | 3 | keys failed, conflicted, or must be thawed | fail |
    /// | 5 | refused, to protect data | fail |
    /// | 130 | stopped by a signal | retry |
    /// | others | killed, or not even started | retry |
    pub fn to(exit_code: u8) -> Self {
        match exit_code {
            0 => Self::Done,
            2 | 3 | 5 => Self::Fail,
            _ => Self::Retry,
        }
    }

    /// Returns the exit codes that fail a shard.
    pub fn fatal() -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|code| Self::to(*code) == Self::Fail)
    }
}

/// A volume that workers share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// The `PersistentVolumeClaim`, or the ID of the EFS file system.
    pub name: String,
    /// The directory where workers mount it.
    pub dir: String,
}

impl FromStr for Volume {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once(':');
        let whole = parts.filter(|(name, dir)| {
            !name.is_empty() && dir.starts_with('/') && !dir.contains(':') && is_plain(Path::new(dir))
        });
        let (name, dir) = whole.ok_or_else(|| {
            Error::usage(format!("{text} is not a volume and a directory"))
                .hint("write it as NAME:/DIRECTORY, with the directory where workers mount the volume")
        })?;
        Ok(Self { name: name.to_owned(), dir: dir.to_owned() })
    }
}

/// The options of an array job, as given.
#[derive(Debug)]
pub struct JobOptions {
    /// The platform.
    pub on: Platform,
    /// The number of workers at the same time.
    pub workers: u32,
    /// The container image.
    pub image: Option<String>,
    /// The Kubernetes service account.
    pub service_account: Option<String>,
    /// The ARN of the IAM role of AWS Batch workers.
    pub job_role: Option<String>,
    /// The job queue of AWS Batch.
    pub job_queue: Option<String>,
    /// The volume that containers mount.
    pub volume: Option<Volume>,
    /// The place of the plan set, as workers see it.
    pub set: Destination,
    /// The place of the state.
    pub state: Option<Destination>,
    /// The words after `asof` that apply a shard.
    pub command: Vec<OsString>,
}

/// An array job that applies a plan set.
#[derive(Debug)]
pub struct ArrayJob {
    /// The ID of the plan set.
    pub set: String,
    /// The location that the set changes.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The number of shards.
    pub shards: u32,
    /// The number of workers at the same time.
    pub workers: u32,
    /// The words after `asof` that apply a shard.
    pub command: Vec<String>,
    /// The profile in the AWS configuration files that the plan set names.
    pub profile: Option<String>,
    /// The cluster or machine that workers run on.
    pub runner: Runner,
}

/// The settings of one platform.
#[derive(Debug, PartialEq, Eq)]
pub enum Runner {
    /// Kubernetes.
    Kubernetes {
        /// The container image.
        image: String,
        /// The service account of the pods.
        service_account: String,
        /// The volume, if the set or the state is in a directory.
        volume: Option<Volume>,
    },
    /// AWS Batch.
    AwsBatch {
        /// The container image.
        image: String,
        /// The ARN of the IAM role of the containers.
        job_role: String,
        /// The job queue.
        job_queue: String,
        /// The volume, if the set or the state is in a directory.
        volume: Option<Volume>,
    },
    /// Slurm.
    Slurm,
}

impl ArrayJob {
    /// Describes the job that applies `set`.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for options that the platform does not have or that are missing, and
    /// [`Refused`](crate::error::ErrorKind::Refused) for a set that every worker would refuse.
    pub fn new(set: &PlanSet, guards: Guards<'_>, options: JobOptions) -> Result<Self> {
        guards.require(set)?;
        let plan = &set.manifest.plan;
        let command = options.words(set.len())?;
        Ok(Self {
            set: set.id.clone(),
            location: plan.location(),
            at: plan.at,
            shards: set.len(),
            workers: options.workers,
            command,
            profile: set.manifest.server.profile.clone(),
            runner: options.runner()?,
        })
    }
}

impl JobOptions {
    /// Returns the settings of the platform.
    ///
    /// | option | Kubernetes | AWS Batch | Slurm |
    /// |---|---|---|---|
    /// | `--image` | required | required | error |
    /// | `--service-account` | default `asof` | error | error |
    /// | `--job-role`, `--job-queue` | error | required | error |
    /// | `--volume` | [see there](Self::volume) | [see there](Self::volume) | error |
    fn runner(self) -> Result<Runner> {
        let on = self.on;
        let runs_containers = on != Platform::Slurm;
        let known = [
            ("--image", self.image.is_some(), runs_containers),
            ("--service-account", self.service_account.is_some(), on == Platform::Kubernetes),
            ("--job-role", self.job_role.is_some(), on == Platform::AwsBatch),
            ("--job-queue", self.job_queue.is_some(), on == Platform::AwsBatch),
            ("--volume", self.volume.is_some(), runs_containers),
        ];
        if let Some((option, ..)) = known.iter().find(|(_, given, applies)| *given && !applies) {
            return Err(on.cannot(&format!("{option} does not apply")).hint("leave it out"));
        }
        let required = |option: &str, value: Option<String>| {
            value.ok_or_else(|| on.cannot(&format!("{option} is missing")).hint(format!("add {option}")))
        };
        let volume = self.volume()?;
        Ok(match on {
            Platform::Slurm => Runner::Slurm,
            Platform::Kubernetes => Runner::Kubernetes {
                image: required("--image", self.image)?,
                service_account: self.service_account.unwrap_or_else(|| "asof".to_owned()),
                volume,
            },
            Platform::AwsBatch => Runner::AwsBatch {
                image: required("--image", self.image)?,
                job_role: required("--job-role", self.job_role)?,
                job_queue: required("--job-queue", self.job_queue)?,
                volume,
            },
        })
    }

    /// Returns the volume to mount.
    ///
    /// | platform | plan set or state in a directory | `--volume` | result |
    /// |---|---|---|---|
    /// | Slurm | | | none: nodes share the directories |
    /// | containers | yes | the directory is in it | mounted |
    /// | | yes | the directory is not in it | error |
    /// | | yes | not given | error |
    /// | | no | given | error |
    /// | | no | not given | none |
    fn volume(&self) -> Result<Option<Volume>> {
        let on = self.on;
        let state = self.state.as_ref().ok_or_else(|| {
            on.cannot("workers need a state directory that all of them share").hint("add --state-dir")
        })?;
        let dirs = [&self.set, state].into_iter().filter_map(|place| match place {
            Destination::Directory(dir) => Some(dir.as_path()),
            Destination::Bucket(_) => None,
        });
        let mut dirs = dirs.peekable();
        match (&self.volume, dirs.peek()) {
            _ if on == Platform::Slurm => Ok(None),
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err(on.cannot("--volume does not apply: plan set and state are in S3").hint("leave it out"))
            }
            (None, Some(dir)) => Err(on
                .cannot(&format!("containers need a volume with the directory {}", dir.display()))
                .hint("add --volume NAME:DIR, with the directory where workers mount the volume")),
            (Some(volume), Some(_)) => match dirs.find(|dir| !dir.starts_with(&volume.dir) || !is_plain(dir))
            {
                None => Ok(Some(volume.clone())),
                Some(dir) => Err(on
                    .cannot(&format!("{} is not in the volume at {}", dir.display(), volume.dir))
                    .hint("put the plan set and the state directory into one volume, or into S3")),
            },
        }
    }

    /// Returns the command of a worker. Without an array, nothing passes the index of the only shard.
    fn words(&self, shards: u32) -> Result<Vec<String>> {
        let on = self.on;
        let word = |word: &OsString| {
            let text = word.to_str().ok_or_else(|| {
                let message = format!("{} is not UTF-8", word.display());
                on.cannot(&message).hint("use a directory whose name is UTF-8")
            })?;
            if on == Platform::AwsBatch && text.contains(PARAMETER) {
                let message = format!("{text} contains {PARAMETER}, which AWS Batch replaces");
                return Err(on.cannot(&message).hint("use another name"));
            }
            Ok(text.to_owned())
        };
        let words: Result<Vec<_>> = self.command.iter().map(word).collect();
        let shard = ["--shard", "0"].map(str::to_owned);
        let is_single = on == Platform::AwsBatch && shards == 1;
        Ok(words?.into_iter().chain(shard.into_iter().filter(|_| is_single)).collect())
    }
}

/// AWS Batch replaces this and the name after it by a parameter of the job.
const PARAMETER: &str = "Ref::";

impl Platform {
    fn cannot(self, cause: &str) -> Error {
        Error::usage(format!("cannot describe a job on {self}: {cause}"))
    }
}

/// Returns true if a path can be compared with others by its components.
fn is_plain(path: &Path) -> bool {
    !path.components().any(|part| part == Component::ParentDir)
}

/// Returns the number of workers at the same time: as many as asked for, but no more than there are shards, so that the
/// rate is not divided among workers that do not exist.
pub fn workers(asked: u32, shards: u32) -> u32 {
    asked.min(shards).max(1)
}

/// Returns the part of the rate that each worker has.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) if that is less than one key per second.
pub fn worker_rate(rate: u32, workers: u32) -> Result<u32> {
    match rate / workers.max(1) {
        0 => Err(Error::usage(format!(
            "--rate {rate}/s is less than one key per second for {workers} workers"
        ))
        .hint("increase --rate, or reduce --parallelism")),
        part => Ok(part),
    }
}

/// Returns how often a platform starts a worker at most: once, and again after failures.
pub fn attempts() -> u32 {
    limits::WORKER_RETRIES + 1
}

#[cfg(test)]
mod tests;
