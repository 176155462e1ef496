//! Finds and removes drill leftovers in an account and region: copies whose drill has lost its state, so that it will
//! never tear them down. They are recognized by their tags; a recovery's database never matches.

use aws_sdk_rds::types::{DbCluster, DbInstance};
use schemars::JsonSchema;
use serde::Serialize;

use super::Server;
use super::client::{Client, explain};
use super::managed::Kind;
use super::resource::{Resource, named};
use super::tags::{errand_of, is_of_drill};
use super::whose::{Looked, look};
use crate::cancel::Cancel;
use crate::db::RestoreRequest;
use crate::db::adopt::is_name;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// The decision about a leftover database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sweep {
    /// It is removed.
    Remove,
    /// It is kept because its drill may still be running.
    TooYoung,
    /// It is kept because its age is unknown: it is still being created.
    AgeUnknown,
}

impl Sweep {
    /// | creation time | |
    /// |---|---|
    /// | at least [`limits::SWEPT_AGE`] ago | removed |
    /// | more recent | too young |
    /// | unknown | age unknown |
    fn of(created: Option<Instant>, now: Instant) -> Self {
        match created.map(|created| now.since(created)) {
            None => Sweep::AgeUnknown,
            Some(age) if age >= limits::SWEPT_AGE => Sweep::Remove,
            Some(_) => Sweep::TooYoung,
        }
    }
}

/// A database that a drill left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Leftover {
    /// The kind of database: `instance` or `cluster`.
    pub database: &'static str,
    /// The identifier of the database.
    pub id: String,
    /// The ID of the drill that created it.
    pub drill: String,
    /// The database engine.
    pub engine: String,
    /// The RDS status.
    pub status: String,
    /// The time it was created; null if this is not known yet.
    pub created: Option<Instant>,
    /// The decision whether to remove it.
    pub verdict: Sweep,
    /// True if it has deletion protection: set by the drill, as on its source, or by someone else since; RDS does not
    /// report who set it.
    pub protected: bool,
    /// The command that removes it manually.
    pub by_hand: String,
    /// The resource id, which is never reused.
    #[serde(skip)]
    resource: Option<String>,
}

/// The outcome of sweeping one database.
#[derive(Debug)]
pub(crate) enum Swept {
    Removed,
    /// Left because it has deletion protection and no confirmation was possible.
    Protected,
    Failed(Error),
}

/// Finds drill leftovers in one account and region.
#[derive(Debug)]
pub(crate) struct Sweeper {
    client: Client,
    server: Server,
}

impl Sweeper {
    /// Loads credentials. `cancel` ends the retries of passing refusals.
    pub(crate) async fn connect(server: Server, cancel: Cancel) -> Result<Self> {
        let client = Client::connect("left by a drill", &server, cancel).await?;
        Ok(Self { client, server })
    }

    /// Lists all leftovers. A cluster's instances belong to the cluster.
    pub(crate) async fn leftovers(&self, now: Instant) -> Result<Vec<Leftover>> {
        let instances = self.client.insist(async |sdk| {
            let pages = sdk.describe_db_instances().into_paginator().items().send();
            pages.try_collect().await.map_err(|e| explain("describe the instances", &e))
        });
        let clusters = self.client.insist(async |sdk| {
            let pages = sdk.describe_db_clusters().into_paginator().items().send();
            pages.try_collect().await.map_err(|e| explain("describe the clusters", &e))
        });
        let (instances, clusters): (Vec<DbInstance>, Vec<DbCluster>) = (instances.await?, clusters.await?);
        let instances = instances.iter().filter(|one| !one.is_member());
        let instances = instances.filter_map(|one| leftover(one, &self.server, now));
        Ok(instances.chain(clusters.iter().filter_map(|one| leftover(one, &self.server, now))).collect())
    }

    /// Removes a leftover if it is unchanged since it was listed.
    pub(crate) async fn remove(&self, leftover: &Leftover) -> Result<()> {
        if leftover.database == DbInstance::KIND {
            self.remove_one::<DbInstance>(leftover).await
        } else {
            self.remove_one::<DbCluster>(leftover).await
        }
    }

    async fn remove_one<T: Kind>(&self, leftover: &Leftover) -> Result<()> {
        let request = RestoreRequest::new(Instant::default(), &*leftover.drill);
        let describe = async || named::<T>(&self.client, &leftover.id).await;
        let looked = look(&self.client, &request, false, describe).await?;
        let Some(there) = same(looked, leftover)? else { return Ok(()) };
        there.remove(&self.client, &request).await
    }
}

/// Returns the database if it is the one listed; `None` if it is gone.
fn same<T: Resource>(looked: Looked<T>, leftover: &Leftover) -> Result<Option<T>> {
    let why = match looked {
        Looked::Nothing => return Ok(None),
        Looked::Ours(there) if there.is_protected() && !leftover.protected => {
            format!("the {} has been protected from deletion since it was listed", there.named())
        }
        Looked::Ours(there)
            if is_of_drill(there.tags()) && there.resource_id() == leftover.resource.as_deref() =>
        {
            return Ok(Some(there));
        }
        Looked::Ours(there) => format!("the {} was replaced by another", there.named()),
        Looked::Foreign(what) => what,
    };
    Err(Error::new(ErrorKind::Refused, format!("not removed: {why}")))
}

/// Returns the database as a leftover if its tags show that a drill created it, under a name as asof generates it.
fn leftover<T: Kind>(there: &T, server: &Server, now: Instant) -> Option<Leftover> {
    let drill = errand_of(there.tags()).filter(|id| is_name(id) && is_of_drill(there.tags()))?.to_owned();
    Some(Leftover {
        database: T::KIND,
        id: there.identifier().to_owned(),
        drill,
        engine: there.engine().unwrap_or_default().to_owned(),
        status: there.status().unwrap_or_default().to_owned(),
        created: there.created(),
        verdict: Sweep::of(there.created(), now),
        protected: there.is_protected(),
        by_hand: T::by_hand(there.identifier(), server),
        resource: there.resource_id().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests;
