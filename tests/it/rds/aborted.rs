//! A recovery that is run again after its instance was removed, and one that is aborted.

use asof::lab::{Fault, RdsAction, Rule, When};

use super::{make_tuned, rds, with_source};
use crate::crash::block_on;
use crate::support::Run;
use crate::support::databases::Databases;

const FAILS: &str = "[hooks]\nafter-database = [\"false\"]\n";

async fn abort(databases: &Databases) -> Run {
    let path = databases.path();
    databases.subject.asof(&["recover", path.to_str().unwrap(), "--abort", "--yes", "--format", "json"]).await
}

/// The deletion protection that asof carried over from the source is lifted; the source keeps its own.
#[test]
fn an_abort_removes_the_protected_instance_that_it_restored() {
    block_on(async {
        let databases = super::databases().await;
        make_tuned(&databases, &databases.id("src")).await;
        databases.later().await;
        databases.write("rds", FAILS);
        databases.recover(databases.at()).await.expect_code(3);
        let protected = async |what: &str| {
            databases.instance(&databases.id(what)).await.and_then(|instance| instance.deletion_protection())
        };
        assert_eq!((protected("src").await, protected("dst").await), (Some(true), Some(true)));
        let run = abort(&databases).await.expect_code(0);
        assert!(run.stderr.contains("remove the restored database orders "), "{run}");
        assert_eq!((protected("src").await, protected("dst").await), (Some(true), None), "{run}");
        assert_eq!(rds(&databases).asked(RdsAction::DeleteDBInstance), 1);
        abort(&databases).await.expect_code(2);
    });
}

/// Another user has protected the restored instance since, perhaps for a reason.
#[test]
fn an_abort_leaves_protection_that_somebody_else_has_set() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", FAILS);
        databases.recover(databases.at()).await.expect_code(3);
        let protect = async |is: bool| {
            let modify = databases.sdk.modify_db_instance().db_instance_identifier(databases.id("dst"));
            modify.deletion_protection(is).apply_immediately(true).send().await.unwrap();
        };
        protect(true).await;
        let run = abort(&databases).await.expect_code(3);
        assert!(run.stderr.contains("it is protected from deletion, which asof did not set"), "{run}");
        let left = databases.instance(&databases.id("dst")).await;
        assert_eq!(left.and_then(|instance| instance.deletion_protection()), Some(true), "{run}");
        protect(false).await;
        abort(&databases).await.expect_code(0);
        assert!(databases.instance(&databases.id("dst")).await.is_none());
    });
}

/// The remaining instance can be removed by hand.
#[test]
fn an_abort_that_may_not_remove_the_instance_names_the_command_that_does() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", FAILS);
        databases.recover(databases.at()).await.expect_code(3);
        let denied = Rule::on(RdsAction::DeleteDBInstance, Fault::AccessDenied, When::Always);
        rds(&databases).faults().push(denied);
        let run = abort(&databases).await.expect_code(3);
        let target = databases.id("dst");
        let command =
            format!("remove it by hand: aws rds delete-db-instance --db-instance-identifier {target} ");
        assert!(run.stderr.contains(&command), "{run}");
        rds(&databases).faults().clear();
        abort(&databases).await.expect_code(0);
        assert!(databases.instance(&target).await.is_none());
    });
}

/// Another user has created an instance of that name: it does not carry the tag, and stays.
#[test]
fn an_abort_leaves_an_instance_that_is_not_its_own() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", FAILS);
        databases.recover(databases.at()).await.expect_code(3);
        remove(&databases).await;
        databases.plain_instance(&databases.id("dst")).await;
        let run = abort(&databases).await.expect_code(0);
        assert!(run.stderr.contains("it belongs to something else"), "{run}");
        assert!(databases.instance(&databases.id("dst")).await.is_some(), "{run}");
    });
}

#[test]
fn an_instance_that_was_removed_is_restored_again() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", FAILS);
        let at = databases.at();
        databases.recover(at).await.expect_code(3);
        remove(&databases).await;
        databases.write("rds", "[hooks]\nafter-database = [\"true\"]\n");
        let run = databases.recover(at).await.expect_code(0);
        assert!(run.stderr.contains("request restore: the restored database no longer exists"), "{run}");
        assert_eq!(super::restores(&databases), 2);
        assert!(databases.instance(&databases.id("dst")).await.is_some(), "{run}");
    });
}

/// Removes the restored instance, as a person would.
async fn remove(databases: &Databases) {
    let id = databases.id("dst");
    let delete = databases.sdk.delete_db_instance().db_instance_identifier(&id).skip_final_snapshot(true);
    delete.send().await.unwrap();
    for _ in 0..200 {
        if databases.instance(&id).await.is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{id} is still there");
}
