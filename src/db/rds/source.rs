//! Reading the source of a restore once, and keeping what was read.

use std::sync::Arc;

use aws_sdk_rds::types::{DbCluster, DbInstance};

use super::captured::Captured;
use super::cluster_settings::ClusterSettings;
use super::described::{Described, described};
use super::members::{Members, in_order};
use super::settings::InstanceSettings;
use super::{Cluster, Instance, Source};
use crate::error::{Error, Result};

/// What a file given by a person says: what the AWS CLI describes, or what asof has kept of a source.
#[derive(Debug, Clone)]
pub(crate) struct GivenSettings {
    bytes: Vec<u8>,
    described: Option<Described>,
}

impl GivenSettings {
    /// Of the content of a file.
    pub(crate) fn read(bytes: Vec<u8>) -> Self {
        Self { described: described(&bytes), bytes }
    }
}

impl Instance {
    /// The source as it was when it was first looked at, or as it was kept.
    pub(super) async fn captured(&self) -> Result<Arc<Captured<InstanceSettings>>> {
        let read = async || {
            let source = &self.settings.source;
            Ok(match source {
                Source::Identifier(id) => Captured::of_instance(id, &self.source(id).await?),
                gone => Captured::of_instance_backup(gone.name(), &self.backup_that_is_there(gone).await?),
            })
        };
        self.captured.get(read).await
    }

    /// What is known of the source, to be kept.
    pub(in crate::db) async fn capture(&self) -> Result<Vec<u8>> {
        self.captured().await?.to_json()
    }

    /// Takes what was kept of the source.
    pub(in crate::db) fn recall(&self, kept: &[u8]) -> Result<()> {
        self.captured.set(Captured::read(self.name(), self.settings.source.name(), kept)?);
        Ok(())
    }

    /// Takes what a file gives, if it is of the source.
    pub(in crate::db) fn take(&self, given: &GivenSettings) -> bool {
        let Some(described) = &given.described else { return self.recall(&given.bytes).is_ok() };
        let source = &self.settings.source;
        let is_source = |instance: &&DbInstance| match source {
            Source::Identifier(id) => instance.db_instance_identifier() == Some(id),
            Source::ResourceId(id) => instance.dbi_resource_id() == Some(id),
            Source::BackupArn(_) => false,
        };
        let found = described.instances.iter().find(is_source);
        found.is_some_and(|instance| {
            self.captured.set(Captured::of_instance(source.name(), instance));
            true
        })
    }
}

impl Cluster {
    /// The source as it was when it was first looked at, or as it was kept.
    pub(super) async fn captured(&self) -> Result<Arc<Captured<ClusterSettings>>> {
        let read = async || {
            let Some(id) = self.live_source() else {
                return Ok(Captured::of_cluster_backup(self.settings.source.name(), &self.backup().await?));
            };
            let cluster = self.source(id).await?;
            let members = Members { client: &self.client, cluster: id, engine: "", named: String::new() }
                .of(&cluster)
                .await?;
            Ok(Captured::of_cluster(id, &cluster, &members))
        };
        self.captured.get(read).await
    }

    /// What is known of the source, to be kept.
    pub(in crate::db) async fn capture(&self) -> Result<Vec<u8>> {
        self.captured().await?.to_json()
    }

    /// Takes what was kept of the source.
    pub(in crate::db) fn recall(&self, kept: &[u8]) -> Result<()> {
        self.captured.set(Captured::read(self.name(), self.settings.source.name(), kept)?);
        Ok(())
    }

    /// Takes what a file gives, if it is of the source. Instances that it does not describe are those that are
    /// there: what isolates a cluster is the cluster's.
    pub(in crate::db) async fn take(&self, given: &GivenSettings) -> Result<bool> {
        let Some(described) = &given.described else { return Ok(self.recall(&given.bytes).is_ok()) };
        let source = &self.settings.source;
        let is_source = |cluster: &&DbCluster| match source {
            Source::Identifier(id) => cluster.db_cluster_identifier() == Some(id),
            Source::ResourceId(id) => cluster.db_cluster_resource_id() == Some(id),
            Source::BackupArn(_) => false,
        };
        let Some(cluster) = described.clusters.iter().find(is_source) else { return Ok(false) };
        let mut members = in_order(cluster, &described.instances);
        if let Some(id) = self.live_source().filter(|_| members.is_empty()) {
            members = Members { client: &self.client, cluster: id, engine: "", named: String::new() }
                .of(cluster)
                .await?;
        }
        self.captured.set(Captured::of_cluster(source.name(), cluster, &members));
        Ok(true)
    }
}

/// Of an error in asking for the source's settings.
pub(super) fn like_source_is_not_known(e: Error) -> Error {
    e.hint("if the source is gone: like-source = false leaves the new one's settings as they are")
}
