//! Deleted instances and clusters: restored from their retained backups.

use super::{databases, make_tuned, restores};
use crate::crash::block_on;
use crate::support::databases::shape;

#[test]
fn a_deleted_instance_is_restored_from_the_backups_that_were_kept() {
    block_on(async {
        let databases = databases().await;
        make_tuned(&databases, &databases.id("src")).await;
        databases.later().await;
        let source = databases.instance(&databases.id("src")).await.unwrap();
        let id = source.dbi_resource_id().unwrap();
        let modify = databases.sdk.modify_db_instance().db_instance_identifier(databases.id("src"));
        modify.deletion_protection(false).send().await.unwrap();
        let delete = databases.sdk.delete_db_instance().db_instance_identifier(databases.id("src"));
        delete.skip_final_snapshot(true).delete_automated_backups(false).send().await.unwrap();
        let arn = format!("arn:aws:rds:us-east-1:123456789012:auto-backup:{id}");
        let sources = [format!("source-resource-id = \"{id}\""), format!("source-backup-arn = \"{arn}\"")];
        for (n, named) in sources.into_iter().enumerate() {
            let class = "[database.overrides]\ndb-instance-class = \"db.t4g.small\"\n";
            let path = databases.write("rds", &format!("{named}\n{class}"));
            let text = std::fs::read_to_string(&path).unwrap();
            let target = databases.id(&format!("dst{n}"));
            std::fs::write(path, text.replace(&databases.id("dst"), &target)).unwrap();
            let run = databases.recover(databases.at()).await.expect_code(0);
            assert!(run.stderr.contains("its backups do not include its class"), "{run}");
            let restored = shape(&databases.instance(&target).await.unwrap());
            assert_eq!((&*restored["class"], &*restored["port"]), ("db.t4g.small", "Some(6432)"));
            assert_eq!((&*restored["option group"], &*restored["iam"]), ("audited", "Some(true)"));
        }
    });
}

#[test]
fn a_deleted_cluster_needs_to_be_told_the_class_of_its_instances() {
    block_on(async {
        let databases = databases().await;
        let (source, sdk) = (databases.id("src"), &databases.sdk);
        crate::contract::databases::make_cluster(&databases, &source).await;
        databases.later().await;
        let described = sdk.describe_db_clusters().db_cluster_identifier(&source).send().await.unwrap();
        let id = described.db_clusters()[0].db_cluster_resource_id().unwrap();
        let modify = sdk.modify_db_cluster().db_cluster_identifier(&source).deletion_protection(false);
        modify.send().await.unwrap();
        // None is deleted that is being created.
        for _ in 0..3 {
            sdk.describe_db_instances().send().await.unwrap();
        }
        for suffix in ["large", "xlarge"] {
            let delete = sdk.delete_db_instance().db_instance_identifier(format!("{source}-{suffix}"));
            delete.send().await.unwrap();
        }
        let delete = sdk.delete_db_cluster().db_cluster_identifier(&source).skip_final_snapshot(true);
        delete.delete_automated_backups(false).send().await.unwrap();
        let named = format!("source-resource-id = \"{id}\"\n");
        databases.write("aurora", &named);
        let run = databases.recover(databases.at()).await.expect_code(2);
        assert!(run.stderr.contains("the instance class of the database orders is unknown"), "{run}");
        assert_eq!(restores(&databases), 0);
        let class = "[database.overrides.instance]\ndb-instance-class = \"db.r6g.large\"\n";
        databases.write("aurora", &format!("{named}{class}"));
        databases.recover(databases.at()).await.expect_code(0);
        let restored = databases.instance(&databases.id("dst-1")).await.unwrap();
        assert_eq!(restored.db_instance_class(), Some("db.r6g.large"));
    });
}
