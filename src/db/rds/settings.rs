//! The settings wanted for a restored instance: the recovery file's, then the source's.

use std::collections::BTreeMap;

use aws_sdk_rds::types::{DbInstance, DbInstanceAutomatedBackup, Tag, VpcSecurityGroupMembership};
use serde::{Deserialize, Serialize};

use super::tags::OWN;

/// Defines a struct of optional settings. Their names in the recovery file are those of the request's parameters in
/// kebab case.
macro_rules! settings {
    ($(#[$about:meta])* $name:ident { $($field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
        pub(crate) struct $name {
            $(
                #[serde(skip_serializing_if = "Option::is_none")]
                pub(super) $field: Option<$type>,
            )*
        }

        impl $name {
            /// Returns these settings, with unset ones taken from `other`.
            pub(super) fn or(self, other: Self) -> Self {
                Self { $($field: self.$field.or(other.$field),)* }
            }

        }

        impl $crate::db::rds::settings::Partial for $name {
            fn unlike(self, other: &Self) -> Self {
                Self { $($field: self.$field.filter(|wanted| other.$field.as_ref() != Some(wanted)),)* }
            }

            fn tags(&self) -> Option<&std::collections::BTreeMap<String, String>> {
                self.tags.as_ref()
            }

            fn deletion_protection(&self) -> Option<bool> {
                self.deletion_protection
            }

            fn manage_password(&mut self) -> &mut Option<bool> {
                &mut self.manage_master_user_password
            }
        }
    };
}
pub(super) use settings;

/// Optional settings of an instance or a cluster.
pub(crate) trait Partial {
    /// Returns the settings that differ from the other's.
    #[must_use]
    fn unlike(self, other: &Self) -> Self;
    fn tags(&self) -> Option<&BTreeMap<String, String>>;
    fn deletion_protection(&self) -> Option<bool>;
    /// The setting by which Secrets Manager manages the master password.
    fn manage_password(&mut self) -> &mut Option<bool>;
}

/// Reads the settings that RDS describes by the same names for instances and clusters, plus the given ones.
macro_rules! described_settings {
    ($there:expr, { $($field:ident: $value:expr,)* }) => {{
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        let secret = $there.master_user_secret();
        Self {
            auto_minor_version_upgrade: $there.auto_minor_version_upgrade(),
            backup_retention_period: $there.backup_retention_period(),
            copy_tags_to_snapshot: $there.copy_tags_to_snapshot(),
            database_insights_mode: $there.database_insights_mode().map(|mode| mode.as_str().to_owned()),
            deletion_protection: $there.deletion_protection(),
            enable_cloudwatch_logs_exports: names($there.enabled_cloudwatch_logs_exports().to_vec()),
            enable_iam_database_authentication: $there.iam_database_authentication_enabled(),
            enable_performance_insights: $there.performance_insights_enabled(),
            engine_lifecycle_support: text($there.engine_lifecycle_support()),
            manage_master_user_password: Some(secret.is_some()),
            master_user_secret_kms_key_id: secret.and_then(|secret| text(secret.kms_key_id())),
            monitoring_interval: $there.monitoring_interval(),
            monitoring_role_arn: text($there.monitoring_role_arn()),
            network_type: text($there.network_type()),
            performance_insights_kms_key_id: text($there.performance_insights_kms_key_id()),
            performance_insights_retention_period: $there.performance_insights_retention_period(),
            preferred_backup_window: text($there.preferred_backup_window()),
            preferred_maintenance_window: text($there.preferred_maintenance_window()),
            publicly_accessible: $there.publicly_accessible(),
            storage_type: text($there.storage_type()),
            tags: carried_tags($there.tag_list()),
            vpc_security_group_ids: security_groups($there.vpc_security_groups()),
            $($field: $value,)*
            ..Self::default()
        }
    }};
}
pub(super) use described_settings;

settings! {
    InstanceSettings {
        allocated_storage: i32,
        auto_minor_version_upgrade: bool,
        availability_zone: String,
        backup_retention_period: i32,
        ca_certificate_identifier: String,
        copy_tags_to_snapshot: bool,
        database_insights_mode: String,
        db_instance_class: String,
        db_parameter_group_name: String,
        db_subnet_group_name: String,
        dedicated_log_volume: bool,
        deletion_protection: bool,
        enable_cloudwatch_logs_exports: Names,
        enable_iam_database_authentication: bool,
        enable_performance_insights: bool,
        engine_lifecycle_support: String,
        iops: i32,
        license_model: String,
        manage_master_user_password: bool,
        master_user_secret_kms_key_id: String,
        max_allocated_storage: i32,
        monitoring_interval: i32,
        monitoring_role_arn: String,
        multi_az: bool,
        network_type: String,
        option_group_name: String,
        performance_insights_kms_key_id: String,
        performance_insights_retention_period: i32,
        port: i32,
        preferred_backup_window: String,
        preferred_maintenance_window: String,
        processor_features: BTreeMap<String, String>,
        promotion_tier: i32,
        publicly_accessible: bool,
        storage_throughput: i32,
        storage_type: String,
        tags: BTreeMap<String, String>,
        vpc_security_group_ids: Names,
    }
}

/// Names in no significant order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Vec<String>")]
pub(super) struct Names(pub(super) Vec<String>);

impl From<Vec<String>> for Names {
    fn from(mut names: Vec<String>) -> Self {
        names.sort();
        Self(names)
    }
}

impl InstanceSettings {
    /// Reads the settings of an instance, except those the restored one gets anyway (storage size, license) or should
    /// choose itself (the zone, which may be the one that failed).
    pub(super) fn of(instance: &DbInstance) -> Self {
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        let features = instance.processor_features().iter();
        let features: BTreeMap<_, _> =
            features.filter_map(|feature| Some((text(feature.name())?, text(feature.value())?))).collect();
        let group = instance.db_parameter_groups().first();
        let settings: Self = described_settings!(instance, {
            ca_certificate_identifier: text(instance.ca_certificate_identifier()),
            db_instance_class: text(instance.db_instance_class()),
            db_parameter_group_name: group.and_then(|group| own_group(group.db_parameter_group_name())),
            db_subnet_group_name: instance
                .db_subnet_group()
                .and_then(|group| text(group.db_subnet_group_name())),
            dedicated_log_volume: instance.dedicated_log_volume(),
            iops: instance.iops(),
            max_allocated_storage: instance.max_allocated_storage(),
            multi_az: instance.multi_az(),
            option_group_name: option_group(instance),
            port: instance.endpoint().and_then(aws_sdk_rds::types::Endpoint::port),
            processor_features: Some(features).filter(|features| !features.is_empty()),
            promotion_tier: instance.promotion_tier(),
            storage_throughput: instance.storage_throughput(),
        });
        settings.with_storage_of(instance.engine())
    }

    /// Reads the settings from the automated backups of an instance that may be deleted. They lack its class, network
    /// and parameter group.
    pub(super) fn of_backup(backup: &DbInstanceAutomatedBackup) -> Self {
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        Self {
            backup_retention_period: backup.backup_retention_period(),
            dedicated_log_volume: backup.dedicated_log_volume(),
            enable_iam_database_authentication: backup.iam_database_authentication_enabled(),
            iops: backup.iops(),
            option_group_name: own_group(backup.option_group_name()),
            port: backup.port(),
            preferred_backup_window: text(backup.preferred_backup_window()),
            storage_throughput: backup.storage_throughput(),
            storage_type: text(backup.storage_type()),
            tags: carried_tags(backup.tag_list()),
            ..Self::default()
        }
        .with_storage_of(backup.engine())
    }

    /// Returns these settings over the source's.
    ///
    /// | these name | dropped from the source's |
    /// |---|---|
    /// | another storage type | IOPS and throughput, which belong to the type |
    /// | another class | the processor features, which belong to the class |
    /// | anything | the password management: Secrets Manager may manage the source's but need not manage this one's |
    pub(super) fn over(self, mut source: Self) -> Self {
        (source.manage_master_user_password, source.master_user_secret_kms_key_id) = (None, None);
        if self.storage_type.is_some() && self.storage_type != source.storage_type {
            (source.iops, source.storage_throughput) = (None, None);
        }
        if self.db_instance_class.is_some() && self.db_instance_class != source.db_instance_class {
            source.processor_features = None;
        }
        self.or(source)
    }

    /// Returns the settings worth modifying: without those that only the restore request can set.
    pub(super) fn modifiable(self) -> Self {
        Self {
            allocated_storage: None,
            availability_zone: None,
            db_subnet_group_name: None,
            engine_lifecycle_support: None,
            license_model: None,
            tags: None,
            ..self
        }
    }

    /// Keeps IOPS and throughput only if a request may name them. RDS reports the gp3 baseline as if it had been
    /// requested, and refuses a request that names it on a small volume.
    ///
    /// | storage | IOPS and throughput |
    /// |---|---|
    /// | io1, io2 | IOPS |
    /// | gp3, SQL Server | both |
    /// | gp3, others: 3000 and 125, or 12000 and 500 | none: the baseline for the size |
    /// | gp3, others | both |
    /// | other | none |
    ///
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage>
    fn with_storage_of(mut self, engine: Option<&str>) -> Self {
        let named = (self.iops, self.storage_throughput);
        let sql_server = engine.is_some_and(|engine| engine.contains("sqlserver"));
        let baseline = [(Some(3000), Some(125)), (Some(12_000), Some(500))].contains(&named);
        (self.iops, self.storage_throughput) = match self.storage_type.as_deref() {
            Some("io1" | "io2") => (self.iops, None),
            Some("gp3") if sql_server || !baseline => named,
            _ => (None, None),
        };
        self
    }
}

/// Describes the parts of the source that no restore copies.
pub(super) fn left_out(instance: &DbInstance) -> Vec<&'static str> {
    let mut left_out = Vec::new();
    let mut note = |is: bool, what: &'static str| left_out.extend(is.then_some(what));
    note(!instance.associated_roles().is_empty(), "its IAM roles (aws rds add-role-to-db-instance)");
    note(!instance.domain_memberships().is_empty(), "its membership of a directory domain");
    note(
        !instance.read_replica_db_instance_identifiers().is_empty(),
        "its read replicas (aws rds create-db-instance-read-replica)",
    );
    note(
        !instance.db_instance_automated_backups_replications().is_empty(),
        "the replication of its backups to another region",
    );
    note(
        instance.activity_stream_status().is_some_and(|status| status.as_str() == "started"),
        "its activity stream",
    );
    note(
        instance.master_user_secret().is_some(),
        "password management by Secrets Manager: the password is the one at T",
    );
    left_out
}

/// Returns the option group in force if there are several.
fn option_group(instance: &DbInstance) -> Option<String> {
    let groups = instance.option_group_memberships();
    let in_force = groups.iter().find(|group| group.status() == Some("in-sync")).or(groups.first());
    in_force.and_then(|group| own_group(group.option_group_name()))
}

/// Returns a group chosen by the user; RDS selects its default group by itself.
pub(super) fn own_group(name: Option<&str>) -> Option<String> {
    name.filter(|name| !name.starts_with("default.") && !name.starts_with("default:")).map(ToOwned::to_owned)
}

/// Returns `None` for no names: a request cannot contain an empty list.
pub(super) fn names(names: Vec<String>) -> Option<Names> {
    (!names.is_empty()).then(|| names.into())
}

/// Returns the security groups in force.
pub(super) fn security_groups(groups: &[VpcSecurityGroupMembership]) -> Option<Names> {
    let leaving = |group: &&VpcSecurityGroupMembership| group.status() != Some("removing");
    let ids = groups.iter().filter(leaving).filter_map(|group| group.vpc_security_group_id());
    names(ids.map(ToOwned::to_owned).collect())
}

/// Returns the tags to copy: not those of AWS (`aws:`), nor those of an earlier restore by asof.
pub(super) fn carried_tags(tags: &[Tag]) -> Option<BTreeMap<String, String>> {
    let tags = tags.iter().filter_map(|tag| {
        let key = tag.key().filter(|key| !key.starts_with("aws:") && !OWN.contains(key))?;
        Some((key.to_owned(), tag.value().unwrap_or_default().to_owned()))
    });
    Some(tags.collect::<BTreeMap<_, _>>()).filter(|tags| !tags.is_empty())
}

#[cfg(test)]
mod tests;
