//! Divides the settings of a restored database into those an application needs before use and those that can wait.
//!
//! RDS refuses to modify a database during its first backup, which takes hours, although the database already serves.
//! So the application waits only for settings that it connects by, or whose change restarts the database; the rest
//! ([`Phased::later`]) are set when RDS allows it.
//!
//! | setting | |
//! |---|---|
//! | class, processor features, parameter and option group, certificate, log volume | before use: changing it restarts the database |
//! | port, security groups, public access, network type, IAM authentication, master password | before use: an application connects by it |
//! | a cluster's Serverless capacity | before use: its instances run on it |
//! | all others: protection, backups, monitoring, logs, storage, Multi-AZ, windows, tiers | later |

use super::cluster_settings::ClusterSettings;
use super::settings::{InstanceSettings, Partial};

/// Settings that are applied in two phases.
pub(crate) trait Phased: Partial + Clone {
    /// Returns the settings that must be right before an application uses the database.
    fn before_use(self) -> Self;

    fn later(self) -> Self {
        let before = self.clone().before_use();
        self.unlike(&before)
    }
}

impl Phased for InstanceSettings {
    fn before_use(self) -> Self {
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
}

impl Phased for ClusterSettings {
    fn before_use(self) -> Self {
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
}

#[cfg(test)]
mod tests;
