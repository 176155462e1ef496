//! The environment of hooks about a database of RDS.

use std::collections::BTreeMap;

use super::{databases, with_source};
use crate::support::databases::Databases;

/// Recovers; the variables that the after-database hook found.
async fn found(databases: &Databases) -> BTreeMap<String, String> {
    databases.recover(databases.at()).await.expect_code(0);
    let found = std::fs::read_to_string(databases.dir.path().join("found")).unwrap();
    let variable = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    found.lines().filter_map(variable).collect()
}

const HOOK: &str = "[hooks]\nafter-database = { shell = \"env | grep ^ASOF_ > found\" }\n";

#[test]
fn a_hook_finds_each_part_of_an_instance() {
    crate::crash::block_on(async {
        let databases = with_source().await;
        databases.write("rds", HOOK);
        let found = found(&databases).await;
        let target = databases.id("dst");
        let host = format!("{target}.lab.rds.example.com");
        for (name, value) in [
            ("ENDPOINT", format!("{host}:5432")),
            ("HOST", host),
            ("PORT", "5432".to_owned()),
            ("DB_IDENTIFIER", target),
            ("ENGINE", "postgres".to_owned()),
        ] {
            assert_eq!(found[&format!("ASOF_{name}")], value, "{found:?}");
            assert_eq!(found[&format!("ASOF_{name}_ORDERS")], value, "{found:?}");
        }
        assert!(
            !found.contains_key("ASOF_DBNAME") && !found.contains_key("ASOF_READER_ENDPOINT"),
            "{found:?}"
        );
    });
}

#[test]
fn a_hook_finds_a_clusters_readers_and_its_database() {
    crate::crash::block_on(async {
        let databases = databases().await;
        let source = databases.id("src");
        let create = databases.sdk.create_db_cluster().db_cluster_identifier(&source).database_name("shop");
        create.engine("aurora-postgresql").send().await.unwrap();
        let member = databases.sdk.create_db_instance().db_instance_identifier(format!("{source}-1"));
        let member = member.db_cluster_identifier(&source).engine("aurora-postgresql");
        member.db_instance_class("db.r6g.large").send().await.unwrap();
        databases.later().await;
        databases.write("aurora", HOOK);
        let found = found(&databases).await;
        let target = databases.id("dst");
        assert_eq!(found["ASOF_READER_ENDPOINT"], format!("{target}.cluster-ro-lab.rds.example.com:5432"));
        assert_eq!(found["ASOF_HOST"], format!("{target}.cluster-lab.rds.example.com"));
        assert_eq!((&*found["ASOF_DBNAME"], &*found["ASOF_ENGINE"]), ("shop", "aurora-postgresql"));
    });
}
