//! Which settings of a restored database have to be right before an application uses it, and which may wait.
//!
//! RDS refuses to modify a database while its first backup is made, which takes hours, and it serves meanwhile. So only
//! what an application connects by, or what restarts the database when it is changed, holds the application; the rest
//! ([`Phased::later`]) is set when RDS allows it.
//!
//! | setting | |
//! |---|---|
//! | class, processor features, parameter and option group, certificate, log volume | before: changing it restarts the database |
//! | port, security groups, public access, network type, IAM authentication, master password | before: an application connects by it |
//! | a cluster's Serverless capacity | before: it is what its instances run on |
//! | all others: protection, backups, monitoring, logs, storage, Multi-AZ, windows, tiers | later |

use super::cluster_settings::ClusterSettings;
use super::settings::{InstanceSettings, Partial};

/// Settings in two parts.
pub(crate) trait Phased: Partial + Clone {
    /// Those that have to be right before an application uses the database.
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
