//! Which settings of a restored database have to be right before an application uses it, and which may wait.
//!
//! RDS refuses to modify a database while its first backup is made, which takes hours, and it serves meanwhile. So only
//! what an application connects by, or what restarts the database when it is changed, holds the application; the rest
//! ([`later`](InstanceSettings::later)) is set when RDS allows it.
//!
//! | setting | |
//! |---|---|
//! | class, processor features, parameter and option group, certificate, log volume | before: changing it restarts the database |
//! | port, security groups, public access, network type, IAM authentication, master password | before: an application connects by it |
//! | a cluster's Serverless capacity | before: it is what its instances run on |
//! | all others: protection, backups, monitoring, logs, storage, Multi-AZ, windows, tiers | later |

use super::cluster_settings::ClusterSettings;
use super::settings::InstanceSettings;

impl InstanceSettings {
    /// Those that have to be right before an application uses the instance.
    pub(super) fn before_use(self) -> Self {
        Self {
            ca_certificate_identifier: self.ca_certificate_identifier,
            db_instance_class: self.db_instance_class,
            db_parameter_group_name: self.db_parameter_group_name,
            dedicated_log_volume: self.dedicated_log_volume,
            enable_iam_database_authentication: self.enable_iam_database_authentication,
            manage_master_user_password: self.manage_master_user_password,
            master_user_secret_kms_key_id: self.master_user_secret_kms_key_id,
            network_type: self.network_type,
            option_group_name: self.option_group_name,
            port: self.port,
            processor_features: self.processor_features,
            publicly_accessible: self.publicly_accessible,
            vpc_security_group_ids: self.vpc_security_group_ids,
            ..Self::default()
        }
    }

    /// The others.
    pub(super) fn later(self) -> Self {
        Self {
            ca_certificate_identifier: None,
            db_instance_class: None,
            db_parameter_group_name: None,
            dedicated_log_volume: None,
            enable_iam_database_authentication: None,
            manage_master_user_password: None,
            master_user_secret_kms_key_id: None,
            network_type: None,
            option_group_name: None,
            port: None,
            processor_features: None,
            publicly_accessible: None,
            vpc_security_group_ids: None,
            ..self
        }
    }
}

impl ClusterSettings {
    /// Those that have to be right before an application uses the cluster.
    pub(super) fn before_use(self) -> Self {
        Self {
            db_cluster_instance_class: self.db_cluster_instance_class,
            db_cluster_parameter_group_name: self.db_cluster_parameter_group_name,
            enable_iam_database_authentication: self.enable_iam_database_authentication,
            manage_master_user_password: self.manage_master_user_password,
            master_user_secret_kms_key_id: self.master_user_secret_kms_key_id,
            network_type: self.network_type,
            port: self.port,
            publicly_accessible: self.publicly_accessible,
            serverless_v2_max_capacity: self.serverless_v2_max_capacity,
            serverless_v2_min_capacity: self.serverless_v2_min_capacity,
            serverless_v2_seconds_until_auto_pause: self.serverless_v2_seconds_until_auto_pause,
            vpc_security_group_ids: self.vpc_security_group_ids,
            ..Self::default()
        }
    }

    /// The others.
    pub(super) fn later(self) -> Self {
        Self {
            db_cluster_instance_class: None,
            db_cluster_parameter_group_name: None,
            enable_iam_database_authentication: None,
            manage_master_user_password: None,
            master_user_secret_kms_key_id: None,
            network_type: None,
            port: None,
            publicly_accessible: None,
            serverless_v2_max_capacity: None,
            serverless_v2_min_capacity: None,
            serverless_v2_seconds_until_auto_pause: None,
            vpc_security_group_ids: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
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

    /// None is set twice, and none is forgotten.
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
}
