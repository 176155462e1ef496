//! The kind `aurora`: a cluster, restored into a new one, which then gets instances like the source's: RDS restores the
//! cluster alone.

use aws_sdk_rds::types::{DbCluster, DbClusterAutomatedBackup, RestoreWindow};

use super::captured::Once;
use super::client::{Client, explain, if_there, is_taken, passes};
use super::cluster_settings::ClusterSettings;
use super::instance::{before, instant, no_backups, not_ours};
use super::members::Members;
use super::source::like_source_is_not_known;
use super::{Settings, Source, foreign, instance, requests, states, taken};
use crate::cancel::Cancel;
use crate::db::{Connection, Errand, Found, Progress, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// A cluster of Aurora.
#[derive(Debug)]
pub struct Cluster {
    pub(super) settings: Settings,
    /// Boxed, as they are many.
    overrides: Box<ClusterSettings>,
    pub(super) captured: Once<ClusterSettings>,
    pub(super) client: Client,
}

/// What is put behind the cluster's identifier to name an instance.
const SUFFIX: usize = "-16".len();

impl Cluster {
    /// Checks what the file says of it, and finds credentials. `cancel` ends the waiting for what RDS refuses at first.
    pub async fn connect(settings: Settings, cancel: Cancel) -> Result<Self> {
        settings.check_target(SUFFIX)?;
        let overrides: ClusterSettings = settings.overrides()?;
        let name = &settings.name;
        if overrides.instances.is_some_and(|count| count > limits::CLUSTER_INSTANCES) {
            let most = limits::CLUSTER_INSTANCES;
            let message = format!("the overrides of the database {name} ask for more than {most} instances");
            return Err(Error::usage(message).hint("a cluster takes no more"));
        }
        let client = Client::connect(name, &settings.server, cancel).await?;
        Ok(Self { settings, overrides: Box::new(overrides), captured: Once::default(), client })
    }

    pub(in crate::db) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(in crate::db) async fn window(&self) -> Result<Window> {
        let (earliest, latest) = if let Some(id) = self.live_source() {
            let cluster = self.source(id).await?;
            (cluster.earliest_restorable_time().copied(), cluster.latest_restorable_time().copied())
        } else {
            let window = self.backup().await?.restore_window;
            let window = window.unwrap_or_else(|| RestoreWindow::builder().build());
            (window.earliest_time, window.latest_time)
        };
        if latest.is_none() && earliest.is_none() {
            return Err(no_backups(self.name()));
        }
        Ok(Window { earliest: earliest.as_ref().and_then(instant), latest: latest.as_ref().and_then(before) })
    }

    /// Refuses what cannot come out right, too: an instance without a class would be noticed only after hours.
    pub(in crate::db) async fn cautions(&self) -> Result<Vec<String>> {
        let (name, target) = (self.name(), self.target());
        if self.members().await?.iter().any(|member| member.db_instance_class.is_none()) {
            let message = format!("the class of the instances of the database {name} is not known");
            return Err(Error::usage(message).hint(
                "name it in the recovery file: [database.overrides.instance] db-instance-class = \"db.r7g.large\"; \
                 or instances = 0 in [database.overrides]",
            ));
        }
        Ok(match self.live_source() {
            _ if !self.settings.like_source => Vec::new(),
            Some(_) => {
                let source = self.captured().await?;
                let note = |what| format!("database {name}: not carried over to {target}: {what}");
                source.facts.left_out.iter().map(note).collect()
            }
            None => vec![format!(
                "database {name}: its backups do not tell its security groups, subnet group, parameter groups and \
                 instances; {target} gets RDS's defaults where the overrides do not name them"
            )],
        })
    }

    pub(in crate::db) async fn find(&self, errand: &Errand) -> Result<Found> {
        let there = self.client.insist(async |sdk| describe(&sdk, self.target()).await).await;
        let Some(cluster) = if_there(there)? else { return Ok(Found::Nothing) };
        if let Some(foreign) = foreign("cluster", self.target(), cluster.tag_list(), errand) {
            return Ok(foreign);
        }
        Ok(states::found(match progress(&cluster) {
            Progress::Available { endpoint } => {
                let wanted = self.members().await?.len();
                self.of(&cluster).progress(wanted).await?.unwrap_or(Progress::Available { endpoint })
            }
            other => other,
        }))
    }

    pub(in crate::db) async fn start(&self, errand: &Errand) -> Result<()> {
        let (source, target) = (&self.settings.source, self.target());
        let wanted = self.wanted().await?;
        let asked = self.client.insist(async |sdk| {
            let request = requests::restore_cluster(&sdk, (source, target), errand, wanted.clone());
            let doing = format!("restore the database {} into the cluster {target}", self.name());
            request.send().await.map(drop).map_err(|e| explain(&doing, &e))
        });
        match asked.await {
            Err(e) if is_taken(&e) => taken(self.find(errand).await?, e),
            asked => asked,
        }
    }

    /// Once the cluster is available, its instances are asked for, each once: it is found by its name and tag.
    pub(in crate::db) async fn progress(&self, errand: &Errand) -> Result<Progress> {
        let cluster = self.client.ask(async |sdk| describe(&sdk, self.target()).await).await?;
        if let Some(Found::Foreign(what)) = foreign("cluster", self.target(), cluster.tag_list(), errand) {
            return Ok(Progress::Failed { why: format!("in its place there is {what}") });
        }
        let Progress::Available { endpoint } = progress(&cluster) else { return Ok(progress(&cluster)) };
        let wanted = self.members().await?;
        let members = self.of(&cluster);
        match members.create_missing(&wanted, errand).await {
            Ok(()) => {}
            Err(e) if passes(&e) || e.kind() == ErrorKind::Denied => return Err(e),
            Err(e) => return Ok(Progress::Failed { why: e.to_string() }),
        }
        Ok(members.progress(wanted.len()).await?.unwrap_or(Progress::Available { endpoint }))
    }

    /// Sets what the restore request could not, and what has become otherwise all the same.
    pub(in crate::db) async fn settle(&self, errand: &Errand) -> Result<()> {
        let target = self.target();
        let cluster = self.client.insist(async |sdk| describe(&sdk, target).await).await?;
        if let Some(Found::Foreign(what)) = foreign("cluster", target, cluster.tag_list(), errand) {
            let message = format!("the cluster {target} is another now: {what}");
            return Err(Error::new(ErrorKind::Refused, message));
        }
        let wanted = self.wanted().await?;
        let unlike = wanted.unlike(&ClusterSettings::of(&cluster)).modifiable();
        if unlike == ClusterSettings::default() {
            return Ok(());
        }
        self.modify(unlike).await
    }

    pub(in crate::db) async fn connection(&self) -> Result<Connection> {
        let cluster = self.client.insist(async |sdk| describe(&sdk, self.target()).await).await?;
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        Ok(Connection {
            endpoint: endpoint(&cluster),
            reader_endpoint: cluster
                .reader_endpoint()
                .zip(cluster.port())
                .map(|(host, port)| format!("{host}:{port}")),
            identifier: text(cluster.db_cluster_identifier()),
            engine: text(cluster.engine()),
            dbname: text(cluster.database_name()),
        })
    }

    /// Its instances first: a cluster with instances is not deleted.
    pub(in crate::db) async fn teardown(&self, errand: &Errand) -> Result<()> {
        let target = self.target();
        let there = self.client.insist(async |sdk| describe(&sdk, target).await).await;
        let Some(cluster) = if_there(there)? else { return Ok(()) };
        if let Some(Found::Foreign(what)) = foreign("cluster", target, cluster.tag_list(), errand) {
            return Err(not_ours(&what));
        }
        for member in self.of(&cluster).there().await? {
            instance::remove(&self.client, &member, errand).await?;
        }
        if cluster.deletion_protection() == Some(true) {
            let off = ClusterSettings { deletion_protection: Some(false), ..ClusterSettings::default() };
            self.modify(off).await?;
        }
        let removed = self.client.insist(async |sdk| {
            let request = sdk.delete_db_cluster().db_cluster_identifier(target).skip_final_snapshot(true);
            let request = request.delete_automated_backups(true);
            request.send().await.map(drop).map_err(|e| explain(&format!("delete the cluster {target}"), &e))
        });
        if_there(removed.await)?;
        let is_gone = async || {
            let described = self.client.insist(async |sdk| describe(&sdk, target).await).await;
            Ok(if_there(described)?.is_none() && self.of(&cluster).there().await?.is_empty())
        };
        self.client.until_gone(&format!("the cluster {target}"), is_gone).await
    }

    fn target(&self) -> &str {
        &self.settings.target
    }

    /// The source, if it is there.
    pub(super) fn live_source(&self) -> Option<&str> {
        match &self.settings.source {
            Source::Identifier(id) => Some(id),
            Source::ResourceId(_) | Source::BackupArn(_) => None,
        }
    }

    fn of<'a>(&'a self, cluster: &'a DbCluster) -> Members<'a> {
        Members { client: &self.client, cluster: self.target(), engine: cluster.engine().unwrap_or_default() }
    }

    /// The settings that the restored cluster is to have.
    pub(super) async fn wanted(&self) -> Result<ClusterSettings> {
        let source = if self.settings.like_source {
            self.captured().await.map_err(like_source_is_not_known)?.settings.clone()
        } else {
            ClusterSettings::default()
        };
        // What manages the source's password need not manage this one's.
        let source = ClusterSettings {
            manage_master_user_password: None,
            master_user_secret_kms_key_id: None,
            ..source
        };
        Ok(ClusterSettings::clone(&self.overrides).or(source))
    }

    /// The settings of the instances that it is to have.
    pub(super) async fn members(&self) -> Result<Vec<super::settings::InstanceSettings>> {
        let source = match self.live_source().filter(|_| self.settings.like_source) {
            Some(_) => self.captured().await?.members.clone(),
            None => Vec::new(),
        };
        Ok(self.overrides.instances(&source))
    }

    pub(super) async fn source(&self, id: &str) -> Result<DbCluster> {
        let described = self.client.insist(async |sdk| describe(&sdk, id).await).await;
        let cluster = described.map_err(|e| match e.kind() {
            ErrorKind::Missing => e.hint(
                "if it was deleted and its backups were kept (aws rds describe-db-cluster-automated-backups), give \
                 their DbClusterResourceId as source-resource-id",
            ),
            _ => e,
        })?;
        let engine = cluster.engine().unwrap_or_default();
        if engine.starts_with("aurora") {
            return Ok(cluster);
        }
        let message = format!("the cluster {id} is not Aurora's, but a Multi-AZ cluster of {engine}");
        Err(Error::usage(message).hint("restore it by commands: kind = \"command\""))
    }

    pub(super) async fn backup(&self) -> Result<DbClusterAutomatedBackup> {
        let (Source::Identifier(id) | Source::ResourceId(id) | Source::BackupArn(id)) = &self.settings.source;
        let name = self.name();
        let described = self.client.insist(async |sdk| {
            let doing = format!("describe the automated backups of the database {name}");
            let request = sdk.describe_db_cluster_automated_backups().db_cluster_resource_id(id);
            request.send().await.map_err(|e| explain(&doing, &e))
        });
        let described = if_there(described.await)?;
        described.and_then(|described| described.db_cluster_automated_backups().first().cloned()).ok_or_else(
            || {
                let message =
                    format!("the automated backups of the database {name} are not there (any more)");
                Error::new(ErrorKind::Missing, message)
                    .hint("aws rds describe-db-cluster-automated-backups names those that are")
            },
        )
    }

    async fn modify(&self, settings: ClusterSettings) -> Result<()> {
        let target = self.target();
        let modified = self.client.insist(async |sdk| {
            let request = requests::modify_cluster(&sdk, target, settings.clone());
            request.send().await.map(drop).map_err(|e| explain(&format!("modify the cluster {target}"), &e))
        });
        modified.await
    }
}

async fn describe(sdk: &aws_sdk_rds::Client, id: &str) -> Result<DbCluster> {
    let doing = format!("describe the cluster {id}");
    let described = sdk.describe_db_clusters().db_cluster_identifier(id).send().await;
    let described = described.map_err(|e| explain(&doing, &e))?;
    described
        .db_clusters()
        .first()
        .cloned()
        .ok_or_else(|| Error::new(ErrorKind::Missing, format!("cannot {doing}: it is not there")))
}

fn progress(cluster: &DbCluster) -> Progress {
    let status = cluster.status().unwrap_or("creating");
    states::progress(status, cluster.percent_progress(), endpoint(cluster))
}

fn endpoint(cluster: &DbCluster) -> Option<String> {
    Some(format!("{}:{}", cluster.endpoint()?, cluster.port()?))
}
