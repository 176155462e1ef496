//! Clusters other than Aurora's: Multi-AZ DB clusters, whose instances RDS creates, `DocumentDB` and Neptune.

use asof::lab::RdsAction;
use aws_sdk_rds::types::DbCluster;

use super::{databases, rds, restores};
use crate::crash::block_on;
use crate::support::databases::{Databases, TAG};

async fn cluster(databases: &Databases, id: &str) -> Option<DbCluster> {
    let described = databases.sdk.describe_db_clusters().db_cluster_identifier(id).send().await;
    described.ok().and_then(|described| described.db_clusters().first().cloned())
}

/// With everything that a Multi-AZ DB cluster may have otherwise than RDS makes it by default.
async fn multi_az() -> Databases {
    let databases = databases().await;
    let source = databases.id("src");
    let create = databases.sdk.create_db_cluster().db_cluster_identifier(&source).engine("postgres");
    let create = create.db_cluster_instance_class("db.m6gd.large").storage_type("io1").iops(3000);
    let create = create.allocated_storage(100).port(6432).deletion_protection(true);
    let create = create.db_subnet_group_name("private").vpc_security_group_ids("sg-1");
    let create = create.db_cluster_parameter_group_name("tuned").enable_iam_database_authentication(true);
    let create = create.monitoring_interval(15).monitoring_role_arn("arn:aws:iam::1:role/monitor");
    let create = create.auto_minor_version_upgrade(false).publicly_accessible(true);
    create.preferred_maintenance_window("sun:04:00-sun:04:30").send().await.unwrap();
    databases.later().await;
    databases
}

/// Returns the settings of a cluster that are carried over, without its name.
fn shape(cluster: &DbCluster) -> String {
    format!(
        "{:?}",
        (
            (cluster.engine(), cluster.db_cluster_instance_class(), cluster.storage_type(), cluster.iops()),
            (cluster.port(), cluster.deletion_protection(), cluster.db_subnet_group()),
            (cluster.db_cluster_parameter_group(), cluster.iam_database_authentication_enabled()),
            (cluster.monitoring_interval(), cluster.monitoring_role_arn(), cluster.publicly_accessible()),
            (cluster.auto_minor_version_upgrade(), cluster.preferred_maintenance_window()),
            cluster
                .vpc_security_groups()
                .iter()
                .map(|group| group.vpc_security_group_id())
                .collect::<Vec<_>>(),
        )
    )
}

#[test]
fn a_multi_az_cluster_is_restored_like_its_source_and_makes_its_instances_itself() {
    block_on(async {
        for kind in ["cluster", "aurora"] {
            let databases = multi_az().await;
            databases.write(kind, "");
            let created = rds(&databases).asked(RdsAction::CreateDBInstance);
            databases.recover(databases.at()).await.expect_code(0);
            let source = cluster(&databases, &databases.id("src")).await.unwrap();
            let restored = cluster(&databases, &databases.id("dst")).await.unwrap();
            assert_eq!(shape(&restored), shape(&source), "{kind}");
            assert_eq!(restored.db_cluster_members().len(), 3, "{restored:?}");
            assert_eq!(rds(&databases).asked(RdsAction::CreateDBInstance), created, "{kind}");
        }
    });
}

#[test]
fn the_names_of_the_instances_that_rds_makes_are_free_before_anything_starts() {
    block_on(async {
        let databases = multi_az().await;
        databases.write("cluster", "");
        let taken = databases.id("dst-instance-2");
        databases.plain_instance(&taken).await;
        let run = databases.recover(databases.at()).await.expect_code(5);
        let told = format!("the name of one of its instances is already taken (the instance {taken}");
        assert!(run.stderr.contains(&told) && run.stderr.contains("nothing was changed"), "{run}");
        assert_eq!(restores(&databases), 0);
    });
}

#[test]
fn a_drill_of_a_multi_az_cluster_leaves_nothing_behind() {
    block_on(async {
        let databases = multi_az().await;
        databases.write("cluster", "");
        databases.drill(databases.at()).await.expect_code(0);
        assert!(cluster(&databases, &databases.id("dst")).await.is_none());
        let left = databases.sdk.describe_db_instances().send().await.unwrap();
        assert_eq!(left.db_instances().len(), 3, "those of the source: {left:?}");
    });
}

#[test]
fn the_three_instances_of_a_multi_az_cluster_are_shown_and_counted() {
    block_on(async {
        let databases = multi_az().await;
        databases.write("cluster", "");
        let (file, at, target) = (databases.path(), databases.at().to_string(), databases.id("dst"));
        let dry = ["recover", file.to_str().unwrap(), "--at", &at, "--dry-run"];
        let run = databases.subject.asof(&dry).await.expect_code(0);
        assert!(run.stdout.contains(&format!("{target}-instance-3 (db.m6gd.large)")), "{run}");
        rds(&databases).handle().set_quota(5);
        let run = databases.subject.asof(&dry).await.expect_code(5);
        assert!(run.stderr.contains("3 of 5 are used and 3 more are needed"), "{run}");
    });
}

/// A cluster of `DocumentDB` or Neptune, with two instances.
async fn make(databases: &Databases, engine: &str) {
    let source = databases.id("src");
    let create = databases.sdk.create_db_cluster().db_cluster_identifier(&source).engine(engine);
    let create = create.port(6432).deletion_protection(true).backup_retention_period(7);
    let create = create.preferred_backup_window("03:00-03:30").db_cluster_parameter_group_name("tuned");
    create.db_subnet_group_name("private").vpc_security_group_ids("sg-1").send().await.unwrap();
    for (n, class) in ["db.r6g.large", "db.r6g.xlarge"].into_iter().enumerate() {
        let create = databases.sdk.create_db_instance().db_instance_identifier(format!("{source}-{n}"));
        let create = create.db_cluster_identifier(&source).engine(engine).promotion_tier(5);
        create.db_instance_class(class).auto_minor_version_upgrade(false).send().await.unwrap();
    }
    databases.later().await;
}

#[test]
fn clusters_of_document_db_and_neptune_are_restored_with_what_their_engines_take() {
    block_on(async {
        for engine in ["docdb", "neptune"] {
            let databases = databases().await;
            make(&databases, engine).await;
            databases.write("cluster", "");
            databases.recover(databases.at()).await.expect_code(0);
            let source = cluster(&databases, &databases.id("src")).await.unwrap();
            let restored = cluster(&databases, &databases.id("dst")).await.unwrap();
            assert_eq!(shape(&restored), shape(&source), "{engine}");
            let backups = (restored.backup_retention_period(), restored.preferred_backup_window());
            assert_eq!(backups, (Some(7), Some("03:00-03:30")), "{engine}");
            for (suffix, class) in [("dst-1", "db.r6g.large"), ("dst-2", "db.r6g.xlarge")] {
                let member = databases.instance(&databases.id(suffix)).await.unwrap();
                assert_eq!((member.engine(), member.db_instance_class()), (Some(engine), Some(class)));
                assert_eq!(member.auto_minor_version_upgrade(), Some(false), "{engine}");
                assert!(member.tag_list().iter().any(|tag| tag.key() == Some(TAG)), "{member:?}");
            }
        }
    });
}

#[test]
fn a_drill_of_document_db_leaves_nothing_behind() {
    block_on(async {
        let databases = databases().await;
        make(&databases, "docdb").await;
        databases.write("cluster", "");
        databases.drill(databases.at()).await.expect_code(0);
        assert!(cluster(&databases, &databases.id("dst")).await.is_none());
        let left = databases.sdk.describe_db_instances().send().await.unwrap();
        assert_eq!(left.db_instances().len(), 2, "those of the source: {left:?}");
    });
}

#[test]
fn what_an_engine_does_not_have_is_refused_by_name_before_anything_starts() {
    block_on(async {
        for (engine, rest, words) in [
            (
                "docdb",
                "[database.overrides]\nenable-iam-database-authentication = true\n",
                "DocumentDB has no enable-iam-database-authentication",
            ),
            (
                "neptune",
                "[database.overrides.instance]\nca-certificate-identifier = \"a\"\n",
                "Neptune has no instance.ca-certificate-identifier",
            ),
            (
                "aurora-mysql",
                "[database.overrides]\ndb-cluster-instance-class = \"a\"\n",
                "Aurora has no db-cluster-instance-class",
            ),
            ("custom-oracle", "", "is a cluster of the unsupported engine custom-oracle"),
        ] {
            let databases = databases().await;
            make(&databases, engine).await;
            databases.write("cluster", rest);
            let run = databases.recover(databases.at()).await.expect_code(2);
            assert!(run.stderr.contains(words), "{words}: {run}");
            assert_eq!(restores(&databases), 0);
        }
    });
}
