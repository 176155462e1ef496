//! The kind `rds`: an instance, restored into a new one.

use std::cell::Cell;

use aws_sdk_rds::operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder;
use aws_sdk_rds::types::{DbInstance, DbInstanceAutomatedBackup};

use super::captured::Once;
use super::client::{Client, explain, if_there, is_taken};
use super::protection::require_own;
use super::settings::InstanceSettings;
use super::source::like_source_is_not_known;
use super::swap::STOPPED_SWAP;
use super::whose::{Described, Looked, after_cut_over, look};
use super::{Settings, Source, answered, by_hand, rename, requests, states, tags, taken};
use crate::cancel::Cancel;
use crate::db::{Connection, CutOver, Found, Request, RestoreProgress, RestoreRequest, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// An instance of RDS.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(super) settings: Settings,
    /// Boxed, as they are many.
    overrides: Box<InstanceSettings>,
    pub(super) captured: Once<InstanceSettings>,
    pub(super) client: Client,
}

impl Instance {
    /// Checks what the file says of it, and finds credentials. `cancel` ends the waiting for what RDS refuses at first.
    pub(crate) async fn connect(settings: Settings, cancel: Cancel) -> Result<Self> {
        settings.check_target(0)?;
        settings.check_cut_over()?;
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
        let wanted = self.wanted().await?;
        let mut cautions: Vec<_> = match &self.settings.source {
            _ if !self.settings.like_source => Vec::new(),
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
        };
        cautions.extend(tags::caution(name, self.target(), wanted.tags.as_ref()));
        Ok(cautions)
    }

    pub(in crate::db) async fn find(&self, errand: &RestoreRequest) -> Result<Found> {
        Ok(match self.look(errand, false).await? {
            Looked::Nothing => Found::Nothing,
            Looked::Foreign(what) => Found::Foreign(what),
            Looked::Ours(instance) => states::found(progress(&instance)),
        })
    }

    pub(in crate::db) async fn start(&self, errand: &RestoreRequest) -> Result<Request> {
        let (source, target) = (&self.settings.source, self.target());
        let wanted = self.wanted().await?;
        let requests = Cell::new(0);
        tracing::info!(database = self.name(), target, "asking RDS for a restore");
        let answer = self.client.insist_counted(&requests, async |sdk| {
            let request = requests::restore_instance(&sdk, source, target, errand, wanted.clone());
            let doing = format!("restore the database {} into the instance {target}", self.name());
            let made = request.send().await.map_err(|e| explain(&doing, &e))?;
            Ok(made.db_instance().and_then(DbInstance::dbi_resource_id).map(str::to_owned))
        });
        let (answer, asked) = (answer.await, errand.asked.is_some());
        match answer {
            Err(e) if is_taken(&e) => {
                let found = self.look(&errand.after(requests.get()), true).await?;
                taken(found.map(|there| there.dbi_resource_id().map(str::to_owned)), e, asked, requests.get())
            }
            answer => answered(answer, asked, requests.get()),
        }
    }

    pub(in crate::db) async fn progress(&self, errand: &RestoreRequest) -> Result<RestoreProgress> {
        // That it is not there is an answer that fails, and is waited for.
        let describe =
            async || self.client.ask(async |sdk| describe(&sdk, self.target()).await).await.map(Some);
        Ok(match look(&self.client, errand, false, describe).await? {
            Looked::Ours(instance) => match progress(&instance) {
                RestoreProgress::Available { .. } if self.is_too_busy(&instance, errand) => {
                    let state = "backing-up, before it can be renamed".to_owned();
                    RestoreProgress::Restoring { percent: None, state }
                }
                other => other,
            },
            Looked::Foreign(what) => RestoreProgress::Failed { why: format!("in its place there is {what}") },
            Looked::Nothing => {
                RestoreProgress::Restoring { percent: None, state: "not there yet".to_owned() }
            }
        })
    }

    /// RDS renames no instance while it makes its first backup. That takes hours, in which the application need not be quiesced.
    fn is_too_busy(&self, instance: &DbInstance, errand: &RestoreRequest) -> bool {
        let is_renamed = self.settings.cut_over == CutOver::Rename && !errand.drill;
        is_renamed && instance.db_instance_status() == Some("backing-up")
    }

    pub(in crate::db) async fn connection(&self, errand: &RestoreRequest) -> Result<Connection> {
        let instance = self.described(errand).await?;
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        Ok(Connection {
            endpoint: endpoint(&instance),
            reader_endpoint: None,
            identifier: text(instance.db_instance_identifier()),
            engine: text(instance.engine()),
            dbname: text(instance.db_name()),
        })
    }

    pub(in crate::db) fn by_hand(&self) -> String {
        by_hand::instance(self.target(), &self.settings.server)
    }

    pub(in crate::db) async fn teardown(&self, errand: &RestoreRequest) -> Result<()> {
        let instance = match self.look(errand, true).await? {
            Looked::Nothing => return Ok(()),
            Looked::Foreign(what) => return Err(not_ours(&what)),
            Looked::Ours(instance) => instance,
        };
        if let is @ Some(true) = instance.deletion_protection() {
            let wanted = self.wanted().await.map(|wanted| wanted.deletion_protection);
            require_own(is, wanted, &self.by_hand())?;
        }
        remove_whole(&self.client, &instance).await
    }

    pub(super) fn target(&self) -> &str {
        &self.settings.target
    }

    pub(super) async fn look(&self, errand: &RestoreRequest, insistent: bool) -> Result<Looked<DbInstance>> {
        let describe = async || match &errand.swap {
            None => rename::named(&self.client, self.target()).await,
            Some(swap) => rename::find(&self.client, &swap.target).await,
        };
        look(&self.client, errand, insistent, describe).await
    }

    /// What was restored, under the name that it has now.
    pub(super) async fn described(&self, errand: &RestoreRequest) -> Result<DbInstance> {
        rename::restored(&self.client, self.target(), errand.swap.as_ref()).await
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
        let instance = match described {
            Err(e) if e.kind() == ErrorKind::Missing => return Err(self.without_source(e).await),
            described => described?,
        };
        let engine = instance.engine().unwrap_or_default();
        if engine.starts_with("custom-") {
            let message =
                format!("the instance {id} is one of RDS Custom ({engine}), which asof cannot restore");
            return Err(Error::usage(message).hint(
                "its restore needs an instance profile and an engine version of its own: restore it by commands \
                 (kind = \"command\")",
            ));
        }
        Ok(instance)
    }

    /// What can be done about a source that is not there.
    async fn without_source(&self, e: Error) -> Error {
        if self.settings.cut_over == CutOver::Rename {
            return e.hint(STOPPED_SWAP);
        }
        let target = self.client.insist(async |sdk| describe(&sdk, self.target()).await).await;
        match target.ok().and_then(|target| after_cut_over(&target)) {
            Some(advice) => e.hint(advice),
            None => e.hint(
                "if it was deleted and its backups were kept (aws rds describe-db-instance-automated-backups), give \
                 their DbiResourceId as source-resource-id",
            ),
        }
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
pub(super) fn progress(instance: &DbInstance) -> RestoreProgress {
    let status = instance.db_instance_status().unwrap_or("creating");
    states::progress(status, instance.percent_progress(), endpoint(instance))
}

fn endpoint(instance: &DbInstance) -> Option<String> {
    let endpoint = instance.endpoint()?;
    Some(format!("{}:{}", endpoint.address()?, endpoint.port()?))
}

async fn modify_once(sdk: &aws_sdk_rds::Client, id: &str, settings: InstanceSettings) -> Result<()> {
    modified(id, requests::modify_instance(sdk, id, settings)).await
}

pub(super) async fn modified(id: &str, request: ModifyDBInstanceFluentBuilder) -> Result<()> {
    request.send().await.map(drop).map_err(|e| explain(&format!("modify the instance {id}"), &e))
}

/// Removes an instance, and waits until it is gone.
pub(super) async fn remove_whole(client: &Client, instance: &DbInstance) -> Result<()> {
    remove(client, instance).await?;
    let id = instance.db_instance_identifier().unwrap_or_default();
    let is_gone = async || {
        let described = client.insist(async |sdk| describe(&sdk, id).await).await;
        if_there(described).map(|there| there.is_none())
    };
    client.until_gone(&format!("the instance {id}"), is_gone).await
}

/// Has an instance deleted that is the errand's, without a last snapshot. What keeps it busy, such as its first backup, is
/// waited for, with a look at it each time. Its protection is lifted only if it had one when this was decided: whoever protects
/// it meanwhile has a reason.
async fn remove(client: &Client, instance: &DbInstance) -> Result<()> {
    let id = instance.db_instance_identifier().unwrap_or_default();
    let removed = client.insist_while_busy(limits::DATABASE_GONE, async || {
        let there = client.insist(async |sdk| describe(&sdk, id).await).await;
        match if_there(there)? {
            Some(there) if there.dbi_resource_id() == instance.dbi_resource_id() => {
                client.ask(async |sdk| remove_once(&sdk, &there, instance).await).await
            }
            Some(_) | None => Ok(()),
        }
    });
    if_there(Box::pin(removed).await).map(drop)
}

/// One of a cluster carries no protection of its own.
pub(super) async fn remove_once(
    sdk: &aws_sdk_rds::Client,
    instance: &DbInstance,
    decided: &DbInstance,
) -> Result<()> {
    let id = instance.db_instance_identifier().unwrap_or_default();
    if instance.db_instance_status() == Some("deleting") {
        return Ok(());
    }
    let in_cluster = instance.db_cluster_identifier().is_some();
    if instance.is_protected() && decided.is_protected() && !in_cluster {
        let off = InstanceSettings { deletion_protection: Some(false), ..InstanceSettings::default() };
        modify_once(sdk, id, off).await?;
    }
    let request = sdk.delete_db_instance().db_instance_identifier(id).skip_final_snapshot(true);
    // Those of a cluster are the cluster's.
    let request = if in_cluster { request } else { request.delete_automated_backups(true) };
    request.send().await.map(drop).map_err(|e| explain(&format!("delete the instance {id}"), &e))
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
mod tests;
