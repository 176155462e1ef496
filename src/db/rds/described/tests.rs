use std::collections::BTreeSet;

use super::*;
use crate::db::rds::cluster_settings::ClusterSettings;
use crate::db::rds::settings::InstanceSettings;

/// Describes an instance and a cluster with every possible field set.
const PRINTED: &str = include_str!("../../../../fixtures/rds/described.json");

fn names(settings: &impl serde::Serialize) -> BTreeSet<String> {
    let Value::Object(fields) = serde_json::to_value(settings).unwrap() else { panic!("no object") };
    fields.into_iter().map(|(name, _)| name).collect()
}

/// A forgotten setting would get RDS's default in the restored database.
#[test]
fn every_setting_that_is_carried_over_is_read() {
    let described = described(PRINTED.as_bytes()).unwrap();
    let all = |text: &str| {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let instance = names(&InstanceSettings::of(&described.instances[0]));
    let wanted: BTreeSet<String> = all(
        "auto-minor-version-upgrade\n backup-retention-period\n ca-certificate-identifier\n copy-tags-to-snapshot\n \
             database-insights-mode\n db-instance-class\n db-parameter-group-name\n db-subnet-group-name\n \
             dedicated-log-volume\n deletion-protection\n enable-cloudwatch-logs-exports\n \
             enable-iam-database-authentication\n enable-performance-insights\n engine-lifecycle-support\n iops\n \
             manage-master-user-password\n max-allocated-storage\n monitoring-interval\n monitoring-role-arn\n multi-az\n network-type\n \
             option-group-name\n performance-insights-kms-key-id\n performance-insights-retention-period\n port\n \
             preferred-backup-window\n preferred-maintenance-window\n processor-features\n promotion-tier\n \
             publicly-accessible\n storage-throughput\n storage-type\n tags\n vpc-security-group-ids",
    );
    assert_eq!(instance, wanted);
    let cluster = names(&ClusterSettings::of(&described.clusters[0]));
    for name in [
        "backtrack-window",
        "db-cluster-parameter-group-name",
        "db-subnet-group-name",
        "deletion-protection",
        "network-type",
        "port",
        "serverless-v2-max-capacity",
        "storage-type",
        "tags",
        "vpc-security-group-ids",
    ] {
        assert!(cluster.contains(name), "{name}: {cluster:?}");
    }
    assert_eq!(described.clusters[0].db_cluster_members().len(), 1);
}

#[test]
fn anything_else_is_no_description() {
    for text in ["", "[]", "{}", "{\"format\": 1}", "DBInstances"] {
        assert!(described(text.as_bytes()).is_none(), "{text}");
    }
}
