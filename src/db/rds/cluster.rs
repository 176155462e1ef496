//! The kinds `cluster` and `aurora`: a cluster, restored into a new one. RDS restores the cluster alone, so asof then
//! creates instances like the source's, except for a Multi-AZ DB cluster, whose instances RDS creates itself.

use aws_sdk_rds::types::{DbCluster, DbClusterAutomatedBackup, RestoreWindow};

use super::captured::Captured;
use super::client::{Client, explain, if_there, is_busy, passes};
use super::cluster_engine::{remove_whole, until_without_instances};
use super::cluster_settings::ClusterSettings;
use super::described::Described;
use super::managed::{Kind, Managed, window};
use super::members::{Members, in_order};
use super::password::Password;
use super::resource::Resource;
use super::settings::{InstanceSettings, Partial};
use super::whose::Looked;
use super::{Server, Settings, by_hand, requests};
use crate::db::{Connection, RestoreProgress, RestoreRequest, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// A cluster: Aurora, Multi-AZ, `DocumentDB` or Neptune.
pub(crate) type Cluster = Managed<DbCluster>;

/// The length of the suffix that instance names add to the cluster's identifier.
const SUFFIX: usize = "-16".len();

impl Cluster {
    pub(in crate::db) async fn window(&self) -> Result<Window> {
        if let Some(id) = self.live_source() {
            let cluster = self.source(id).await?;
            return window(self.name(), cluster.earliest_restorable_time(), cluster.latest_restorable_time());
        }
        let told = self.backup().await?.restore_window;
        let told = told.unwrap_or_else(|| RestoreWindow::builder().build());
        window(self.name(), told.earliest_time(), told.latest_time())
    }

    /// Returns an existing instance whose name the cluster's instances would need. Valid only before the cluster
    /// exists.
    pub(in crate::db) async fn obstacle(&self, request: &RestoreRequest) -> Result<Option<String>> {
        let named = self.settings.members_named(request.at);
        let members = Members { named, ..Members::of_cluster(&self.client, self.target()) };
        let own = members.names(self.members().await?.len());
        for id in own.chain(self.engine().await?.own_instances(self.target())) {
            match members.look(&id, request).await? {
                Looked::Nothing => {}
                Looked::Foreign(what) => return Ok(Some(what)),
                Looked::Ours(_) => return Ok(Some(format!("the instance {id}"))),
            }
        }
        Ok(None)
    }

    fn of<'a>(&'a self, cluster: &'a DbCluster, request: &RestoreRequest) -> Members<'a> {
        let (id, engine) = (cluster.db_cluster_identifier(), cluster.engine());
        Members {
            client: &self.client,
            cluster: id.unwrap_or(self.target()),
            engine: engine.unwrap_or_default(),
            named: self.settings.members_named(request.at),
        }
    }

    pub(super) async fn members(&self) -> Result<Vec<InstanceSettings>> {
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

    async fn backup(&self) -> Result<DbClusterAutomatedBackup> {
        let (id, name) = (self.settings.source.name(), self.name());
        let described = self.client.insist(async |sdk| {
            let doing = format!("describe the automated backups of the database {name}");
            let request = sdk.describe_db_cluster_automated_backups().db_cluster_resource_id(id);
            request.send().await.map_err(|e| explain(&doing, &e))
        });
        let described = if_there(described.await)?;
        described
            .and_then(|described| described.db_cluster_automated_backups().first().cloned())
            .ok_or_else(|| self.without_backups())
    }

    /// Requests the parameter group and the instances that an available cluster still lacks.
    async fn prepare(
        &self,
        cluster: &DbCluster,
        group: Option<ClusterSettings>,
        wanted: &[InstanceSettings],
        request: &RestoreRequest,
    ) -> Result<()> {
        if let Some(group) = group {
            let modify = async |sdk| DbCluster::modify(&sdk, self.target(), group.clone(), None).await;
            self.client.ask(modify).await?;
        }
        self.of(cluster, request).create_missing(wanted, request).await
    }
}

impl Kind for DbCluster {
    type Settings = ClusterSettings;
    const NOT_IN_BACKUPS: &str = "security groups, subnet group, parameter groups and instances";
    const RESOURCE_ID: &str = "DbClusterResourceId";
    const RENAMED: &str = "the clusters are renamed; their instances keep their names";
    const HAS_REPLICAS: bool = false;

    fn check(settings: &Settings, overrides: &ClusterSettings) -> Result<()> {
        let dated = settings.members_named(Instant::default()).len() - settings.target.len();
        settings.check_target(SUFFIX + dated)?;
        let most = limits::CLUSTER_INSTANCES;
        if overrides.instances.is_none_or(|count| count <= most) {
            return Ok(());
        }
        let name = &settings.name;
        let message = format!("the overrides of the database {name} request more than {most} instances");
        Err(Error::usage(message).hint("a cluster has at most that many"))
    }

    async fn read_source(of: &Cluster) -> Result<Captured<ClusterSettings>> {
        let Some(id) = of.live_source() else {
            return Ok(Captured::of_cluster_backup(of.settings.source.name(), &of.backup().await?));
        };
        let cluster = of.source(id).await?;
        let members = Members::of_cluster(&of.client, id).of(&cluster).await?;
        Ok(Captured::of_cluster(id, &cluster, &members))
    }

    /// Uses the existing instances if the file describes none: isolation affects the cluster, not its instances.
    async fn given(of: &Cluster, described: &Described) -> Result<Option<Captured<ClusterSettings>>> {
        let source = &of.settings.source;
        let given = described.clusters.iter().find(|cluster| source.is(*cluster));
        let Some(cluster) = given else { return Ok(None) };
        let mut members = in_order(cluster, &described.instances);
        if let Some(id) = of.live_source().filter(|_| members.is_empty()) {
            members = Members::of_cluster(&of.client, id).of(cluster).await?;
        }
        Ok(Some(Captured::of_cluster(source.name(), cluster, &members)))
    }

    async fn refuse(of: &Cluster) -> Result<()> {
        of.refuse_what_the_engine_has_not().await?;
        if of.members().await?.iter().all(|member| member.db_instance_class.is_some()) {
            return Ok(());
        }
        let message = format!("the instance class of the database {} is unknown", of.name());
        Err(Error::usage(message).hint(
            "set it in the recovery file: [database.overrides.instance] db-instance-class = \"db.r7g.large\"; \
             or instances = 0 in [database.overrides]",
        ))
    }

    async fn wanted(of: &Cluster) -> Result<ClusterSettings> {
        // Secrets Manager may manage the source's password but need not manage this one's.
        let source = ClusterSettings {
            manage_master_user_password: None,
            master_user_secret_kms_key_id: None,
            ..of.source_settings().await?
        };
        Ok(of.engine().await?.known(ClusterSettings::clone(&of.overrides).or(source)))
    }

    async fn at_restore(of: &Cluster) -> Result<ClusterSettings> {
        Ok(of.engine().await?.at_restore(of.wanted().await?))
    }

    async fn restore(
        sdk: &aws_sdk_rds::Client,
        of: &Cluster,
        request: &RestoreRequest,
        settings: ClusterSettings,
    ) -> Result<Option<Self>> {
        let (source, target) = (&of.settings.source, of.target());
        let request = requests::restore_cluster(sdk, source, target, request, settings);
        let doing = format!("restore the database {} into the cluster {target}", of.name());
        let made = request.send().await.map_err(|e| explain(&doing, &e))?;
        Ok(made.db_cluster().cloned())
    }

    async fn seen(&self, of: &Cluster, request: &RestoreRequest) -> Result<RestoreProgress> {
        let RestoreProgress::Available { endpoint } = self.how_far() else { return Ok(self.how_far()) };
        let wanted = of.members().await?.len();
        let least = of.of(self, request).progress(wanted).await?;
        Ok(least.unwrap_or(RestoreProgress::Available { endpoint }))
    }

    /// Requests the instances once the cluster is available, each once: an existing one is found by its name and tag.
    async fn advance(&self, of: &Cluster, request: &RestoreRequest) -> Result<RestoreProgress> {
        let RestoreProgress::Available { .. } = self.how_far() else { return Ok(self.how_far()) };
        let wanted = of.members().await?;
        let group = of.group_before_members(self).await?;
        match of.prepare(self, group, &wanted, request).await {
            Ok(()) => self.seen(of, request).await,
            // The first backup may keep the cluster busy for hours.
            Err(e) if is_busy(e.code()) => {
                let status = self.status().unwrap_or("busy");
                let state = format!("{status}, before its instances can be created");
                Ok(RestoreProgress::Restoring { percent: None, state })
            }
            Err(e) if passes(&e) || e.kind() == ErrorKind::Denied => Err(e),
            Err(e) => Ok(RestoreProgress::Failed { why: e.to_string() }),
        }
    }

    async fn unlike(&self, of: &Cluster, wanted: ClusterSettings) -> Result<ClusterSettings> {
        Ok(of.engine().await?.modifiable(wanted.unlike(&ClusterSettings::of(self))))
    }

    async fn modify(
        sdk: &aws_sdk_rds::Client,
        id: &str,
        settings: ClusterSettings,
        password: Option<&Password>,
    ) -> Result<()> {
        let request = requests::modify_cluster(sdk, id, settings);
        let request = request.set_master_user_password(password.map(Password::reveal));
        request.send().await.map(drop).map_err(|e| explain(&format!("modify the cluster {id}"), &e))
    }

    fn connection(&self) -> Connection {
        let reader = self.reader_endpoint().zip(self.port());
        Connection {
            endpoint: self.address(),
            reader_endpoint: reader.map(|(host, port)| format!("{host}:{port}")),
            identifier: self.db_cluster_identifier().map(str::to_owned),
            engine: self.engine().map(str::to_owned),
            dbname: self.database_name().map(str::to_owned),
        }
    }

    async fn remove(&self, client: &Client, request: &RestoreRequest) -> Result<()> {
        remove_whole(client, self, request).await
    }

    async fn until_all_gone(of: &Cluster) -> Result<()> {
        until_without_instances(&of.client, of.target()).await
    }

    fn by_hand(id: &str, server: &Server) -> String {
        by_hand::cluster(id, server)
    }
}
