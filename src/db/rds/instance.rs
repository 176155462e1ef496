//! The kind `rds`: an instance, restored into a new one.

use aws_sdk_rds::types::{DbInstance, DbInstanceAutomatedBackup};

use super::captured::Once;
use super::client::{Client, explain, if_there, is_taken};
use super::settings::InstanceSettings;
use super::source::like_source_is_not_known;
use super::{Settings, Source, foreign, requests, states, taken};
use crate::cancel::Cancel;
use crate::db::{Connection, Errand, Found, Progress, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;

/// An instance of RDS.
#[derive(Debug)]
pub struct Instance {
    pub(super) settings: Settings,
    /// Boxed, as they are many.
    overrides: Box<InstanceSettings>,
    pub(super) captured: Once<InstanceSettings>,
    pub(super) client: Client,
}

impl Instance {
    /// Checks what the file says of it, and finds credentials. `cancel` ends the waiting for what RDS refuses at first.
    pub async fn connect(settings: Settings, cancel: Cancel) -> Result<Self> {
        settings.check_target(0)?;
        let overrides = Box::new(settings.overrides()?);
        let client = Client::connect(&settings.name, &settings.server, cancel).await?;
        Ok(Self { settings, overrides, captured: Once::default(), client })
    }

    pub(in crate::db) fn name(&self) -> &str {
        &self.settings.name
    }

    /// From the description of the automated backups, whose end is old; the instance, if there is one, tells a newer.
    pub(in crate::db) async fn window(&self) -> Result<Window> {
        let (backup, latest) = match &self.settings.source {
            Source::Identifier(id) => {
                let instance = self.source(id).await?;
                let backup = match instance.dbi_resource_id() {
                    Some(id) => self.backup(&Source::ResourceId(id.to_owned())).await?,
                    None => None,
                };
                (backup, instance.latest_restorable_time().copied())
            }
            gone => (Some(self.backup_that_is_there(gone).await?), None),
        };
        let window = backup.as_ref().and_then(DbInstanceAutomatedBackup::restore_window);
        let latest = latest.or(window.and_then(|window| window.latest_time().copied()));
        let earliest = window.and_then(|window| window.earliest_time());
        if latest.is_none() && earliest.is_none() {
            return Err(no_backups(self.name()));
        }
        Ok(Window { earliest: earliest.and_then(instant), latest: latest.as_ref().and_then(before) })
    }

    pub(in crate::db) async fn cautions(&self) -> Result<Vec<String>> {
        let name = self.name();
        if !self.settings.like_source {
            return Ok(Vec::new());
        }
        Ok(match &self.settings.source {
            Source::Identifier(_) => {
                let source = self.captured().await?;
                let note = |what| format!("database {name}: not carried over to {}: {what}", self.target());
                source.facts.left_out.iter().map(note).collect()
            }
            _ => vec![format!(
                "database {name}: its backups do not tell its class, security groups, subnet group, parameter group and \
                 the like; {} gets RDS's defaults where the overrides do not name them",
                self.target()
            )],
        })
    }

    pub(in crate::db) async fn find(&self, errand: &Errand) -> Result<Found> {
        let there = self.client.insist(async |sdk| describe(&sdk, self.target()).await).await;
        let Some(instance) = if_there(there)? else { return Ok(Found::Nothing) };
        Ok(self.judge(&instance, errand))
    }

    pub(in crate::db) async fn start(&self, errand: &Errand) -> Result<()> {
        let (source, target) = (&self.settings.source, self.target());
        let wanted = self.wanted().await?;
        let asked = self.client.insist(async |sdk| {
            let request = requests::restore_instance(&sdk, (source, target), errand, wanted.clone());
            let doing = format!("restore the database {} into the instance {target}", self.name());
            request.send().await.map(drop).map_err(|e| explain(&doing, &e))
        });
        match asked.await {
            Err(e) if is_taken(&e) => taken(self.find(errand).await?, e),
            asked => asked,
        }
    }

    pub(in crate::db) async fn progress(&self, errand: &Errand) -> Result<Progress> {
        let instance = self.client.ask(async |sdk| describe(&sdk, self.target()).await).await?;
        if let Some(Found::Foreign(what)) = foreign("instance", self.target(), instance.tag_list(), errand) {
            return Ok(Progress::Failed { why: format!("in its place there is {what}") });
        }
        Ok(progress(&instance))
    }

    /// Sets what the restore request could not, and what has become otherwise all the same. Tags come with the restore.
    pub(in crate::db) async fn settle(&self, errand: &Errand) -> Result<()> {
        let target = self.target();
        let instance = self.client.insist(async |sdk| describe(&sdk, target).await).await?;
        if let Found::Foreign(why) | Found::Failed(why) = self.judge(&instance, errand) {
            let message = format!("the instance {target} is not as it was restored any more: {why}");
            return Err(Error::new(ErrorKind::Refused, message));
        }
        let wanted = self.wanted().await?;
        let unlike = wanted.unlike(&InstanceSettings::of(&instance)).modifiable();
        if unlike == InstanceSettings::default() {
            return Ok(());
        }
        modify(&self.client, target, unlike).await
    }

    pub(in crate::db) async fn connection(&self) -> Result<Connection> {
        let instance = self.client.insist(async |sdk| describe(&sdk, self.target()).await).await?;
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        Ok(Connection {
            endpoint: endpoint(&instance),
            reader_endpoint: None,
            identifier: text(instance.db_instance_identifier()),
            engine: text(instance.engine()),
            dbname: text(instance.db_name()),
        })
    }

    pub(in crate::db) async fn teardown(&self, errand: &Errand) -> Result<()> {
        let target = self.target();
        let there = self.client.insist(async |sdk| describe(&sdk, target).await).await;
        let Some(instance) = if_there(there)? else { return Ok(()) };
        remove(&self.client, &instance, errand).await?;
        let is_gone = async || {
            let described = self.client.insist(async |sdk| describe(&sdk, target).await).await;
            if_there(described).map(|there| there.is_none())
        };
        self.client.until_gone(&format!("the instance {target}"), is_gone).await
    }

    fn target(&self) -> &str {
        &self.settings.target
    }

    fn judge(&self, instance: &DbInstance, errand: &Errand) -> Found {
        let foreign = foreign("instance", self.target(), instance.tag_list(), errand);
        foreign.unwrap_or_else(|| states::found(progress(instance)))
    }

    /// The settings that the restored instance is to have.
    pub(super) async fn wanted(&self) -> Result<InstanceSettings> {
        let source = if self.settings.like_source {
            self.captured().await.map_err(like_source_is_not_known)?.settings.clone()
        } else {
            InstanceSettings::default()
        };
        Ok(InstanceSettings::clone(&self.overrides).over(InstanceSettings { promotion_tier: None, ..source }))
    }

    pub(super) async fn source(&self, id: &str) -> Result<DbInstance> {
        let described = self.client.insist(async |sdk| describe(&sdk, id).await).await;
        described.map_err(|e| match e.kind() {
            ErrorKind::Missing => e.hint(
                "if it was deleted and its backups were kept (aws rds describe-db-instance-automated-backups), give \
                 their DbiResourceId as source-resource-id",
            ),
            _ => e,
        })
    }

    pub(super) async fn backup_that_is_there(&self, source: &Source) -> Result<DbInstanceAutomatedBackup> {
        self.backup(source).await?.ok_or_else(|| {
            let name = self.name();
            let message = format!("the automated backups of the database {name} are not there (any more)");
            Error::new(ErrorKind::Missing, message)
                .hint("aws rds describe-db-instance-automated-backups names those that are")
        })
    }

    async fn backup(&self, source: &Source) -> Result<Option<DbInstanceAutomatedBackup>> {
        let described = self.client.insist(async |sdk| {
            let request = sdk.describe_db_instance_automated_backups();
            let request = match source {
                Source::Identifier(id) => request.db_instance_identifier(id),
                Source::ResourceId(id) => request.dbi_resource_id(id),
                Source::BackupArn(arn) => request.db_instance_automated_backups_arn(arn),
            };
            let doing = format!("describe the automated backups of the database {}", self.name());
            request.send().await.map_err(|e| explain(&doing, &e))
        });
        let Some(described) = if_there(described.await)? else { return Ok(None) };
        // Not every server takes notice of the question.
        let is_asked_for = |backup: &&DbInstanceAutomatedBackup| match source {
            Source::ResourceId(id) => backup.dbi_resource_id() == Some(id),
            Source::Identifier(_) | Source::BackupArn(_) => true,
        };
        Ok(described.db_instance_automated_backups().iter().find(is_asked_for).cloned())
    }
}

/// An instance of this name.
pub(super) async fn describe(sdk: &aws_sdk_rds::Client, id: &str) -> Result<DbInstance> {
    let doing = format!("describe the instance {id}");
    let described = sdk.describe_db_instances().db_instance_identifier(id).send().await;
    let described = described.map_err(|e| explain(&doing, &e))?;
    described
        .db_instances()
        .first()
        .cloned()
        .ok_or_else(|| Error::new(ErrorKind::Missing, format!("cannot {doing}: it is not there")))
}

/// How far an instance is.
pub(super) fn progress(instance: &DbInstance) -> Progress {
    let status = instance.db_instance_status().unwrap_or("creating");
    states::progress(status, instance.percent_progress(), endpoint(instance))
}

fn endpoint(instance: &DbInstance) -> Option<String> {
    let endpoint = instance.endpoint()?;
    Some(format!("{}:{}", endpoint.address()?, endpoint.port()?))
}

pub(super) async fn modify(client: &Client, id: &str, settings: InstanceSettings) -> Result<()> {
    let modified = client.insist(async |sdk| {
        let request = requests::modify_instance(&sdk, id, settings.clone());
        request.send().await.map(drop).map_err(|e| explain(&format!("modify the instance {id}"), &e))
    });
    modified.await
}

/// Has an instance deleted, without a last snapshot, if it carries the errand's tag. One of a cluster carries no protection
/// of its own.
pub(super) async fn remove(client: &Client, instance: &DbInstance, errand: &Errand) -> Result<()> {
    let id = instance.db_instance_identifier().unwrap_or_default();
    if let Some(Found::Foreign(what)) = foreign("instance", id, instance.tag_list(), errand) {
        return Err(not_ours(&what));
    }
    if instance.db_instance_status() == Some("deleting") {
        return Ok(());
    }
    let in_cluster = instance.db_cluster_identifier().is_some();
    if instance.deletion_protection() == Some(true) && !in_cluster {
        let off = InstanceSettings { deletion_protection: Some(false), ..InstanceSettings::default() };
        modify(client, id, off).await?;
    }
    let removed = client.insist(async |sdk| {
        let request = sdk.delete_db_instance().db_instance_identifier(id).skip_final_snapshot(true);
        // Those of a cluster are the cluster's.
        let request = if in_cluster { request } else { request.delete_automated_backups(true) };
        request.send().await.map(drop).map_err(|e| explain(&format!("delete the instance {id}"), &e))
    });
    if_there(removed.await).map(drop)
}

pub(super) fn not_ours(what: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("not torn down, because it is not ours: {what}"))
}

pub(super) fn no_backups(name: &str) -> Error {
    let message =
        format!("the database {name} cannot be restored to a past second: it has no automated backups");
    Error::new(ErrorKind::Refused, message)
        .hint("its backup retention is 0, or the first backup is not done yet")
}

pub(super) fn instant(time: &aws_sdk_rds::primitives::DateTime) -> Option<Instant> {
    time.to_millis().ok().map(Instant::from_millis)
}

/// The last whole second before a time: what is restored to has to be before the latest restorable time.
pub(super) fn before(time: &aws_sdk_rds::primitives::DateTime) -> Option<Instant> {
    let millis = time.to_millis().ok()?;
    Some(Instant::from_millis((millis - 1).div_euclid(1000) * 1000))
}

#[cfg(all(test, feature = "lab"))]
#[path = "tests.rs"]
mod tests;
