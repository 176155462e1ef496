//! A source that is isolated by the quiesce hook, or before: the restored database has the settings from before.

use std::time::Duration;

use asof::lab::{Fault, RdsAction, Rule, When};

use super::{make_tuned, rds};
use crate::crash::block_on;
use crate::support::databases::{Databases, shape};
use crate::support::{Moment, Run};

const HOOKS: &str =
    "[hooks]\nquiesce = { shell = \"touch quiesced; until [ -e isolated ]; do sleep 0.05; done\" }\n";

/// With a source that has groups and protection of its own, and a hook that waits to be isolated.
async fn tuned(hooks: &str) -> Databases {
    let databases = super::databases().await;
    make_tuned(&databases, &databases.id("src")).await;
    databases.later().await;
    let path = databases.write("rds", hooks);
    // The hook runs before the restore is requested.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("quiesce = \"early\"\n{text}")).unwrap();
    databases
}

/// Gives the source a security group that admits nothing, and removes its deletion protection.
async fn isolate(databases: &Databases) {
    let modify = databases.sdk.modify_db_instance().db_instance_identifier(databases.id("src"));
    let modify = modify.vpc_security_group_ids("sg-quarantine").deletion_protection(false);
    modify.db_parameter_group_name("quarantine").send().await.unwrap();
    // The lab leaves the state "modifying" after a description.
    databases.instance(&databases.id("src")).await.unwrap();
}

/// Recovers; while the quiesce hook runs, the source is isolated.
async fn recover(databases: &Databases, at: Moment) -> Run {
    let place = databases.dir.path();
    let hook = async {
        while !place.join("quiesced").exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        isolate(databases).await;
        std::fs::write(place.join("isolated"), "").unwrap();
    };
    let hook = tokio::time::timeout(Duration::from_mins(1), hook);
    let (run, quiesced) = tokio::join!(databases.recover(at), hook);
    quiesced.unwrap();
    run
}

async fn assert_as_before(databases: &Databases, run: &Run) {
    let restored = shape(&databases.instance(&databases.id("dst")).await.unwrap());
    assert_eq!(restored["security groups"], "sg-1 sg-2", "{run}");
    assert_eq!((&*restored["protected"], &*restored["parameter group"]), ("Some(true)", "tuned"), "{run}");
    let source = shape(&databases.instance(&databases.id("src")).await.unwrap());
    assert_eq!(source["security groups"], "sg-quarantine");
}

#[test]
fn a_quiesce_hook_that_isolates_the_source_changes_nothing_of_what_is_restored() {
    block_on(async {
        let databases = tuned(HOOKS).await;
        let run = recover(&databases, databases.at()).await.expect_code(0);
        assert_as_before(&databases, &run).await;
    });
}

#[test]
fn a_recovery_that_is_taken_up_again_uses_what_was_kept() {
    block_on(async {
        let databases = tuned(HOOKS).await;
        let restore = RdsAction::RestoreDBInstanceToPointInTime;
        rds(&databases).faults().push(Rule::on(restore, Fault::AccessDenied, When::First(1)));
        let at = databases.at();
        recover(&databases, at).await.expect_code(3);
        let run = databases.recover(at).await.expect_code(0);
        assert!(run.stderr.contains("resuming the recovery"), "{run}");
        assert_as_before(&databases, &run).await;
    });
}

/// As the AWS CLI prints it, with settings that the lab does not have too.
fn printed(id: &str) -> String {
    format!(
        r#"{{"DBInstances": [{{
            "DBInstanceIdentifier": "{id}", "DBInstanceClass": "db.r6g.large", "Engine": "postgres",
            "DBSubnetGroup": {{"DBSubnetGroupName": "private", "VpcId": "vpc-1", "Subnets": []}},
            "DBParameterGroups": [{{"DBParameterGroupName": "tuned", "ParameterApplyStatus": "in-sync"}}],
            "OptionGroupMemberships": [{{"OptionGroupName": "audited", "Status": "in-sync"}}],
            "VpcSecurityGroups": [
                {{"VpcSecurityGroupId": "sg-1", "Status": "active"}}, {{"VpcSecurityGroupId": "sg-2", "Status": "active"}}
            ],
            "DeletionProtection": true, "MultiAZ": true, "InstanceCreateTime": "2026-11-01T00:00:00+00:00",
            "Endpoint": {{"Address": "{id}.lab", "Port": 6432, "HostedZoneId": "Z1"}}, "StorageType": "io1", "Iops": 4000
        }}]}}"#
    )
}

#[test]
fn settings_from_a_file_stand_for_those_of_a_source_that_was_isolated_before() {
    block_on(async {
        let databases = tuned("").await;
        isolate(&databases).await;
        let file = databases.dir.path().join("source.json");
        let named = ["--settings-from", file.to_str().unwrap()];
        let at = databases.at();
        std::fs::write(&file, printed("another")).unwrap();
        let run = databases.recover_with(at, &named).await.expect_code(2);
        assert!(
            run.stderr.contains("does not describe the source of any database in the recovery file"),
            "{run}"
        );
        std::fs::write(&file, printed(&databases.id("src"))).unwrap();
        let dry = databases.recover_with(at, &[&named[..], &["--dry-run"]].concat()).await.expect_code(0);
        assert!(dry.stderr.contains("--settings-from "), "the command that is suggested has it too: {dry}");
        let run = databases.recover_with(at, &named).await.expect_code(0);
        assert_as_before(&databases, &run).await;
        let restored = shape(&databases.instance(&databases.id("dst")).await.unwrap());
        assert_eq!((&*restored["port"], &*restored["storage"]), ("Some(6432)", "io1 Some(4000)"), "{run}");
    });
}
