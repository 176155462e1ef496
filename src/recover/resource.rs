//! The resources that a recovery or a run changes, and when two of them conflict.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::database::DatabaseKind;
use super::file::{Bucket, RecoveryFile, Target};
use crate::model::{Algorithm, Digest, Endpoint, Instant, Location, hex};

/// Something that only one process at a time may work on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Resource {
    /// A recovery file: only one process may quiesce and resume its application.
    File {
        /// The absolute path.
        path: PathBuf,
    },
    /// Keys of a bucket.
    Bucket {
        /// The server, if known.
        endpoint_url: Option<Endpoint>,
        /// The bucket and the prefix of the keys.
        location: Location,
    },
    /// The target of a database restore.
    Database {
        /// `rds` (including Aurora), or a digest of the restore command: other commands may use the same name for
        /// another database.
        service: String,
        /// The region, if the file gives it.
        region: Option<String>,
        /// The target's name.
        target: String,
    },
}

/// A process that works on some resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// `recovery`, `drill`, `mark`, `restore`, `undo`, `worker`.
    pub command: String,
    /// The ID of the plan set of a worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// The ID of the recovery or the run, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The target time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The process ID.
    pub pid: u32,
    /// The host of the process.
    pub host: String,
    /// Every resource that it works on.
    pub holds: Vec<Resource>,
}

impl Resource {
    /// Creates the resource for the keys at a location of this server.
    pub fn bucket(endpoint_url: Option<Endpoint>, location: &Location) -> Self {
        Resource::Bucket { endpoint_url, location: location.clone() }
    }

    /// Returns true if two processes must not work on these resources at once:
    ///
    /// | one | other | conflict |
    /// |---|---|---|
    /// | file | the same file | yes |
    /// | bucket | the same bucket, with one prefix inside the other; the same server, or one is unknown | yes |
    /// | database | the same service and target; the same region, or one is not given | yes |
    /// | any other two | | no |
    pub fn meets(&self, other: &Self) -> bool {
        let apart = match (self, other) {
            (Resource::Bucket { endpoint_url, .. }, Resource::Bucket { endpoint_url: there, .. }) => {
                are_apart(endpoint_url.as_ref(), there.as_ref())
            }
            (Resource::Database { region, .. }, Resource::Database { region: there, .. }) => {
                are_apart(region.as_ref(), there.as_ref())
            }
            _ => false,
        };
        self.is_namesake(other) && !apart
    }

    /// Returns true if two resources have the same name, on the same server and in the same region or not.
    pub(crate) fn is_namesake(&self, other: &Self) -> bool {
        match (self, other) {
            (Resource::File { path: a }, Resource::File { path: b }) => a == b,
            (Resource::Bucket { location, .. }, Resource::Bucket { location: other, .. }) => {
                location.overlaps(other)
            }
            (
                Resource::Database { service, target, .. },
                Resource::Database { service: other, target: named, .. },
            ) => service == other && target == named,
            _ => false,
        }
    }

    /// Describes the resource in words.
    pub fn in_words(&self) -> String {
        match self {
            Resource::File { path } => format!("the recovery file {}", path.display()),
            Resource::Bucket { location, .. } => location.to_string(),
            Resource::Database { target, .. } => format!("the database {target}"),
        }
    }
}

/// Returns true if two values are known to be different.
fn are_apart<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

impl Holder {
    /// The first resource that both would work on:
    ///
    /// | one | other | may share |
    /// |---|---|---|
    /// | restore, undo | restore, undo | everything: their changes are conditional on each key |
    /// | worker | worker of the same plan set | everything: no key is in two shards, and each shard's run has its own lock |
    /// | drill | drill | buckets: each drill has its own folder |
    /// | any other two | | nothing |
    pub(crate) fn meets(&self, other: &Self) -> Option<&Resource> {
        let is_run = |holder: &Self| matches!(holder.command.as_str(), RESTORE | UNDO);
        let is_worker = |holder: &Self| holder.command == WORKER;
        let one_set = is_worker(self) && is_worker(other) && self.set == other.set;
        if is_run(self) && is_run(other) || one_set {
            return None;
        }
        let drills = self.command == DRILL && other.command == DRILL;
        let apart = |resource: &&Resource| !(drills && matches!(resource, Resource::Bucket { .. }));
        let meet = |resource: &&Resource| other.holds.iter().any(|there| there.meets(resource));
        self.holds.iter().filter(apart).find(meet)
    }

    /// Describes the holder: the command with its ID, T, PID and host.
    pub(crate) fn in_words(&self) -> String {
        let id = self.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let at = self.at.map(|at| format!(" to {}", at.human())).unwrap_or_default();
        format!("the {}{id}{at} (PID {} on {})", self.command, self.pid, self.host)
    }
}

/// The command name of a run that restores.
pub(crate) const RESTORE: &str = "restore";

/// The command name of a drill.
pub(crate) const DRILL: &str = "drill";

/// The command name of a run that applies a shard of a plan set.
pub(crate) const WORKER: &str = "worker";

/// The command name of a run that undoes another.
pub(crate) const UNDO: &str = "undo";

impl RecoveryFile {
    /// Every resource that a recovery of this file works on; `endpoints` are the servers of its buckets, in order.
    pub(crate) fn resources(
        &self,
        path: PathBuf,
        endpoints: impl Iterator<Item = Option<Endpoint>>,
    ) -> Vec<Resource> {
        let bucket = |(bucket, endpoint): (&Bucket, Option<Endpoint>)| {
            let location = match &bucket.target {
                Target::InPlace => &bucket.source,
                Target::Elsewhere(location) => location,
                Target::View => return None,
            };
            Some(Resource::bucket(endpoint, location))
        };
        let database = |database: &DatabaseKind| {
            let (service, region) = match database {
                DatabaseKind::Command(settings) => {
                    // The command may contain a password.
                    let command = format!("{:?}", settings.restore);
                    let digest = hex(&Digest::of(Algorithm::Sha256, command.as_bytes()));
                    (format!("command {digest}"), None)
                }
                DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings) => {
                    ("rds".to_owned(), settings.server.region.clone())
                }
            };
            let of = |name: &str| Resource::Database {
                service: service.clone(),
                region: region.clone(),
                target: name.to_owned(),
            };
            [database.places().1, database.swaps_with()].into_iter().flatten().map(of).collect::<Vec<_>>()
        };
        let buckets = self.buckets.iter().zip(endpoints).filter_map(bucket);
        let databases = self.databases.iter().flat_map(database);
        std::iter::once(Resource::File { path }).chain(buckets).chain(databases).collect()
    }
}

#[cfg(test)]
mod tests;
