//! The behavior of RDS that asof needs: a restore has the requested settings, names in use and missing resources are
//! refused, databases with our tag are torn down.

use crate::support::Subject;
use crate::support::databases::{Databases, TAG, shape, tag};

/// Everything that a request to restore may name, and what can only be modified afterwards.
const OVERRIDES: &str = r#"
[database.overrides]
db-instance-class = "db.r6g.large"
db-parameter-group-name = "NAME-tuned"
option-group-name = "NAME-audited"
vpc-security-group-ids = ["sg-22222222", "sg-11111111"]
multi-az = true
storage-type = "io1"
iops = 4000
max-allocated-storage = 900
enable-iam-database-authentication = true
enable-cloudwatch-logs-exports = ["upgrade", "postgresql"]
deletion-protection = true
port = 6432
publicly-accessible = true
auto-minor-version-upgrade = false
copy-tags-to-snapshot = true
backup-retention-period = 14
preferred-backup-window = "03:00-03:30"
preferred-maintenance-window = "sun:04:00-sun:04:30"
monitoring-interval = 15
monitoring-role-arn = "arn:aws:iam::123456789012:role/monitor"
ca-certificate-identifier = "rds-ca-ecc384-g1"
tags = { team = "orders", stage = "copy" }
"#;

pub(crate) async fn every_override_arrives(subject: Subject) {
    let databases = Databases::new(subject).await;
    let (source, target) = (databases.id("src"), databases.id("dst"));
    databases.plain_instance(&source).await;
    make_groups(&databases).await;
    databases.later().await;
    databases.write("rds", &OVERRIDES.replace("NAME", &databases.id("g")));
    databases.recover(databases.at()).await.expect_code(0);
    let restored = databases.instance(&target).await.unwrap();
    let group = databases.id("g");
    let mut shape = shape(&restored);
    // Not every server describes them.
    shape.retain(|name, _| !["insights", "network", "subnet group"].contains(name));
    let shown = format!("{shape:#?}").replace(&group, "NAME");
    insta::assert_snapshot!(shown, @r#"
    {
        "backups at": "03:00-03:30",
        "certificate": "rds-ca-ecc384-g1",
        "class": "db.r6g.large",
        "iam": "Some(true)",
        "logs": "postgresql upgrade",
        "maintenance at": "sun:04:00-sun:04:30",
        "minor upgrades": "Some(false)",
        "monitoring": "Some(15)",
        "monitoring role": "arn:aws:iam::123456789012:role/monitor",
        "multi-az": "Some(true)",
        "option group": "NAME-audited",
        "parameter group": "NAME-tuned",
        "port": "Some(6432)",
        "protected": "Some(true)",
        "public": "Some(true)",
        "retention": "Some(14)",
        "security groups": "sg-11111111 sg-22222222",
        "storage": "io1 Some(4000)",
        "storage at most": "Some(900)",
        "tags": "stage=copy team=orders",
        "tags to snapshot": "Some(true)",
        "throughput": "None",
    }
    "#);
    assert!(restored.tag_list().iter().any(|tag| tag.key() == Some(TAG)), "{:?}", restored.tag_list());
}

/// Of a server that knows groups only if they were made.
async fn make_groups(databases: &Databases) {
    #[cfg(feature = "lab")]
    if databases.lab.is_some() {
        return;
    }
    let name = databases.id("g");
    let group = databases.sdk.create_db_parameter_group().db_parameter_group_name(format!("{name}-tuned"));
    group.db_parameter_group_family("postgres13").description("d").send().await.unwrap();
    let group = databases.sdk.create_option_group().option_group_name(format!("{name}-audited"));
    let group = group.engine_name("postgres").major_engine_version("13").option_group_description("d");
    group.send().await.unwrap();
}

pub(crate) async fn somebody_elses_instance_is_left_alone(subject: Subject) {
    let databases = Databases::new(subject).await;
    let (source, target) = (databases.id("src"), databases.id("dst"));
    databases.plain_instance(&source).await;
    databases.plain_instance(&target).await;
    databases.later().await;
    let before = databases.instance(&target).await.unwrap();
    databases.write("rds", "");
    let run = databases.recover(databases.at()).await.expect_code(5);
    let told = format!("the target name is already taken (the instance {target} without the tag");
    assert!(run.stderr.contains(&told), "{run}");
    let after = databases.instance(&target).await.unwrap();
    assert_eq!((before.dbi_resource_id(), shape(&before)), (after.dbi_resource_id(), shape(&after)));
}

pub(crate) async fn missing_source_is_named(subject: Subject) {
    let databases = Databases::new(subject).await;
    databases.later().await;
    for kind in ["rds", "aurora"] {
        databases.write(kind, "");
        let run = databases.recover(databases.at()).await.expect_code(1);
        assert!(run.stderr.contains(&databases.id("src")) && run.stderr.contains("NotFound"), "{run}");
    }
}

pub(crate) async fn cluster_gets_its_instances(subject: Subject) {
    gets_its_instances(subject, "aurora", "aurora-postgresql").await;
}

pub(crate) async fn neptune_cluster_gets_its_instances(subject: Subject) {
    gets_its_instances(subject, "cluster", "neptune").await;
}

async fn gets_its_instances(subject: Subject, kind: &str, engine: &str) {
    let databases = Databases::new(subject).await;
    let (source, target) = (databases.id("src"), databases.id("dst"));
    make_cluster_of(&databases, &source, engine).await;
    databases.later().await;
    databases.write(kind, "");
    databases.recover(databases.at()).await.expect_code(0);
    let described = databases.sdk.describe_db_clusters().db_cluster_identifier(&target).send().await.unwrap();
    let cluster = &described.db_clusters()[0];
    assert_eq!(cluster.db_cluster_members().len(), 2, "{cluster:?}");
    assert_eq!((cluster.port(), cluster.deletion_protection()), (Some(6432), Some(true)), "{cluster:?}");
    let classes = [("-1", "db.r6g.large"), ("-2", "db.r6g.xlarge")];
    for (suffix, class) in classes {
        let instance = databases.instance(&format!("{target}{suffix}")).await.unwrap();
        assert_eq!(instance.db_instance_class(), Some(class));
        assert!(instance.tag_list().iter().any(|tag| tag.key() == Some(TAG)), "{instance:?}");
        assert!(instance.tag_list().contains(&tag("role", class)), "{instance:?}");
    }
}

pub(crate) async fn multi_az_cluster_keeps_its_class(subject: Subject) {
    let databases = Databases::new(subject).await;
    let (source, target) = (databases.id("src"), databases.id("dst"));
    let create = databases.sdk.create_db_cluster().db_cluster_identifier(&source).engine("postgres");
    let create = create.master_username("master").master_user_password("password1");
    let create = create.db_cluster_instance_class("db.m6gd.large").storage_type("io1").iops(3000);
    let create = create.allocated_storage(100).deletion_protection(true).backup_retention_period(7);
    create.send().await.unwrap();
    databases.later().await;
    databases.write("cluster", "[database.overrides]\niops = 4000\n");
    databases.recover(databases.at()).await.expect_code(0);
    let described = databases.sdk.describe_db_clusters().db_cluster_identifier(&target).send().await.unwrap();
    let cluster = &described.db_clusters()[0];
    assert_eq!(cluster.db_cluster_instance_class(), Some("db.m6gd.large"), "{cluster:?}");
    assert_eq!((cluster.storage_type(), cluster.iops()), (Some("io1"), Some(4000)), "{cluster:?}");
    assert_eq!(cluster.deletion_protection(), Some(true), "{cluster:?}");
    assert!(cluster.tag_list().iter().any(|tag| tag.key() == Some(TAG)), "{cluster:?}");
    let described = databases.sdk.describe_db_instances().send().await.unwrap();
    let made =
        |one: &&aws_sdk_rds::types::DbInstance| one.db_instance_identifier() == Some(&format!("{target}-1"));
    assert!(!described.db_instances().iter().any(|one| made(&one)), "{described:?}");
}

/// A cluster of Aurora with two instances, protected, on a port of its own.
pub(crate) async fn make_cluster(databases: &Databases, id: &str) {
    make_cluster_of(databases, id, "aurora-postgresql").await;
}

async fn make_cluster_of(databases: &Databases, id: &str, engine: &str) {
    let create = databases.sdk.create_db_cluster().db_cluster_identifier(id).engine(engine);
    let create = create.master_username("master").master_user_password("password1");
    let create = create.port(6432).deletion_protection(true).backup_retention_period(7);
    create.send().await.unwrap();
    for class in ["db.r6g.large", "db.r6g.xlarge"] {
        let name = format!("{id}-{}", class.rsplit('.').next().unwrap());
        let create = databases.sdk.create_db_instance().db_instance_identifier(name);
        let create = create.db_cluster_identifier(id).engine(engine);
        create.db_instance_class(class).tags(tag("role", class)).send().await.unwrap();
    }
}

pub(crate) async fn drill_tears_down_what_is_its_own(subject: Subject) {
    let databases = Databases::new(subject).await;
    let (source, target) = (databases.id("src"), databases.id("dst"));
    databases.plain_instance(&source).await;
    databases.later().await;
    databases.write("rds", "[database.overrides]\ndeletion-protection = true\n");
    databases.drill(databases.at()).await.expect_code(0);
    assert!(databases.instance(&target).await.is_none(), "the copy is left");
    assert!(databases.instance(&source).await.is_some(), "the source is gone");
}

/// The restored instance gets its source's name, and the source another. moto gives every instance the same resource
/// ID.
pub(crate) async fn instance_gets_its_source_s_name(subject: Subject) {
    let databases = Databases::new(subject).await;
    let source = databases.id("src");
    databases.plain_instance(&source).await;
    databases.later().await;
    databases.write("rds", "cut-over = \"rename\"\n");
    let at = databases.at();
    let run = databases.recover(at).await.expect_code(0);
    let stamp: String = at.to_string().to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    for (name, is_restored) in [(source.clone(), true), (format!("{source}-before-{stamp}"), false)] {
        let there = databases.instance(&name).await.unwrap_or_else(|| panic!("{name} is not there: {run}"));
        let is_tagged = there.tag_list().iter().any(|tag| tag.key() == Some(TAG));
        assert_eq!(is_tagged, is_restored, "{name}: {run}");
        let address = there.endpoint().and_then(|endpoint| endpoint.address()).unwrap_or_default();
        assert!(address.starts_with(&format!("{name}.")), "{address}: {run}");
    }
    assert!(databases.instance(&databases.id("dst")).await.is_none(), "{run}");
}
