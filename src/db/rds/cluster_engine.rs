//! Differences between cluster engines: refusals before the restore starts, and removal.

use aws_sdk_rds::types::DbCluster;

use super::Cluster;
use super::client::{Client, explain, if_there, is_busy};
use super::cluster_settings::ClusterSettings;
use super::engines::{ClusterEngine, lost};
use super::instance;
use super::managed::{Kind, like_source_is_not_known, not_ours};
use super::members::Members;
use super::resource::{Resource, named};
use super::settings::Partial;
use super::whose::Looked;
use crate::db::RestoreRequest;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

impl Cluster {
    /// Returns the engine of the source. With `like-source = false` the source may no longer exist; it is then assumed
    /// to be Aurora.
    pub(super) async fn engine(&self) -> Result<ClusterEngine> {
        let (name, captured) = (self.name(), self.captured().await);
        let engine = match captured {
            Err(e) if e.kind() == ErrorKind::Missing && !self.settings.like_source => None,
            Err(e) if self.settings.like_source => return Err(like_source_is_not_known(e)),
            captured => captured?.facts.engine.clone(),
        };
        let Some(engine) = engine else { return Ok(ClusterEngine::Aurora) };
        ClusterEngine::of(&engine).ok_or_else(|| {
            Error::usage(format!("the database {name} is a cluster of the unsupported engine {engine}"))
                .hint("restore it by commands: kind = \"command\"")
        })
    }

    /// Returns the parameter group if it must be set before the cluster has instances: `DocumentDB`'s restore does not
    /// accept one, and running instances would need a restart.
    pub(super) async fn group_before_members(&self, cluster: &DbCluster) -> Result<Option<ClusterSettings>> {
        if cluster.engine().and_then(ClusterEngine::of) != Some(ClusterEngine::DocumentDb) {
            return Ok(None);
        }
        let unlike = self.wanted().await?.unlike(&ClusterSettings::of(cluster));
        let group = unlike.db_cluster_parameter_group_name;
        Ok(group.is_some().then(|| ClusterSettings {
            db_cluster_parameter_group_name: group,
            ..ClusterSettings::default()
        }))
    }

    /// Refuses settings that the cluster's engine does not support.
    pub(super) async fn refuse_what_the_engine_has_not(&self) -> Result<()> {
        let (name, engine) = (self.name(), self.engine().await?);
        if let Some(setting) = lost(&self.overrides, &engine.known(ClusterSettings::clone(&self.overrides))) {
            let message = format!("the overrides of the database {name}: {} has no {setting}", engine.name());
            return Err(Error::usage(message).hint("leave it out"));
        }
        if self.live_source().is_none() && !engine.keeps_backups() {
            let message =
                format!("the database {name} cannot be restored from the backups of a deleted cluster");
            let hint = format!("{} can restore an existing cluster only: set it as source", engine.name());
            return Err(Error::usage(message).hint(hint));
        }
        if engine.makes_its_instances() && self.wanted().await?.db_cluster_instance_class.is_none() {
            let message = format!("the instance class of the database {name} is unknown");
            return Err(Error::usage(message).hint(
                "set it in the recovery file: [database.overrides] db-cluster-instance-class = \"db.m6gd.large\"",
            ));
        }
        Ok(())
    }
}

/// Removes a cluster with its instances, and waits until they are gone. Waits while the cluster is busy, for example
/// being created, and describes it and its instances again on each attempt.
pub(super) async fn remove_whole(
    client: &Client,
    cluster: &DbCluster,
    request: &RestoreRequest,
) -> Result<()> {
    let id = cluster.identifier();
    let members = Members::of_cluster(client, id);
    let remove = async || remove_once(&members, cluster, request).await;
    if_there(Box::pin(client.insist_while_busy(limits::DATABASE_GONE, remove)).await)?;
    let is_gone =
        async || Ok(named::<DbCluster>(client, id).await?.is_none() && members.there().await?.is_empty());
    client.until_gone(&format!("the cluster {id}"), is_gone).await
}

/// Deletes the instances first, since RDS refuses to delete a cluster that has instances, except those it created
/// itself. An instance that a drill requested just before it was killed may be missing from the first descriptions.
async fn remove_once(members: &Members<'_>, cluster: &DbCluster, request: &RestoreRequest) -> Result<()> {
    let (client, id) = (members.client, members.cluster);
    let described: Option<DbCluster> = named(client, id).await?;
    let is_left = |there: &DbCluster| {
        there.db_cluster_resource_id() == cluster.db_cluster_resource_id()
            && there.status() != Some("deleting")
    };
    let Some(there) = described.filter(is_left) else { return Ok(()) };
    let engine = there.engine().and_then(ClusterEngine::of);
    if !engine.is_some_and(ClusterEngine::makes_its_instances) {
        remove_members(members, request).await?;
    }
    // Protection that was not there before was added by someone else.
    if cluster.is_protected() && there.is_protected() {
        let off = ClusterSettings { deletion_protection: Some(false), ..ClusterSettings::default() };
        client.ask(async |sdk| DbCluster::modify(&sdk, id, off.clone(), None).await).await?;
    }
    client
        .ask(async |sdk| {
            let request = sdk.delete_db_cluster().db_cluster_identifier(id).skip_final_snapshot(true);
            let request = request.delete_automated_backups(true);
            request.send().await.map(drop).map_err(|e| explain(&format!("delete the cluster {id}"), &e))
        })
        .await
}

/// Deletes every instance that can be deleted, then reports a busy one, if any.
async fn remove_members(members: &Members<'_>, request: &RestoreRequest) -> Result<()> {
    let mut busy = Ok(());
    for member in members.there().await? {
        let name = member.db_instance_identifier().unwrap_or_default();
        let asked = match members.look(name, request).await? {
            Looked::Nothing => continue,
            Looked::Foreign(what) => return Err(not_ours(&what)),
            Looked::Ours(member) => {
                members.client.ask(async |sdk| instance::remove_once(&sdk, &member, &member).await).await
            }
        };
        match if_there(asked) {
            Err(e) if is_busy(e.code()) => busy = Err(e),
            asked => drop(asked?),
        }
    }
    busy
}

/// Waits for the instances of a deleted cluster: a killed teardown has deleted them before the cluster, and their
/// names are taken until they are gone.
pub(super) async fn until_without_instances(client: &Client, cluster: &str) -> Result<()> {
    let members = Members::of_cluster(client, cluster);
    let is_gone = async || Ok(members.there().await?.is_empty());
    client.until_gone(&format!("the instances of the cluster {cluster}"), is_gone).await
}
