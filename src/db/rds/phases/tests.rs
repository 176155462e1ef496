use super::*;

const INSTANCE: &str = r#"
allocated-storage = 1
auto-minor-version-upgrade = true
backup-retention-period = 1
ca-certificate-identifier = "a"
copy-tags-to-snapshot = true
database-insights-mode = "advanced"
db-instance-class = "a"
db-parameter-group-name = "a"
dedicated-log-volume = true
deletion-protection = true
enable-cloudwatch-logs-exports = ["a"]
enable-iam-database-authentication = true
enable-performance-insights = true
iops = 1
manage-master-user-password = true
master-user-secret-kms-key-id = "a"
max-allocated-storage = 1
monitoring-interval = 1
monitoring-role-arn = "a"
multi-az = true
network-type = "a"
option-group-name = "a"
port = 1
processor-features = { a = "a" }
promotion-tier = 1
publicly-accessible = true
storage-type = "a"
vpc-security-group-ids = ["a"]
"#;

const CLUSTER: &str = r#"
auto-minor-version-upgrade = true
backtrack-window = 1
database-insights-mode = "advanced"
db-cluster-instance-class = "a"
db-cluster-parameter-group-name = "a"
deletion-protection = true
enable-iam-database-authentication = true
manage-master-user-password = true
iops = 1
master-user-secret-kms-key-id = "a"
monitoring-interval = 1
monitoring-role-arn = "a"
network-type = "a"
port = 1
publicly-accessible = true
serverless-v2-max-capacity = 1.0
serverless-v2-min-capacity = 1.0
serverless-v2-seconds-until-auto-pause = 300
storage-type = "a"
vpc-security-group-ids = ["a"]
"#;

/// No setting is set twice or forgotten.
#[test]
fn every_setting_is_set_before_use_or_later() {
    let all: InstanceSettings = toml::from_str(INSTANCE).unwrap();
    let (before, later) = (all.clone().before_use(), all.clone().later());
    assert_eq!(before.clone().or(later.clone()), all);
    assert_eq!(later.clone().before_use(), InstanceSettings::default());
    assert_eq!(before.clone().later(), InstanceSettings::default());
    assert_eq!((before.deletion_protection, later.deletion_protection), (None, Some(true)));
    assert_eq!((before.port, later.port), (Some(1), None));

    let all: ClusterSettings = toml::from_str(CLUSTER).unwrap();
    let (before, later) = (all.clone().before_use(), all.clone().later());
    assert_eq!(before.clone().or(later.clone()), all);
    assert_eq!(later.before_use(), ClusterSettings::default());
    assert_eq!(before.later(), ClusterSettings::default());
}
