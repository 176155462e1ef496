//! A server with RDS, databases on it, and recovery files about them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_sdk_rds::Client;
use aws_sdk_rds::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_rds::types::{DbInstance, Endpoint, Tag};

use super::{Moment, Run, Subject, unique_name};

/// The tag by which asof recognizes its own databases.
pub(crate) const TAG: &str = "asof:recovery";

#[derive(Debug)]
pub(crate) struct Databases {
    pub(crate) subject: Subject,
    pub(crate) sdk: Client,
    pub(crate) url: String,
    #[cfg(feature = "lab")]
    pub(crate) lab: Option<asof::lab::Rds>,
    #[cfg(feature = "lab")]
    clock: asof::lab::Clock,
    pub(crate) dir: tempfile::TempDir,
    name: String,
}

impl Databases {
    /// The RDS of the server; for a lab, its own RDS, whose clock is two hours behind until [`Self::later`].
    pub(crate) async fn new(subject: Subject) -> Self {
        #[cfg(feature = "lab")]
        let (lab, clock) = {
            let clock = asof::lab::Clock::default();
            clock.set(clock.now() - 2 * 60 * 60 * 1000);
            let is_lab = subject.server.lab.is_some();
            (if is_lab { Some(asof::lab::Rds::start(clock.clone()).await.unwrap()) } else { None }, clock)
        };
        #[cfg(feature = "lab")]
        let url = lab.as_ref().map_or_else(|| subject.server.url.clone(), asof::lab::Rds::url);
        #[cfg(not(feature = "lab"))]
        let url = subject.server.url.clone();
        Self {
            sdk: client(&url),
            subject,
            url,
            #[cfg(feature = "lab")]
            lab,
            #[cfg(feature = "lab")]
            clock,
            dir: tempfile::tempdir().unwrap(),
            name: unique_name(),
        }
    }

    /// An identifier that only this test uses.
    pub(crate) fn id(&self, what: &str) -> String {
        format!("{}-{what}", self.name)
    }

    /// Waits until the created resources can be restored: for a lab, they are two hours old; elsewhere, two seconds.
    pub(crate) async fn later(&self) {
        #[cfg(feature = "lab")]
        if self.lab.is_some() {
            return self.clock.resume();
        }
        tokio::time::sleep(Duration::from_millis(2100)).await;
    }

    /// On the lab, makes later writes to its buckets about an hour old: the restorable window of a database reaches
    /// that.
    pub(crate) fn an_hour_back(&self) {
        #[cfg(feature = "lab")]
        if let Some(lab) = &self.subject.server.lab {
            let now = i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
            let clock = lab.clock();
            clock.set(clock.now().max(now - 60 * 60 * 1000));
        }
    }

    /// On the lab, makes restored databases go through these states first.
    pub(crate) fn pass_through(&self, states: &[&str]) {
        #[cfg(feature = "lab")]
        if let Some(lab) = &self.lab {
            lab.set_restoring(states);
        }
        #[cfg(not(feature = "lab"))]
        let _ = states;
    }

    /// For a lab, makes RDS throttle, lose replies and hide new resources for a while, in most cases.
    pub(crate) fn disturb(&self, rng: &mut fastrand::Rng) {
        #[cfg(feature = "lab")]
        if let Some(lab) = &self.lab {
            use asof::lab::{Fault, Hidden, Rule, When};
            let few = |rng: &mut fastrand::Rng| rng.usize(0..=2);
            let hidden = Hidden { descriptions: few(rng), tags: few(rng), listed: rng.usize(0..=1) };
            lab.hide(hidden);
            for fault in [Fault::SlowDown, Fault::ReplyLost] {
                if rng.bool() {
                    let when = When::Probability { p: 0.08, seed: rng.u64(..) };
                    lab.faults().push(Rule::on_any(fault, when));
                }
            }
        }
        #[cfg(not(feature = "lab"))]
        let _ = rng;
    }

    /// Beside a lab, nothing disturbs RDS any more.
    pub(crate) fn leave_alone(&self) {
        #[cfg(feature = "lab")]
        if let Some(lab) = &self.lab {
            lab.faults().clear();
        }
    }

    /// A second to which everything can be restored: for a lab, an hour ago; elsewhere, the last second.
    pub(crate) fn at(&self) -> Moment {
        let now = i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
        #[cfg(feature = "lab")]
        if self.lab.is_some() {
            return Moment(now - 60 * 60);
        }
        Moment(now - 1)
    }

    /// Writes a recovery file about one database: `source` restored into `target`.
    pub(crate) fn write(&self, kind: &str, rest: &str) -> PathBuf {
        let (url, source, target) = (&self.url, self.id("src"), self.id("dst"));
        let source =
            if rest.contains("source-") { String::new() } else { format!("source = \"{source}\"\n") };
        let text = format!(
            "[[database]]\nkind = \"{kind}\"\nname = \"orders\"\n{source}target = \"{target}\"\n\
             endpoint-url = \"{url}\"\nregion = \"us-east-1\"\n{rest}"
        );
        let path = self.path();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The file that was written last.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("recovery.toml")
    }

    /// `asof recover FILE --at T --yes` with the file that was written last.
    pub(crate) async fn recover(&self, at: Moment) -> Run {
        self.recover_with(at, &[]).await
    }

    /// The same with these options.
    pub(crate) async fn recover_with(&self, at: Moment, more: &[&str]) -> Run {
        let path = self.path();
        let path = path.to_str().unwrap();
        let at = at.to_string();
        let recover = ["recover", path, "--at", &at, "--yes", "--format", "json"];
        self.subject.asof(&[&recover[..], more].concat()).await
    }

    /// `asof drill FILE --at T` with the file that was written last.
    pub(crate) async fn drill(&self, at: Moment) -> Run {
        let path = self.path();
        let path = path.to_str().unwrap();
        self.subject.asof(&["drill", path, "--at", &at.to_string(), "--format", "json"]).await
    }

    /// Creates an instance with the required settings only.
    pub(crate) async fn plain_instance(&self, id: &str) {
        let create = self.sdk.create_db_instance().db_instance_identifier(id).engine("postgres");
        let create = create.db_instance_class("db.m6g.large").allocated_storage(100);
        let create = create.master_username("master").master_user_password("password1");
        create.backup_retention_period(7).send().await.unwrap();
    }

    pub(crate) async fn instance(&self, id: &str) -> Option<DbInstance> {
        let described = self.sdk.describe_db_instances().db_instance_identifier(id).send().await;
        described.ok().and_then(|described| described.db_instances().first().cloned())
    }
}

pub(crate) fn client(url: &str) -> Client {
    let config = aws_sdk_rds::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .build();
    Client::from_conf(config)
}

pub(crate) fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// Returns the settings of an instance that `like-source` copies, without its name.
pub(crate) fn shape(instance: &DbInstance) -> BTreeMap<&'static str, String> {
    let mut shape = BTreeMap::new();
    let mut set = |name, value: String| drop(shape.insert(name, value));
    let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let sorted = |mut list: Vec<&str>| {
        list.sort_unstable();
        list.join(" ")
    };
    set("class", text(instance.db_instance_class()));
    let group = instance.db_parameter_groups().first();
    set("parameter group", text(group.and_then(|group| group.db_parameter_group_name())));
    let group = instance.option_group_memberships().first();
    set("option group", text(group.and_then(|group| group.option_group_name())));
    set("subnet group", text(instance.db_subnet_group().and_then(|group| group.db_subnet_group_name())));
    let groups = instance.vpc_security_groups().iter();
    set("security groups", sorted(groups.filter_map(|group| group.vpc_security_group_id()).collect()));
    set("multi-az", format!("{:?}", instance.multi_az()));
    set("storage", format!("{} {:?}", text(instance.storage_type()), instance.iops()));
    set("throughput", format!("{:?}", instance.storage_throughput()));
    set("storage at most", format!("{:?}", instance.max_allocated_storage()));
    set("iam", format!("{:?}", instance.iam_database_authentication_enabled()));
    let logs = instance.enabled_cloudwatch_logs_exports();
    set("logs", sorted(logs.iter().map(String::as_str).collect()));
    set("protected", format!("{:?}", instance.deletion_protection()));
    set("port", format!("{:?}", instance.endpoint().and_then(Endpoint::port)));
    set("public", format!("{:?}", instance.publicly_accessible()));
    set("minor upgrades", format!("{:?}", instance.auto_minor_version_upgrade()));
    set("tags to snapshot", format!("{:?}", instance.copy_tags_to_snapshot()));
    set("retention", format!("{:?}", instance.backup_retention_period()));
    set("backups at", text(instance.preferred_backup_window()));
    set("maintenance at", text(instance.preferred_maintenance_window()));
    set("monitoring", format!("{:?}", instance.monitoring_interval()));
    set("monitoring role", text(instance.monitoring_role_arn()));
    set("insights", format!("{:?}", instance.performance_insights_enabled()));
    set("certificate", text(instance.ca_certificate_identifier()));
    set("network", text(instance.network_type()));
    let tags =
        instance.tag_list().iter().filter(|tag| !tag.key().is_some_and(|key| key.starts_with("asof:")));
    let tags: Vec<_> = tags.map(|tag| format!("{}={}", text(tag.key()), text(tag.value()))).collect();
    set("tags", sorted(tags.iter().map(String::as_str).collect()));
    shape
}
