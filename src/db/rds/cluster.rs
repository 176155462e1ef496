//! The kinds `cluster` and `aurora`: a cluster, restored into a new one, which then gets instances like the source's: RDS
//! restores the cluster alone. Those of a Multi-AZ DB cluster it makes itself.

use std::cell::Cell;

use aws_sdk_rds::operation::modify_db_cluster::builders::ModifyDBClusterFluentBuilder;
use aws_sdk_rds::types::{DbCluster, DbClusterAutomatedBackup, RestoreWindow};

use super::captured::Once;
use super::client::{Client, explain, if_there, is_busy, is_taken, passes};
use super::cluster_engine::{remove_whole, until_without_instances};
use super::cluster_settings::ClusterSettings;
use super::instance::{before, instant, no_backups, not_ours};
use super::members::Members;
use super::protection::require_own;
use super::source::like_source_is_not_known;
use super::swap::STOPPED_SWAP;
use super::whose::{Looked, after_cut_over, look};
use super::{Settings, Source, answered, by_hand, rename, requests, states, tags, taken};
use crate::cancel::Cancel;
use crate::db::{Connection, CutOver, Found, Request, RestoreProgress, RestoreRequest, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// A cluster: of Aurora, Multi-AZ, of `DocumentDB` or Neptune.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(super) settings: Settings,
    /// Boxed, as they are many.
    pub(super) overrides: Box<ClusterSettings>,
    pub(super) captured: Once<ClusterSettings>,
    pub(super) client: Client,
}

/// What is put behind the cluster's identifier to name an instance.
const SUFFIX: usize = "-16".len();

impl Cluster {
    /// Checks what the file says of it, and finds credentials. `cancel` ends the waiting for what RDS refuses at first.
    pub(crate) async fn connect(settings: Settings, cancel: Cancel) -> Result<Self> {
        let dated = settings.members_named(Instant::default()).len() - settings.target.len();
        settings.check_target(SUFFIX + dated)?;
        settings.check_cut_over()?;
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
        self.refuse_what_the_engine_has_not().await?;
        if self.members().await?.iter().any(|member| member.db_instance_class.is_none()) {
            let message = format!("the class of the instances of the database {name} is not known");
            return Err(Error::usage(message).hint(
                "name it in the recovery file: [database.overrides.instance] db-instance-class = \"db.r7g.large\"; \
                 or instances = 0 in [database.overrides]",
            ));
        }
        let mut cautions: Vec<_> = match self.live_source() {
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
        };
        cautions.extend(tags::caution(name, target, self.wanted().await?.tags.as_ref()));
        Ok(cautions)
    }

    pub(in crate::db) async fn find(&self, errand: &RestoreRequest) -> Result<Found> {
        let cluster = match self.look(errand, false).await? {
            Looked::Nothing => return Ok(Found::Nothing),
            Looked::Foreign(what) => return Ok(Found::Foreign(what)),
            Looked::Ours(cluster) => cluster,
        };
        Ok(states::found(match progress(&cluster) {
            RestoreProgress::Available { endpoint } => {
                let wanted = self.members().await?.len();
                self.of(&cluster, errand)
                    .progress(wanted)
                    .await?
                    .unwrap_or(RestoreProgress::Available { endpoint })
            }
            other => other,
        }))
    }

    /// What stands where an instance of the cluster would be made, if something does. Only where there is no cluster yet.
    pub(in crate::db) async fn obstacle(&self, errand: &RestoreRequest) -> Result<Option<String>> {
        let prefix = self.settings.members_named(errand.at);
        let members = Members { client: &self.client, cluster: self.target(), engine: "", named: prefix };
        let names = members.names(self.members().await?.len());
        for id in names.chain(self.engine().await?.own_instances(self.target())) {
            match members.look(&id, errand).await? {
                Looked::Nothing => {}
                Looked::Foreign(what) => return Ok(Some(what)),
                Looked::Ours(_) => return Ok(Some(format!("the instance {id}"))),
            }
        }
        Ok(None)
    }

    pub(in crate::db) async fn start(&self, errand: &RestoreRequest) -> Result<Request> {
        let (source, target) = (&self.settings.source, self.target());
        let (engine, wanted) = (self.engine().await?, self.wanted().await?);
        let requests = Cell::new(0);
        tracing::info!(database = self.name(), target, "asking RDS for a restore");
        let answer = self.client.insist_counted(&requests, async |sdk| {
            let wanted = engine.at_restore(wanted.clone());
            let request = requests::restore_cluster(&sdk, source, target, errand, wanted);
            let doing = format!("restore the database {} into the cluster {target}", self.name());
            let made = request.send().await.map_err(|e| explain(&doing, &e))?;
            Ok(made.db_cluster().and_then(DbCluster::db_cluster_resource_id).map(str::to_owned))
        });
        let (answer, asked) = (answer.await, errand.asked.is_some());
        match answer {
            Err(e) if is_taken(&e) => {
                let found = self.look(&errand.after(requests.get()), true).await?;
                taken(
                    found.map(|there| there.db_cluster_resource_id().map(str::to_owned)),
                    e,
                    asked,
                    requests.get(),
                )
            }
            answer => answered(answer, asked, requests.get()),
        }
    }

    /// Once the cluster is available, its instances are asked for, each once: it is found by its name and tag.
    pub(in crate::db) async fn progress(&self, errand: &RestoreRequest) -> Result<RestoreProgress> {
        // That it is not there is an answer that fails, and is waited for.
        let describe =
            async || self.client.ask(async |sdk| describe(&sdk, self.target()).await).await.map(Some);
        let cluster = match look(&self.client, errand, false, describe).await? {
            Looked::Ours(cluster) => cluster,
            Looked::Foreign(what) => {
                return Ok(RestoreProgress::Failed { why: format!("in its place there is {what}") });
            }
            Looked::Nothing => {
                return Ok(RestoreProgress::Restoring { percent: None, state: "not there yet".to_owned() });
            }
        };
        let RestoreProgress::Available { endpoint } = progress(&cluster) else {
            return Ok(progress(&cluster));
        };
        let wanted = self.members().await?;
        let members = self.of(&cluster, errand);
        let group = self.group_before_members(&cluster).await?;
        let prepared = async {
            if let Some(group) = group {
                self.client.ask(async |sdk| modify_once(&sdk, self.target(), group.clone()).await).await?;
            }
            members.create_missing(&wanted, errand).await
        };
        match prepared.await {
            Ok(()) => {}
            // Its first backup may keep it busy for hours.
            Err(e) if is_busy(e.code()) => {
                let state =
                    format!("{}, before its instances can be created", cluster.status().unwrap_or("busy"));
                return Ok(RestoreProgress::Restoring { percent: None, state });
            }
            Err(e) if passes(&e) || e.kind() == ErrorKind::Denied => return Err(e),
            Err(e) => return Ok(RestoreProgress::Failed { why: e.to_string() }),
        }
        Ok(members.progress(wanted.len()).await?.unwrap_or(RestoreProgress::Available { endpoint }))
    }

    pub(in crate::db) async fn connection(&self, errand: &RestoreRequest) -> Result<Connection> {
        let cluster = self.described(errand).await?;
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

    pub(in crate::db) fn by_hand(&self) -> String {
        by_hand::cluster(self.target(), &self.settings.server)
    }

    pub(in crate::db) async fn teardown(&self, errand: &RestoreRequest) -> Result<()> {
        match self.look(errand, true).await? {
            Looked::Nothing => until_without_instances(&self.client, self.target()).await,
            Looked::Foreign(what) => Err(not_ours(&what)),
            Looked::Ours(cluster) => {
                if let is @ Some(true) = cluster.deletion_protection() {
                    let wanted = self.wanted().await.map(|wanted| wanted.deletion_protection);
                    require_own(is, wanted, &self.by_hand())?;
                }
                remove_whole(&self.client, &cluster, errand).await
            }
        }
    }

    pub(super) async fn look(&self, errand: &RestoreRequest, insistent: bool) -> Result<Looked<DbCluster>> {
        let describe = async || match &errand.swap {
            None => rename::named(&self.client, self.target()).await,
            Some(swap) => rename::find(&self.client, &swap.target).await,
        };
        look(&self.client, errand, insistent, describe).await
    }

    /// What was restored, under the name that it has now.
    pub(super) async fn described(&self, errand: &RestoreRequest) -> Result<DbCluster> {
        rename::restored(&self.client, self.target(), errand.swap.as_ref()).await
    }

    pub(super) fn target(&self) -> &str {
        &self.settings.target
    }

    /// The source, if it is there.
    pub(super) fn live_source(&self) -> Option<&str> {
        match &self.settings.source {
            Source::Identifier(id) => Some(id),
            Source::ResourceId(_) | Source::BackupArn(_) => None,
        }
    }

    fn of<'a>(&'a self, cluster: &'a DbCluster, errand: &RestoreRequest) -> Members<'a> {
        let (id, engine) = (cluster.db_cluster_identifier(), cluster.engine());
        Members {
            client: &self.client,
            cluster: id.unwrap_or(self.target()),
            engine: engine.unwrap_or_default(),
            named: self.settings.members_named(errand.at),
        }
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
        Ok(self.engine().await?.known(ClusterSettings::clone(&self.overrides).or(source)))
    }

    /// The settings of the instances that it is to have.
    pub(super) async fn members(&self) -> Result<Vec<super::settings::InstanceSettings>> {
        let source = match self.live_source().filter(|_| self.settings.like_source) {
            Some(_) => self.captured().await?.members.clone(),
            None => Vec::new(),
        };
        let engine = self.engine().await?;
        if engine.makes_its_instances() {
            return Ok(Vec::new());
        }
        let wanted = self.overrides.instances(&source).into_iter();
        Ok(wanted.map(|settings| engine.known_of_member(settings)).collect())
    }

    pub(super) async fn source(&self, id: &str) -> Result<DbCluster> {
        let described = self.client.insist(async |sdk| describe(&sdk, id).await).await;
        match described {
            Err(e) if e.kind() == ErrorKind::Missing => Err(self.without_source(e).await),
            described => described,
        }
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
                "if it was deleted and its backups were kept (aws rds describe-db-cluster-automated-backups), give \
                 their DbClusterResourceId as source-resource-id",
            ),
        }
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
}

pub(super) async fn modify_once(
    sdk: &aws_sdk_rds::Client,
    id: &str,
    settings: ClusterSettings,
) -> Result<()> {
    modified(id, requests::modify_cluster(sdk, id, settings)).await
}

pub(super) async fn modified(id: &str, request: ModifyDBClusterFluentBuilder) -> Result<()> {
    request.send().await.map(drop).map_err(|e| explain(&format!("modify the cluster {id}"), &e))
}

pub(super) async fn describe(sdk: &aws_sdk_rds::Client, id: &str) -> Result<DbCluster> {
    let doing = format!("describe the cluster {id}");
    let described = sdk.describe_db_clusters().db_cluster_identifier(id).send().await;
    let described = described.map_err(|e| explain(&doing, &e))?;
    described
        .db_clusters()
        .first()
        .cloned()
        .ok_or_else(|| Error::new(ErrorKind::Missing, format!("cannot {doing}: it is not there")))
}

pub(super) fn progress(cluster: &DbCluster) -> RestoreProgress {
    let status = cluster.status().unwrap_or("creating");
    states::progress(status, cluster.percent_progress(), endpoint(cluster))
}

fn endpoint(cluster: &DbCluster) -> Option<String> {
    Some(format!("{}:{}", cluster.endpoint()?, cluster.port()?))
}
