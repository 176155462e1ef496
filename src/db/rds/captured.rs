//! The source of a restore as it was when the recovery began, before anything was stopped.
//!
//! A quiesce hook, or a responder, may isolate the source: attach a security group that admits nobody, or remove its
//! deletion protection. A database restored with *those* settings would be unusable. So the source is read once,
//! stored beside the recovery's journal, and its settings are never queried again.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_rds::types::{DbCluster, DbClusterAutomatedBackup, DbInstance, DbInstanceAutomatedBackup};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cluster_settings::{self, ClusterSettings, of_member};
use super::resource::Resource;
use super::settings::{self, InstanceSettings};
use crate::error::{Error, Result};
use crate::model::Instant;

/// The format version of the stored capture. A newer one is refused.
const FORMAT: u32 = 1;

/// The captured source. `S` is the settings type of an instance or a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Captured<S> {
    format: u32,
    /// The source as named in the recovery file.
    source: String,
    pub(super) settings: S,
    /// The settings of a cluster's instances, the writer first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) members: Vec<InstanceSettings>,
    #[serde(default)]
    pub(super) facts: Facts,
}

/// Facts about a source beyond its settings, for display and lookups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) engine: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) engine_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kms_key_id: Option<String>,
    /// In GiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) allocated_storage: Option<i32>,
    /// IAM roles, each with the feature that uses it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<(String, Option<String>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) replicas: Vec<String>,
    /// The creation time; for a promoted replica, that of the replica.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<Instant>,
    /// The primary, if the source is a replica.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replica_of: Option<String>,
    /// Descriptions of the parts that no restore copies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) left_out: Vec<String>,
}

fn text(text: Option<&str>) -> Option<String> {
    text.map(ToOwned::to_owned)
}

fn words(left_out: Vec<&'static str>) -> Vec<String> {
    left_out.into_iter().map(ToOwned::to_owned).collect()
}

impl Captured<InstanceSettings> {
    /// Captures an existing instance.
    pub(super) fn of_instance(source: &str, instance: &DbInstance) -> Self {
        let facts = Facts {
            resource_id: text(instance.dbi_resource_id()),
            arn: text(instance.db_instance_arn()),
            engine: text(instance.engine()),
            engine_version: text(instance.engine_version()),
            kms_key_id: text(instance.kms_key_id()),
            allocated_storage: instance.allocated_storage(),
            roles: instance.roles(),
            replicas: instance.replicas().to_vec(),
            created: instance.created(),
            replica_of: text(
                instance
                    .read_replica_source_db_instance_identifier()
                    .or(instance.read_replica_source_db_cluster_identifier()),
            ),
            left_out: words(settings::left_out(instance)),
        };
        let settings = InstanceSettings::of(instance);
        Self { format: FORMAT, source: source.to_owned(), settings, members: Vec::new(), facts }
    }

    /// Captures the backups of an instance that may be deleted.
    pub(super) fn of_instance_backup(source: &str, backup: &DbInstanceAutomatedBackup) -> Self {
        let facts = Facts {
            engine: text(backup.engine()),
            engine_version: text(backup.engine_version()),
            kms_key_id: text(backup.kms_key_id()),
            allocated_storage: backup.allocated_storage(),
            ..Facts::default()
        };
        let settings = InstanceSettings::of_backup(backup);
        Self { format: FORMAT, source: source.to_owned(), settings, members: Vec::new(), facts }
    }
}

impl Captured<ClusterSettings> {
    /// Captures an existing cluster with its instances, the writer first.
    pub(super) fn of_cluster(source: &str, cluster: &DbCluster, members: &[DbInstance]) -> Self {
        let facts = Facts {
            resource_id: text(cluster.db_cluster_resource_id()),
            arn: text(cluster.db_cluster_arn()),
            engine: text(cluster.engine()),
            engine_version: text(cluster.engine_version()),
            kms_key_id: text(cluster.kms_key_id()),
            // Aurora, DocumentDB and Neptune have no allocated size and report 1.
            allocated_storage: cluster.allocated_storage().filter(|size| *size > 1),
            roles: cluster.roles(),
            replicas: cluster.replicas().to_vec(),
            created: cluster.created(),
            replica_of: text(cluster.replication_source_identifier()),
            left_out: words(cluster_settings::left_out(cluster)),
        };
        let (settings, members) = (ClusterSettings::of(cluster), members.iter().map(of_member).collect());
        Self { format: FORMAT, source: source.to_owned(), settings, members, facts }
    }

    /// Captures the backups of a deleted cluster.
    pub(super) fn of_cluster_backup(source: &str, backup: &DbClusterAutomatedBackup) -> Self {
        let facts = Facts {
            engine: text(backup.engine()),
            engine_version: text(backup.engine_version()),
            kms_key_id: text(backup.kms_key_id()),
            ..Facts::default()
        };
        let settings = ClusterSettings::of_backup(backup);
        Self { format: FORMAT, source: source.to_owned(), settings, members: Vec::new(), facts }
    }
}

impl<S: DeserializeOwned> Captured<S> {
    /// Parses the stored capture of `source`. `name` is the database's name in the recovery file.
    pub(super) fn read(name: &str, source: &str, kept: &[u8]) -> Result<Self> {
        let wrong = |why: String| {
            Error::usage(format!("cannot use the settings that were kept of the database {name}: {why}"))
        };
        let captured: Self = serde_json::from_slice(kept).map_err(|e| wrong(e.to_string()))?;
        if captured.format > FORMAT {
            return Err(wrong("they were written by a newer asof".to_owned()));
        }
        if captured.source != source {
            return Err(wrong(format!(
                "they are for {}, but the recovery file names {source}",
                captured.source
            )));
        }
        Ok(captured)
    }
}

impl<S: Serialize> Captured<S> {
    /// Serializes the capture for storage.
    pub(super) fn to_json(&self) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(self).map_err(std::io::Error::from)?)
    }
}

/// A source that is read on first use and then cached.
#[derive(Debug)]
pub(crate) struct Once<S>(Mutex<Option<Arc<Captured<S>>>>);

impl<S> Default for Once<S> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<S> Once<S> {
    /// Returns the cached capture, or calls `read` and caches its result.
    pub(super) async fn get(
        &self,
        read: impl AsyncFnOnce() -> Result<Captured<S>>,
    ) -> Result<Arc<Captured<S>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let read = Arc::new(Box::pin(read()).await?);
        // Two concurrent readers both get the result stored first.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(known.get_or_insert(read)))
    }

    /// Stores a capture restored from disk or given by the user.
    pub(super) fn set(&self, captured: Captured<S>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(captured));
    }
}

#[cfg(test)]
mod tests;
