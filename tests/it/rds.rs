//! Recoveries and drills on the lab's RDS, with behavior that other servers lack: settings that are lost, times not yet
//! restorable, intermediate states, transient and permanent errors.

use asof::lab::{Fault, Rds, RdsAction, Rule, When};
use aws_sdk_rds::types::{ProcessorFeature, ServerlessV2ScalingConfiguration};

use crate::crash::block_on;
use crate::servers::{Kind, Server};
use crate::support::databases::{Databases, TAG, shape, tag};
use crate::support::{Moment, Subject};

mod aborted;
mod adopted;
mod carried;
mod clusters;
mod creating;
mod deleted;
mod follow_up;
mod hooks;
mod isolated;
mod killed;
mod orphans;
mod passwords;
mod permissions;
mod preflight;
mod stalled;
mod states;
mod swapped;
mod sweep;

async fn databases() -> Databases {
    Databases::new(Subject::new(Server::find(Kind::Lab).await)).await
}

/// With a plain source of the kind, two hours old.
async fn with_source_of(kind: &str) -> Databases {
    let databases = databases().await;
    let source = databases.id("src");
    match kind {
        "rds" => databases.plain_instance(&source).await,
        _ => crate::contract::databases::make_cluster(&databases, &source).await,
    }
    databases.later().await;
    databases
}

/// With a plain source, two hours old.
async fn with_source() -> Databases {
    let databases = databases().await;
    databases.plain_instance(&databases.id("src")).await;
    databases.later().await;
    databases.write("rds", "");
    databases
}

fn rds(databases: &Databases) -> &Rds {
    databases.lab.as_ref().unwrap()
}

fn restores(databases: &Databases) -> usize {
    let asked = |action| rds(databases).asked(action);
    asked(RdsAction::RestoreDBInstanceToPointInTime) + asked(RdsAction::RestoreDBClusterToPointInTime)
}

/// An instance that has nothing as RDS makes it by default.
async fn make_tuned(databases: &Databases, id: &str) {
    let create = databases.sdk.create_db_instance().db_instance_identifier(id).engine("postgres");
    let create =
        create.db_instance_class("db.r6g.large").allocated_storage(500).storage_type("io1").iops(4000);
    let create = create.db_parameter_group_name("tuned").option_group_name("audited");
    let create = create.db_subnet_group_name("private").multi_az(true).max_allocated_storage(900);
    let create = create.vpc_security_group_ids("sg-2").vpc_security_group_ids("sg-1");
    let create = create.enable_iam_database_authentication(true).deletion_protection(true).port(6432);
    let create =
        create.enable_cloudwatch_logs_exports("upgrade").enable_cloudwatch_logs_exports("postgresql");
    let create =
        create.publicly_accessible(true).auto_minor_version_upgrade(false).copy_tags_to_snapshot(true);
    let create = create.backup_retention_period(14).preferred_backup_window("03:00-03:30");
    let create = create.preferred_maintenance_window("sun:04:00-sun:04:30").network_type("DUAL");
    let create = create.monitoring_interval(15).monitoring_role_arn("arn:aws:iam::1:role/monitor");
    let create = create.enable_performance_insights(true).performance_insights_retention_period(465);
    let create = create.ca_certificate_identifier("rds-ca-ecc384-g1").dedicated_log_volume(true);
    let feature = ProcessorFeature::builder().name("coreCount").value("2").build();
    let create = create.processor_features(feature).engine_lifecycle_support("disabled");
    // As asof itself leaves it, and CloudFormation.
    let create = create.tags(tag("team", "orders")).tags(tag(TAG, "long-ago")).tags(tag("aws:stack", "prod"));
    create.send().await.unwrap();
}

#[test]
fn an_instance_is_restored_like_its_source() {
    block_on(async {
        let databases = databases().await;
        make_tuned(&databases, &databases.id("src")).await;
        databases.later().await;
        databases.write("rds", "");
        let run = databases.recover(databases.at()).await.expect_code(0);
        let source = databases.instance(&databases.id("src")).await.unwrap();
        let restored = databases.instance(&databases.id("dst")).await.unwrap();
        let mut wanted = shape(&source);
        wanted.insert("tags", "team=orders".to_owned());
        assert_eq!(shape(&restored), wanted);
        assert_eq!(restored.processor_features(), source.processor_features());
        assert_eq!(restored.engine_lifecycle_support(), Some("disabled"));
        assert!(run.stderr.contains("creating, 37 %"), "{run}");
    });
}

#[test]
fn without_like_source_it_has_what_rds_gives_it() {
    block_on(async {
        let databases = databases().await;
        make_tuned(&databases, &databases.id("src")).await;
        databases.later().await;
        databases.write("rds", "like-source = false\n[database.overrides]\nport = 7777\n");
        databases.recover(databases.at()).await.expect_code(0);
        let restored = databases.instance(&databases.id("dst")).await.unwrap();
        assert_eq!((restored.multi_az(), restored.deletion_protection()), (Some(false), Some(false)));
        assert_eq!(shape(&restored)["port"], "Some(7777)");
        assert_eq!(shape(&restored)["parameter group"], "default.lab");
    });
}

#[test]
fn a_cluster_and_its_instances_are_restored_like_their_source() {
    block_on(async {
        let databases = databases().await;
        let (source, target) = (databases.id("src"), databases.id("dst"));
        let range = ServerlessV2ScalingConfiguration::builder().min_capacity(0.0).max_capacity(8.0);
        let range = range.seconds_until_auto_pause(600).build();
        let create = databases.sdk.create_db_cluster().db_cluster_identifier(&source);
        let create = create.engine("aurora-postgresql").port(6432).deletion_protection(true);
        let create = create.db_subnet_group_name("private").vpc_security_group_ids("sg-1");
        let create = create.db_cluster_parameter_group_name("tuned").storage_type("aurora-iopt1");
        let create = create.enable_iam_database_authentication(true).copy_tags_to_snapshot(true);
        let create = create.preferred_maintenance_window("sun:04:00-sun:04:30").backup_retention_period(7);
        let create = create.enable_cloudwatch_logs_exports("postgresql").tags(tag("team", "orders"));
        let create = create.database_insights_mode("advanced".into());
        create.serverless_v2_scaling_configuration(range).send().await.unwrap();
        for (n, class) in ["db.serverless", "db.r6g.large"].into_iter().enumerate() {
            let create = databases.sdk.create_db_instance().db_instance_identifier(format!("{source}-{n}"));
            let create = create.db_cluster_identifier(&source).engine("aurora-postgresql");
            let create = create.db_instance_class(class).db_parameter_group_name(format!("tuned-{n}"));
            let create = create.promotion_tier(5).publicly_accessible(true);
            create.monitoring_interval(15).monitoring_role_arn("arn:aws:iam::1:role/m").send().await.unwrap();
        }
        databases.later().await;
        databases.write("aurora", "");
        databases.recover(databases.at()).await.expect_code(0);
        let cluster = async |id: &str| {
            let described = databases.sdk.describe_db_clusters().db_cluster_identifier(id).send().await;
            format!("{:?}", described.unwrap().db_clusters()[0]).replace(id, "ID")
        };
        let said = |text: &str, names: &[&str]| -> Vec<String> {
            let after = |name: &&str| text.split(&format!(" {name}: ")).nth(1).unwrap_or("-").to_owned();
            names.iter().map(after).map(|rest| rest.split(", ").next().unwrap_or("-").to_owned()).collect()
        };
        let names = [
            "db_subnet_group",
            "db_cluster_parameter_group",
            "port",
            "deletion_protection",
            "storage_type",
            "iam_database_authentication_enabled",
            "copy_tags_to_snapshot",
            "preferred_maintenance_window",
            "enabled_cloudwatch_logs_exports",
            "vpc_security_groups",
            "serverless_v2_scaling_configuration",
            "seconds_until_auto_pause",
            "database_insights_mode",
        ];
        let (before, after) = (cluster(&source).await, cluster(&target).await);
        assert_eq!(said(&after, &names), said(&before, &names));
        for n in 0..2 {
            let before = databases.instance(&format!("{source}-{n}")).await.unwrap();
            let after = databases.instance(&format!("{target}-{}", n + 1)).await.unwrap();
            assert_eq!(shape(&after), shape(&before));
            assert_eq!(after.promotion_tier(), Some(5));
        }
    });
}

#[test]
fn a_time_outside_the_window_is_refused_before_anything_starts() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            let databases = with_source_of(kind).await;
            databases.write(kind, "");
            let hour = databases.at().0;
            // Logs are shipped every five minutes, and the source is two hours old.
            for (at, words) in [
                (hour + 57 * 60, "its latest restorable time is"),
                (hour - 70 * 60, "its earliest restorable time is"),
            ] {
                let run = databases.recover(Moment(at)).await.expect_code(5);
                assert!(run.stderr.contains(words) && run.stderr.contains("nothing was changed"), "{run}");
            }
            assert_eq!(restores(&databases), 0);
        }
    });
}

#[test]
fn what_passes_is_waited_for() {
    block_on(async {
        for (action, fault) in [
            (RdsAction::DescribeDBInstances, Fault::SlowDown),
            (RdsAction::DescribeDBInstances, Fault::ExpiredToken),
            (RdsAction::RestoreDBInstanceToPointInTime, Fault::SlowDown),
            (RdsAction::RestoreDBInstanceToPointInTime, Fault::InternalError),
            (RdsAction::RestoreDBInstanceToPointInTime, Fault::ExpiredToken),
            // The restore was started although the reply was lost, and is requested again: the database is recognized
            // as ours.
            (RdsAction::RestoreDBInstanceToPointInTime, Fault::ReplyLost),
        ] {
            let databases = with_source().await;
            rds(&databases).faults().push(Rule::on(action, fault, When::First(2)));
            let run = databases.recover(databases.at()).await.expect_code(0);
            assert_eq!(rds(&databases).faults().injected(), 2, "{action:?} {fault:?}: {run}");
            assert!(databases.instance(&databases.id("dst")).await.is_some());
        }
    });
}

#[test]
fn somebody_who_is_faster_keeps_what_is_theirs() {
    block_on(async {
        let databases = with_source().await;
        let (lab, target) = (rds(&databases).handle(), databases.id("dst"));
        let restore = RdsAction::RestoreDBInstanceToPointInTime;
        rds(&databases).faults().before(restore, When::Nth(1), move || lab.occupy(&target));
        let run = databases.recover(databases.at()).await.expect_code(3);
        assert!(
            run.stderr.contains("DBInstanceAlreadyExists") && run.stderr.contains("without the tag"),
            "{run}"
        );
        assert_eq!(rds(&databases).asked(RdsAction::ModifyDBInstance), 0);
    });
}

#[test]
fn a_busy_source_is_waited_for() {
    block_on(async {
        let databases = with_source().await;
        let restored = RdsAction::RestoreDBInstanceToPointInTime;
        rds(&databases).set_states(&databases.id("src"), &["backing-up"]);
        let (lab, source) = (databases.lab.as_ref().unwrap().handle(), databases.id("src"));
        let free = move || lab.set_states(&source, &["available"]);
        rds(&databases).faults().before(restored, When::Nth(3), free);
        databases.recover(databases.at()).await.expect_code(0);
        assert_eq!(rds(&databases).asked(restored), 3);
    });
}

#[test]
fn a_drill_leaves_nothing_behind_and_touches_nothing_else() {
    block_on(async {
        let databases = databases().await;
        crate::contract::databases::make_cluster(&databases, &databases.id("src")).await;
        databases.later().await;
        databases.write("aurora", "");
        databases.drill(databases.at()).await.expect_code(0);
        let left = databases.sdk.describe_db_instances().send().await.unwrap();
        let left: Vec<_> = left.db_instances().iter().filter_map(|one| one.db_cluster_identifier()).collect();
        assert_eq!(left, [databases.id("src"), databases.id("src")]);
        let clusters = databases.sdk.describe_db_clusters().send().await.unwrap();
        assert_eq!(clusters.db_clusters().len(), 1);
    });
}

#[test]
fn what_cannot_come_out_right_is_refused_before_anything_starts() {
    block_on(async {
        let databases = with_source().await;
        for (rest, code, words) in [
            ("[database.overrides]\ndb-instance-clas = \"x\"\n", 2, "unknown field `db-instance-clas`"),
            ("[database.overrides]\nport = \"x\"\n", 2, "invalid type"),
        ] {
            databases.write("rds", rest);
            let run = databases.recover(databases.at()).await.expect_code(code);
            assert!(run.stderr.contains(words), "{run}");
        }
        let path = databases.write("rds", "");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace(&databases.id("dst"), "Not_An_Identifier")).unwrap();
        let run = databases.recover(databases.at()).await.expect_code(2);
        assert!(run.stderr.contains("is not a valid RDS identifier"), "{run}");
        assert_eq!(restores(&databases), 0);
    });
}
