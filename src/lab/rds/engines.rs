//! The parameters that the API accepts for a cluster of an engine: `DocumentDB` and Neptune have API references of
//! their own, and a Multi-AZ DB cluster creates its instances itself.
//!
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html>,
//! <https://docs.aws.amazon.com/documentdb/latest/developerguide/API_RestoreDBClusterToPointInTime.html>,
//! <https://docs.aws.amazon.com/neptune/latest/apiref/API_RestoreDBClusterToPointInTime.html>, and the same for
//! `CreateDBInstance` and `ModifyDBCluster`.

use super::form::Form;
use super::handler::{Outcome, Refusal};
use super::store::{Database, Store, states};

const MULTI_AZ_ALONE: &[&str] =
    &["DBClusterInstanceClass", "Iops", "PubliclyAccessible", "MonitoringInterval"];
const AURORA_ALONE: &[&str] = &[
    "BacktrackWindow",
    "NetworkType",
    "ServerlessV2ScalingConfiguration.MaxCapacity",
    "ServerlessV2ScalingConfiguration.MinCapacity",
    "ServerlessV2ScalingConfiguration.SecondsUntilAutoPause",
];
/// Accepted by neither `DocumentDB` nor Neptune.
const RDS_ALONE: &[&str] = &[
    "BacktrackWindow",
    "DatabaseInsightsMode",
    "EnablePerformanceInsights",
    "EngineLifecycleSupport",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "ServerlessV2ScalingConfiguration.SecondsUntilAutoPause",
    "SourceDbClusterResourceId",
];
const AT_RESTORE_OF_RDS_ALONE: &[&str] =
    &["BackupRetentionPeriod", "CopyTagsToSnapshot", "PreferredBackupWindow"];
const NOT_OF_DOCDB: &[&str] = &["CopyTagsToSnapshot", "EnableIAMDatabaseAuthentication"];
const NOT_OF_NEPTUNE: &[&str] = &["ManageMasterUserPassword", "MasterUserSecretKmsKeyId", "NetworkType"];
const NOT_OF_DOCDB_MEMBERS: &[&str] = &[
    "DBParameterGroupName",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PerformanceInsightsRetentionPeriod",
    "PubliclyAccessible",
];
const NOT_OF_NEPTUNE_MEMBERS: &[&str] = &["CACertificateIdentifier", "EnablePerformanceInsights"];

fn refuse(engine: &str, form: &Form, lists: &[&[&str]]) -> Outcome<()> {
    let named = lists.iter().flat_map(|list| list.iter()).find(|name| form.get(name).is_some());
    named.map_or(Ok(()), |name| {
        let message = format!("The parameter {name} is not supported for engine {engine}.");
        Err(Refusal::new("InvalidParameterCombination", message))
    })
}

pub(super) fn is_multi_az(engine: &str) -> bool {
    matches!(engine, "mysql" | "postgres")
}

/// Refuses parameters that a request to create or modify a cluster must not have.
pub(super) fn check_cluster(engine: &str, form: &Form) -> Outcome<()> {
    match engine {
        "docdb" => refuse(engine, form, &[RDS_ALONE, MULTI_AZ_ALONE, NOT_OF_DOCDB]),
        "neptune" => refuse(engine, form, &[RDS_ALONE, MULTI_AZ_ALONE, NOT_OF_NEPTUNE]),
        engine if is_multi_az(engine) => refuse(engine, form, &[AURORA_ALONE]),
        engine => refuse(engine, form, &[MULTI_AZ_ALONE]),
    }
}

/// Refuses parameters that a restore request must not have.
pub(super) fn check_restore(engine: &str, form: &Form) -> Outcome<()> {
    check_cluster(engine, form)?;
    match engine {
        "docdb" => refuse(engine, form, &[AT_RESTORE_OF_RDS_ALONE, &["DBClusterParameterGroupName"]]),
        "neptune" => refuse(engine, form, &[AT_RESTORE_OF_RDS_ALONE]),
        _ => Ok(()),
    }
}

/// Refuses parameters that a request to create an instance of a cluster must not have.
pub(super) fn check_member(engine: &str, form: &Form) -> Outcome<()> {
    if form.get("Engine") != Some(engine) {
        let message = format!("The engine of the instance must match the engine of the cluster, {engine}.");
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    match engine {
        "docdb" => refuse(engine, form, &[NOT_OF_DOCDB_MEMBERS]),
        "neptune" => refuse(engine, form, &[NOT_OF_NEPTUNE_MEMBERS]),
        engine if is_multi_az(engine) => {
            let message = "A DB instance cannot be added to a Multi-AZ DB cluster.";
            Err(Refusal::new("InvalidParameterCombination", message))
        }
        _ => Ok(()),
    }
}

/// Returns the default storage type of a cluster.
pub(super) fn storage(engine: &str) -> &'static str {
    match engine {
        "docdb" | "neptune" => "standard",
        engine if is_multi_az(engine) => "io1",
        _ => "aurora",
    }
}

/// Creates the instances of a Multi-AZ DB cluster, without its tags.
pub(super) fn make_members(store: &mut Store, now: i64, cluster: &Database) {
    if !is_multi_az(&cluster.engine) {
        return;
    }
    for n in 1..=3 {
        let mut member = Database {
            id: format!("{}-instance-{n}", cluster.id),
            engine: cluster.engine.clone(),
            created: now,
            cluster: Some(cluster.id.clone()),
            states: states(&["creating", "creating", "available"]),
            resource_id: store.resource_id("db"),
            groups: cluster.groups.clone(),
            ..Database::default()
        };
        for (name, of) in [("DBInstanceClass", "DBClusterInstanceClass"), ("Port", "Port")] {
            member.set(name, cluster.get(of).unwrap_or_default());
        }
        store.instances.insert(member.id.clone(), member);
    }
}
