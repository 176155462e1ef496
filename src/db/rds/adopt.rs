//! What the target of a restore carries, for a recovery whose state directory is lost.

use super::client::{Client, if_there};
use super::tags::{errand_of, is_of_drill, time_of};
use super::whose::{Described, list_tags};
use super::{Cluster, Instance, cluster, instance};
use crate::db::{Carries, Tagged};
use crate::error::Result;

impl Instance {
    pub(in crate::db) async fn carries(&self) -> Result<Carries> {
        let target = &self.settings.target;
        let described = self.client.insist(async |sdk| instance::describe(&sdk, target).await);
        carried(&self.client, if_there(described.await)?).await
    }
}

impl Cluster {
    pub(in crate::db) async fn carries(&self) -> Result<Carries> {
        let target = &self.settings.target;
        let described = self.client.insist(async |sdk| cluster::describe(&sdk, target).await);
        carried(&self.client, if_there(described.await)?).await
    }
}

/// A description may lack the tags for some time: they are listed before anything is called untagged.
async fn carried<T: Described>(client: &Client, there: Option<T>) -> Result<Carries> {
    let Some(there) = there else { return Ok(Carries::Nothing) };
    let listed = match (errand_of(there.tags()), time_of(there.tags())) {
        (Some(_), Some(_)) => None,
        _ => Some(list_tags(client, &there).await?),
    };
    let (what, tags) = (there.named(), listed.as_deref().unwrap_or(there.tags()));
    Ok(match errand_of(tags) {
        Some(id) => {
            Carries::Tagged(Tagged { what, id: id.to_owned(), at: time_of(tags), drill: is_of_drill(tags) })
        }
        None => Carries::Untagged(format!("the {what}")),
    })
}
