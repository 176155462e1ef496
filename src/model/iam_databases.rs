//! The RDS actions of a recovery or a drill, and the statements that allow them.
//!
//! Only databases with the tag that asof gives to restored databases can be changed or removed: under this policy,
//! nobody else's database can be modified or deleted. Parameter groups and other resources that a request names beside
//! the database carry no such tag and have a statement of their own.

use std::collections::BTreeMap;

use super::iam::{Condition, Statement, condition};

/// The read-only actions. Some of them can be allowed only on all resources.
pub const LOOK: &[&str] = &[
    "rds:DescribeAccountAttributes",
    "rds:DescribeBlueGreenDeployments",
    "rds:DescribeDBClusterAutomatedBackups",
    "rds:DescribeDBClusterParameterGroups",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBInstances",
    "rds:DescribeDBParameterGroups",
    "rds:DescribeDBSubnetGroups",
    "rds:DescribeOptionGroups",
    "rds:DescribeOrderableDBInstanceOptions",
    "rds:ListTagsForResource",
];

/// The actions that create something new, with its tags.
pub const MAKE: &[&str] = &[
    "rds:AddTagsToResource",
    "rds:CreateDBInstance",
    "rds:RestoreDBClusterToPointInTime",
    "rds:RestoreDBInstanceToPointInTime",
];

/// The actions that change what was created.
pub const CHANGE: &[&str] = &["rds:ModifyDBCluster", "rds:ModifyDBInstance"];

/// The actions that remove what was created, at the end of a drill or of an aborted recovery.
pub const REMOVE: &[&str] = &["rds:DeleteDBCluster", "rds:DeleteDBInstance"];

/// The tag of everything asof has created.
const OURS: &str = "aws:ResourceTag/asof:recovery";

/// A source that a recovery renames so that the restored database takes its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenamedSource {
    /// An instance, by its identifier.
    Instance(String),
    /// A cluster, by its identifier.
    Cluster(String),
}

impl RenamedSource {
    /// Returns the ARNs of its name and of its kept names.
    fn arns(&self) -> [String; 2] {
        let (kind, name) = match self {
            RenamedSource::Instance(name) => ("db", name),
            RenamedSource::Cluster(name) => ("cluster", name),
        };
        ["", "-before-*"].map(|kept| format!("arn:aws:rds:*:*:{kind}:{name}{kept}"))
    }
}

/// Returns the statement for renamed sources, which carry no asof tag; `None` if nothing is renamed.
pub(super) fn renaming(sources: &[RenamedSource]) -> Option<Statement> {
    let arns: Vec<_> = sources.iter().flat_map(RenamedSource::arns).collect();
    let statement =
        |arns: &[String]| Statement::new("DatabasesRename".to_owned(), "Allow", CHANGE.to_vec(), arns);
    (!arns.is_empty()).then(|| statement(&arns))
}

/// Instances and clusters.
const DATABASES: [&str; 2] = ["arn:aws:rds:*:*:cluster:*", "arn:aws:rds:*:*:db:*"];

/// The resources that a modify request may name beside the database.
const GROUPS: [&str; 4] = [
    "arn:aws:rds:*:*:cluster-pg:*",
    "arn:aws:rds:*:*:og:*",
    "arn:aws:rds:*:*:pg:*",
    "arn:aws:rds:*:*:secgrp:*",
];

/// The KMS keys, which RDS uses by a grant to encrypt
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html>).
const KEYS: &str = "arn:aws:kms:*:*:key/*";

/// Returns the statements for databases.
pub(super) fn statements() -> Vec<Statement> {
    let statement = |sid: &str, effect, action: &[&'static str], resource: &[&str]| {
        let resource: Vec<_> = resource.iter().map(|arn| (*arn).to_owned()).collect();
        Statement::new(format!("Databases{sid}"), effect, action.to_vec(), &resource)
    };
    let allow = |sid: &str, action, resource: &[&str]| statement(sid, "Allow", action, resource);
    let with = |condition: Condition, statement: Statement| statement.with(condition);
    let by_rds = || condition("StringLike", "kms:ViaService", "rds.*.amazonaws.com".to_owned());
    let ours = |is: bool| condition("Null", OURS, (!is).to_string());
    let grant = BTreeMap::from([("kms:GrantIsForAWSResource", "true".to_owned())]);
    let passed = condition("StringEquals", "iam:PassedToService", "monitoring.rds.amazonaws.com".to_owned());
    vec![
        allow("Look", LOOK, &["*"]),
        allow("Make", MAKE, &["*"]),
        with(ours(true), allow("Change", CHANGE, &DATABASES)),
        allow("ChangeGroups", CHANGE, &GROUPS),
        with(ours(true), allow("Remove", REMOVE, &DATABASES)),
        with(by_rds(), allow("Keys", &["kms:DescribeKey"], &[KEYS])),
        with(
            [by_rds(), Condition::from([("Bool", grant)])].into_iter().flatten().collect(),
            allow("KeysGrant", &["kms:CreateGrant"], &[KEYS]),
        ),
        with(passed, allow("MonitoringRole", &["iam:PassRole"], &["arn:aws:iam::*:role/*"])),
        with(ours(false), statement("KeepOthers", "Deny", REMOVE, &DATABASES)),
    ]
}
