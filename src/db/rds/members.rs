//! The instances of a cluster, where asof creates them.

use std::collections::BTreeMap;

use aws_sdk_rds::types::{DbCluster, DbInstance, Filter};

use super::client::{Client, explain, is_taken};
use super::resource::{Resource, named};
use super::settings::InstanceSettings;
use super::whose::{Looked, look};
use super::{requests, states};
use crate::db::{RestoreProgress, RestoreRequest};
use crate::error::{Error, ErrorKind, Result};

/// Returns the members of the cluster among `there`, the writer first, then by promotion tier.
pub(super) fn in_order(cluster: &DbCluster, there: &[DbInstance]) -> Vec<DbInstance> {
    let there: BTreeMap<_, _> = there.iter().map(|one| (one.db_instance_identifier(), one)).collect();
    let mut members = cluster.db_cluster_members().to_vec();
    members.sort_by_key(|member| (member.is_cluster_writer() != Some(true), member.promotion_tier()));
    let described = members.iter().filter_map(|member| there.get(&member.db_instance_identifier()));
    described.map(|instance| DbInstance::clone(instance)).collect()
}

pub(super) struct Members<'a> {
    pub(super) client: &'a Client,
    pub(super) cluster: &'a str,
    pub(super) engine: &'a str,
    /// The name prefix of the instances to create.
    pub(super) named: String,
}

impl<'a> Members<'a> {
    /// Creates the members of a cluster to which none will be added.
    pub(super) fn of_cluster(client: &'a Client, cluster: &'a str) -> Self {
        Self { client, cluster, engine: "", named: String::new() }
    }

    pub(super) async fn there(&self) -> Result<Vec<DbInstance>> {
        let cluster = self.cluster;
        let described = self.client.insist(async |sdk| {
            let filter = Filter::builder().name("db-cluster-id").values(cluster).build();
            let request = sdk.describe_db_instances().filters(filter).send().await;
            request.map_err(|e| explain(&format!("describe the instances of the cluster {cluster}"), &e))
        });
        Ok(described.await?.db_instances().to_vec())
    }

    /// Returns the members of the cluster, the writer first, then by promotion tier.
    pub(super) async fn of(&self, cluster: &DbCluster) -> Result<Vec<DbInstance>> {
        Ok(in_order(cluster, &self.there().await?))
    }

    /// Requests the missing instances. The first one becomes the writer.
    pub(super) async fn create_missing(
        &self,
        wanted: &[InstanceSettings],
        request: &RestoreRequest,
    ) -> Result<()> {
        let there = self.there().await?;
        for (id, settings) in self.names(wanted.len()).zip(wanted) {
            if there.iter().any(|instance| instance.db_instance_identifier() == Some(&id)) {
                continue;
            }
            let created = self.client.ask(async |sdk| {
                let of = requests::NewMember { cluster: self.cluster, engine: self.engine, id: &id };
                let request = requests::create_member(&sdk, of, request, settings.clone());
                request.send().await.map(drop).map_err(|e| explain(&format!("create the instance {id}"), &e))
            });
            match created.await {
                Err(e) if is_taken(&e) => self.require_ours(&id, request).await?,
                created => created?,
            }
        }
        Ok(())
    }

    async fn require_ours(&self, id: &str, request: &RestoreRequest) -> Result<()> {
        match self.look(id, request).await? {
            Looked::Foreign(what) => {
                let message = format!("an instance name of the cluster {} is taken by {what}", self.cluster);
                Err(Error::new(ErrorKind::Refused, message).hint("remove it, or choose another target"))
            }
            Looked::Ours(_) | Looked::Nothing => Ok(()),
        }
    }

    /// Looks up an instance by name. Ignores the recorded resource id, which is the cluster's.
    pub(super) async fn look(&self, id: &str, request: &RestoreRequest) -> Result<Looked<DbInstance>> {
        let request = RestoreRequest { made: None, ..request.clone() };
        look(self.client, &request, false, async || named(self.client, id).await).await
    }

    pub(super) fn names(&self, count: usize) -> impl Iterator<Item = String> {
        (1..=count).map(|n| format!("{}-{n}", self.named))
    }

    /// Returns the progress of the least advanced instance, counting missing ones as being created; `None` if all are
    /// done.
    pub(super) async fn progress(&self, wanted: usize) -> Result<Option<RestoreProgress>> {
        let there = self.there().await?;
        let missing = (there.len() < wanted)
            .then(|| RestoreProgress::Restoring { percent: None, state: "creating instances".to_owned() });
        let least = states::least(there.iter().map(Resource::how_far).chain(missing));
        Ok(least.filter(|least| !matches!(least, RestoreProgress::Available { .. })))
    }
}
