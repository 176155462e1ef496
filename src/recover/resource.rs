//! What a recovery or a run changes, and whether two of them would meet there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::file::{Bucket, DatabaseKind, RecoveryFile, Target};
use crate::model::{Algorithm, Digest, Endpoint, Instant, Location, hex};

/// Something that one process at a time may work on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Resource {
    /// A recovery file: its application is quiesced and resumed by one process.
    File {
        /// By its whole path.
        path: PathBuf,
    },
    /// Keys of a bucket.
    Bucket {
        /// The server; none where it is not known.
        endpoint_url: Option<Endpoint>,
        /// The bucket, and what its keys begin with.
        location: Location,
    },
    /// The place that a database is restored to.
    Database {
        /// `rds`, which Aurora shares, or a digest of the restore command: another command may call another thing so.
        service: String,
        /// The region, where the file says it.
        region: Option<String>,
        /// Its name there.
        target: String,
    },
}

/// Who works on something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// `recovery`, `drill`, `mark`, `restore`, `undo`.
    pub command: String,
    /// The name of the recovery or the run, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The target time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The process.
    pub pid: u32,
    /// The host on which it runs.
    pub host: String,
    /// Everything that it works on.
    pub holds: Vec<Resource>,
}

impl Resource {
    /// Keys of a bucket on this server.
    pub fn bucket(endpoint_url: Option<Endpoint>, location: &Location) -> Self {
        Resource::Bucket { endpoint_url, location: location.clone() }
    }

    /// Whether two processes must not work on these at once:
    ///
    /// | one | other | they meet |
    /// |---|---|---|
    /// | file | the same file | yes |
    /// | bucket | the same bucket, one prefix within the other; the same server, or one of them not known | yes |
    /// | database | the same service and target; the same region, or one of them not said | yes |
    /// | any other two | | no |
    pub fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Resource::File { path: a }, Resource::File { path: b }) => a == b,
            (
                Resource::Bucket { endpoint_url, location },
                Resource::Bucket { endpoint_url: there, location: other },
            ) => !are_apart(endpoint_url.as_ref(), there.as_ref()) && location.overlaps(other),
            (
                Resource::Database { service, region, target },
                Resource::Database { service: other, region: there, target: named },
            ) => service == other && target == named && !are_apart(region.as_ref(), there.as_ref()),
            _ => false,
        }
    }

    /// In words.
    pub fn in_words(&self) -> String {
        match self {
            Resource::File { path } => format!("the recovery file {}", path.display()),
            Resource::Bucket { location, .. } => location.to_string(),
            Resource::Database { target, .. } => format!("the database {target}"),
        }
    }
}

/// Whether two places are known to be different.
fn are_apart<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

impl Holder {
    /// The first thing that both would work on:
    ///
    /// | one | other | may meet |
    /// |---|---|---|
    /// | restore, undo | restore, undo | anywhere: their changes are conditional on each key |
    /// | drill | drill | in a bucket: each has a folder of its own there |
    /// | any other two | | nowhere |
    pub(crate) fn meets(&self, other: &Self) -> Option<&Resource> {
        let is_run = |holder: &Self| matches!(holder.command.as_str(), RESTORE | UNDO);
        if is_run(self) && is_run(other) {
            return None;
        }
        let drills = self.command == DRILL && other.command == DRILL;
        let apart = |resource: &&Resource| !(drills && matches!(resource, Resource::Bucket { .. }));
        let meet = |resource: &&Resource| other.holds.iter().any(|there| there.meets(resource));
        self.holds.iter().filter(apart).find(meet)
    }

    /// In words: the command with its name, T, PID and host.
    pub(crate) fn in_words(&self) -> String {
        let id = self.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let at = self.at.map(|at| format!(" to {}", at.human())).unwrap_or_default();
        format!("the {}{id}{at} (PID {} on {})", self.command, self.pid, self.host)
    }
}

/// The name of a run that restores.
pub(crate) const RESTORE: &str = "restore";

/// The name of a drill.
pub(crate) const DRILL: &str = "drill";

/// The name of a run that undoes another.
pub(crate) const UNDO: &str = "undo";

impl RecoveryFile {
    /// Everything that a recovery of this file works on; `endpoints` are the servers of its buckets, in their order.
    pub(crate) fn resources(
        &self,
        path: PathBuf,
        endpoints: impl Iterator<Item = Option<Endpoint>>,
    ) -> Vec<Resource> {
        let bucket = |(bucket, endpoint): (&Bucket, Option<Endpoint>)| {
            let location = match &bucket.target {
                Target::InPlace => &bucket.source,
                Target::Elsewhere(location) => location,
            };
            Resource::bucket(endpoint, location)
        };
        let database = |database: &DatabaseKind| {
            let (service, region) = match database {
                DatabaseKind::Command(settings) => {
                    // It may hold a password.
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
        let buckets = self.buckets.iter().zip(endpoints).map(bucket);
        let databases = self.databases.iter().flat_map(database);
        std::iter::once(Resource::File { path }).chain(buckets).chain(databases).collect()
    }
}

#[cfg(test)]
mod tests;
