//! Who keeps the master password of what is restored.

use super::{databases, with_source};
use crate::crash::block_on;
use crate::support::databases::Databases;

async fn managed(databases: &Databases, id: &str) -> bool {
    databases.instance(id).await.unwrap().master_user_secret().is_some()
}

#[test]
fn secrets_manager_keeps_the_password_where_the_overrides_say_so() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", "[database.overrides]\nmanage-master-user-password = true\n");
        databases.recover(databases.at()).await.expect_code(0);
        assert!(managed(&databases, &databases.id("dst")).await);
        assert!(!managed(&databases, &databases.id("src")).await);
    });
}

/// The password that the application knows is that of the time: it is not changed unless that is asked for.
#[test]
fn the_password_is_not_managed_because_the_sources_is() {
    block_on(async {
        let databases = databases().await;
        let source = databases.id("src");
        databases.plain_instance(&source).await;
        let modify = databases.sdk.modify_db_instance().db_instance_identifier(&source);
        modify.manage_master_user_password(true).send().await.unwrap();
        databases.later().await;
        assert!(managed(&databases, &source).await);
        databases.write("rds", "");
        let run = databases.recover(databases.at()).await.expect_code(0);
        assert!(!managed(&databases, &databases.id("dst")).await, "{run}");
        assert!(run.stderr.contains("the management of its password by Secrets Manager"), "{run}");
    });
}
