//! The settings carried over, those with no room, and those that cannot be restored: reported before anything is
//! changed.

use super::{databases, rds, restores, with_source};
use crate::crash::block_on;
use crate::support::databases::{Databases, TAG, tag};

#[test]
fn small_gp3_storage_is_not_asked_for_figures() {
    block_on(async {
        let databases = with_source().await;
        let source = databases.instance(&databases.id("src")).await.unwrap();
        assert_eq!((source.storage_type(), source.iops()), (Some("gp3"), Some(3000)));
        databases.recover(databases.at()).await.expect_code(0);
    });
}

/// RDS allows fifty tags, and asof's own must be among them.
#[test]
fn a_source_of_fifty_tags_leaves_room_for_asof_s_own() {
    block_on(async {
        let databases = databases().await;
        let create = databases.sdk.create_db_instance().db_instance_identifier(databases.id("src"));
        let create = create.engine("postgres").db_instance_class("db.t3.micro");
        let tags = (0..50).map(|n| tag(&format!("t{n:02}"), "x")).collect();
        create.set_tags(Some(tags)).send().await.unwrap();
        databases.later().await;
        databases.write("rds", "");
        let run = databases.recover(databases.at()).await.expect_code(0);
        assert!(
            run.stderr.contains("RDS allows 50 tags") && run.stderr.contains("the tags t47, t48, t49\n"),
            "{run}"
        );
        let restored = databases.instance(&databases.id("dst")).await.unwrap();
        let has = |key: &str| restored.tag_list().iter().any(|tag| tag.key() == Some(key));
        assert!(has(TAG) && has("t46") && !has("t47"), "{:?}", restored.tag_list());
    });
}

#[test]
fn rds_custom_is_refused_by_name() {
    block_on(async {
        let databases = databases().await;
        let create = databases.sdk.create_db_instance().db_instance_identifier(databases.id("src"));
        create.engine("custom-oracle-ee").db_instance_class("db.m5.large").send().await.unwrap();
        databases.later().await;
        databases.write("rds", "");
        let run = databases.recover(databases.at()).await.expect_code(2);
        assert!(run.stderr.contains("RDS Custom (custom-oracle-ee)"), "{run}");
        assert_eq!(restores(&databases), 0);
    });
}

async fn with_cluster() -> Databases {
    let databases = databases().await;
    crate::contract::databases::make_cluster(&databases, &databases.id("src")).await;
    databases.later().await;
    databases.write("aurora", "");
    databases
}

/// Discovered only when the instance is created, hours later, this would have quiesced the application for nothing.
#[test]
fn the_names_of_a_cluster_s_instances_are_free_before_anything_starts() {
    block_on(async {
        let databases = with_cluster().await;
        databases.plain_instance(&databases.id("dst-2")).await;
        let run = databases.recover(databases.at()).await.expect_code(5);
        let told = format!(
            "the name of one of its instances is already taken (the instance {}",
            databases.id("dst-2")
        );
        assert!(run.stderr.contains(&told) && run.stderr.contains("nothing was changed"), "{run}");
        assert_eq!(restores(&databases), 0);
    });
}

/// The file still names the old database, while the application uses the new one.
#[test]
fn after_a_cut_over_the_file_s_new_source_is_named() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            let databases = if kind == "rds" { with_source().await } else { with_cluster().await };
            let (source, target) = (databases.id("src"), databases.id("dst"));
            databases.recover(databases.at()).await.expect_code(0);
            let advice = format!("set source = \"{target}\" and another target in the recovery file");
            let other = crate::support::Moment(databases.at().0 - 60);
            let run = databases.recover(other).await.expect_code(5);
            assert!(run.stderr.contains(&advice), "{kind}: {run}");
            // Even if the old one is deleted.
            let text = std::fs::read_to_string(databases.path()).unwrap();
            std::fs::write(databases.path(), text.replace(&source, "long-gone")).unwrap();
            let run = databases.recover(other).await.expect_code(1);
            assert!(run.stderr.contains(&advice), "{kind}: {run}");
            assert_eq!((restores(&databases), rds(&databases).faults().injected()), (1, 0));
        }
    });
}
