//! The kind `rds`: an instance, restored into a new one.

use aws_sdk_rds::types::{DbInstance, DbInstanceAutomatedBackup};

use super::captured::Captured;
use super::client::{Client, explain, if_there};
use super::described::Described;
use super::managed::{Kind, Managed, window};
use super::password::Password;
use super::resource::{Resource, named};
use super::settings::{InstanceSettings, Partial};
use super::{Server, Settings, Source, by_hand, requests};
use crate::db::{Connection, CutOver, RestoreProgress, RestoreRequest, Window};
use crate::error::{Error, Result};
use crate::limits;

pub(crate) type Instance = Managed<DbInstance>;

impl Instance {
    /// Reads the window from the automated backups. Their end lags, so an existing instance's newer end is preferred.
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
        let told = backup.as_ref().and_then(DbInstanceAutomatedBackup::restore_window);
        let latest = latest.or(told.and_then(|told| told.latest_time().copied()));
        window(self.name(), told.and_then(|told| told.earliest_time()), latest.as_ref())
    }

    async fn backup_that_is_there(&self, source: &Source) -> Result<DbInstanceAutomatedBackup> {
        self.backup(source).await?.ok_or_else(|| self.without_backups())
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
        // Some servers ignore the request's filter.
        let is_asked_for = |backup: &&DbInstanceAutomatedBackup| match source {
            Source::ResourceId(id) => backup.dbi_resource_id() == Some(id),
            Source::Identifier(_) | Source::BackupArn(_) => true,
        };
        Ok(described.db_instance_automated_backups().iter().find(is_asked_for).cloned())
    }
}

impl Kind for DbInstance {
    type Settings = InstanceSettings;
    const NOT_IN_BACKUPS: &str = "class, security groups, subnet group, parameter group and the like";
    const RESOURCE_ID: &str = "DbiResourceId";
    const RENAMED: &str =
        "RDS cannot rename a database during its first backup: asof waits for it, which may take hours";
    const HAS_REPLICAS: bool = true;

    fn check(settings: &Settings, _: &InstanceSettings) -> Result<()> {
        settings.check_target(0)
    }

    fn require_restorable(self) -> Result<Self> {
        let (id, engine) = (self.identifier(), self.engine().unwrap_or_default());
        if engine.starts_with("custom-") {
            let message = format!("the instance {id} is RDS Custom ({engine}), which asof cannot restore");
            return Err(Error::usage(message).hint(
                "RDS Custom needs an instance profile and a custom engine version: restore it by commands (kind = \"command\")",
            ));
        }
        Ok(self)
    }

    async fn read_source(of: &Instance) -> Result<Captured<InstanceSettings>> {
        Ok(match &of.settings.source {
            Source::Identifier(id) => Captured::of_instance(id, &of.source(id).await?),
            gone => Captured::of_instance_backup(gone.name(), &of.backup_that_is_there(gone).await?),
        })
    }

    async fn given(of: &Instance, described: &Described) -> Result<Option<Captured<InstanceSettings>>> {
        let source = &of.settings.source;
        let given = described.instances.iter().find(|instance| source.is(*instance));
        Ok(given.map(|instance| Captured::of_instance(source.name(), instance)))
    }

    async fn wanted(of: &Instance) -> Result<InstanceSettings> {
        let source = InstanceSettings { promotion_tier: None, ..of.source_settings().await? };
        Ok(InstanceSettings::clone(&of.overrides).over(source))
    }

    async fn restore(
        sdk: &aws_sdk_rds::Client,
        of: &Instance,
        request: &RestoreRequest,
        settings: InstanceSettings,
    ) -> Result<Option<Self>> {
        let (source, target) = (&of.settings.source, of.target());
        let request = requests::restore_instance(sdk, source, target, request, settings);
        let doing = format!("restore the database {} into the instance {target}", of.name());
        let made = request.send().await.map_err(|e| explain(&doing, &e))?;
        Ok(made.db_instance().cloned())
    }

    /// Waits for the first backup before a rename, which RDS refuses meanwhile. The backup takes hours, during which
    /// the application need not be quiesced.
    async fn advance(&self, of: &Instance, request: &RestoreRequest) -> Result<RestoreProgress> {
        let is_renamed = of.settings.cut_over == CutOver::Rename && !request.drill;
        Ok(match self.how_far() {
            RestoreProgress::Available { .. }
                if is_renamed && self.db_instance_status() == Some("backing-up") =>
            {
                let state = "backing-up, before it can be renamed".to_owned();
                RestoreProgress::Restoring { percent: None, state }
            }
            other => other,
        })
    }

    async fn unlike(&self, _: &Instance, wanted: InstanceSettings) -> Result<InstanceSettings> {
        Ok(wanted.unlike(&InstanceSettings::of(self)).modifiable())
    }

    async fn modify(
        sdk: &aws_sdk_rds::Client,
        id: &str,
        settings: InstanceSettings,
        password: Option<&Password>,
    ) -> Result<()> {
        let request = requests::modify_instance(sdk, id, settings);
        let request = request.set_master_user_password(password.map(Password::reveal));
        request.send().await.map(drop).map_err(|e| explain(&format!("modify the instance {id}"), &e))
    }

    fn connection(&self) -> Connection {
        Connection {
            endpoint: self.address(),
            reader_endpoint: None,
            identifier: self.db_instance_identifier().map(str::to_owned),
            engine: self.engine().map(str::to_owned),
            dbname: self.db_name().map(str::to_owned),
        }
    }

    /// Deletes the instance without a final snapshot. Waits while it is busy, for example with its first backup, and
    /// describes it again on each attempt.
    async fn remove(&self, client: &Client, _: &RestoreRequest) -> Result<()> {
        let id = self.identifier();
        let removed = client.insist_while_busy(limits::DATABASE_GONE, async || {
            match named::<Self>(client, id).await? {
                Some(there) if there.resource_id() == self.resource_id() => {
                    client.ask(async |sdk| remove_once(&sdk, &there, self).await).await
                }
                Some(_) | None => Ok(()),
            }
        });
        if_there(Box::pin(removed).await)?;
        let is_gone = async || Ok(named::<Self>(client, id).await?.is_none());
        client.until_gone(&format!("the instance {id}"), is_gone).await
    }

    fn by_hand(id: &str, server: &Server) -> String {
        by_hand::instance(id, server)
    }
}

/// Deletes an instance. Disables deletion protection only if the instance had it when the removal was `decided`:
/// protection added since has a reason. A cluster's instance has no protection of its own.
pub(super) async fn remove_once(
    sdk: &aws_sdk_rds::Client,
    instance: &DbInstance,
    decided: &DbInstance,
) -> Result<()> {
    let id = instance.identifier();
    if instance.db_instance_status() == Some("deleting") {
        return Ok(());
    }
    let in_cluster = instance.is_member();
    if instance.is_protected() && decided.is_protected() && !in_cluster {
        let off = InstanceSettings { deletion_protection: Some(false), ..InstanceSettings::default() };
        DbInstance::modify(sdk, id, off, None).await?;
    }
    let request = sdk.delete_db_instance().db_instance_identifier(id).skip_final_snapshot(true);
    // The automated backups of a cluster's instance belong to the cluster.
    let request = if in_cluster { request } else { request.delete_automated_backups(true) };
    request.send().await.map(drop).map_err(|e| explain(&format!("delete the instance {id}"), &e))
}

#[cfg(all(test, feature = "lab"))]
mod tests;
