//! The settings wanted for a restored cluster and its instances.

use std::collections::BTreeMap;

use aws_sdk_rds::types::{
    DbCluster, DbClusterAutomatedBackup, DbInstance, ServerlessV2ScalingConfigurationInfo as Range,
};

use super::settings::{
    InstanceSettings, Names, carried_tags, described_settings, names, own_group, security_groups, settings,
};

settings! {
    ClusterSettings {
        auto_minor_version_upgrade: bool,
        backtrack_window: i64,
        backup_retention_period: i32,
        copy_tags_to_snapshot: bool,
        database_insights_mode: String,
        db_cluster_instance_class: String,
        db_cluster_parameter_group_name: String,
        db_subnet_group_name: String,
        deletion_protection: bool,
        enable_cloudwatch_logs_exports: Names,
        enable_iam_database_authentication: bool,
        enable_performance_insights: bool,
        engine_lifecycle_support: String,
        instance: InstanceSettings,
        instances: usize,
        iops: i32,
        manage_master_user_password: bool,
        master_user_secret_kms_key_id: String,
        monitoring_interval: i32,
        monitoring_role_arn: String,
        network_type: String,
        performance_insights_kms_key_id: String,
        performance_insights_retention_period: i32,
        port: i32,
        preferred_backup_window: String,
        preferred_maintenance_window: String,
        publicly_accessible: bool,
        serverless_v2_max_capacity: f64,
        serverless_v2_min_capacity: f64,
        serverless_v2_seconds_until_auto_pause: i32,
        storage_type: String,
        tags: BTreeMap<String, String>,
        vpc_security_group_ids: Names,
    }
}

impl ClusterSettings {
    pub(super) fn of(cluster: &DbCluster) -> Self {
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        let serverless = cluster.serverless_v2_scaling_configuration();
        described_settings!(cluster, {
            // 0 means off, and only Aurora MySQL supports it.
            backtrack_window: cluster.backtrack_window().filter(|window| *window > 0),
            db_cluster_instance_class: text(cluster.db_cluster_instance_class()),
            db_cluster_parameter_group_name: own_group(cluster.db_cluster_parameter_group()),
            db_subnet_group_name: text(cluster.db_subnet_group()),
            iops: provisioned_iops(cluster),
            port: cluster.port(),
            serverless_v2_max_capacity: serverless.and_then(Range::max_capacity),
            serverless_v2_min_capacity: serverless.and_then(Range::min_capacity),
            serverless_v2_seconds_until_auto_pause: serverless.and_then(Range::seconds_until_auto_pause),
        })
    }

    /// Reads the settings from the automated backups of a deleted cluster. They lack its network, parameter group and
    /// instances.
    pub(super) fn of_backup(backup: &DbClusterAutomatedBackup) -> Self {
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        Self {
            backup_retention_period: backup.backup_retention_period(),
            enable_iam_database_authentication: backup.iam_database_authentication_enabled(),
            port: backup.port(),
            preferred_backup_window: text(backup.preferred_backup_window()),
            storage_type: text(backup.storage_type()),
            tags: carried_tags(backup.tag_list()),
            ..Self::default()
        }
    }

    /// Returns the settings that can be modified after the restore.
    pub(super) fn modifiable(self) -> Self {
        Self {
            db_subnet_group_name: None,
            engine_lifecycle_support: None,
            instance: None,
            instances: None,
            publicly_accessible: None,
            tags: None,
            ..self
        }
    }

    /// Returns the settings of the instances, the writer first: as many as the source has and like them, unless
    /// overridden. Additional instances are like the source's last.
    pub(super) fn instances(&self, source: &[InstanceSettings]) -> Vec<InstanceSettings> {
        let count = self.instances.unwrap_or(source.len().max(1));
        let overrides = self.instance.clone().unwrap_or_default();
        let like = |n: usize| source.get(n).or(source.last()).cloned().unwrap_or_default();
        (0..count).map(|n| overrides.clone().over(like(n))).collect()
    }
}

/// Returns the IOPS if a request may name them: RDS reports the gp3 baseline as if it had been requested, and refuses
/// a request that names it on a small volume
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.MultiAZDBCluster.html>).
fn provisioned_iops(cluster: &DbCluster) -> Option<i32> {
    let baseline = [3000, 12_000];
    cluster.iops().filter(|iops| match cluster.storage_type() {
        Some("io1" | "io2") => true,
        Some("gp3") => !baseline.contains(iops),
        _ => false,
    })
}

/// Returns the settings that belong to an instance in a cluster; the rest belong to the cluster and must not be named.
pub(super) fn of_member(instance: &DbInstance) -> InstanceSettings {
    let all = InstanceSettings::of(instance);
    InstanceSettings {
        auto_minor_version_upgrade: all.auto_minor_version_upgrade,
        ca_certificate_identifier: all.ca_certificate_identifier,
        copy_tags_to_snapshot: all.copy_tags_to_snapshot,
        db_instance_class: all.db_instance_class,
        db_parameter_group_name: all.db_parameter_group_name,
        enable_performance_insights: all.enable_performance_insights,
        monitoring_interval: all.monitoring_interval,
        monitoring_role_arn: all.monitoring_role_arn,
        performance_insights_kms_key_id: all.performance_insights_kms_key_id,
        performance_insights_retention_period: all.performance_insights_retention_period,
        preferred_maintenance_window: all.preferred_maintenance_window,
        promotion_tier: all.promotion_tier,
        publicly_accessible: all.publicly_accessible,
        tags: all.tags,
        ..InstanceSettings::default()
    }
}

/// Describes the parts of the source that no restore copies.
pub(super) fn left_out(cluster: &DbCluster) -> Vec<&'static str> {
    let mut left_out = Vec::new();
    let mut note = |is: bool, what: &'static str| left_out.extend(is.then_some(what));
    note(!cluster.associated_roles().is_empty(), "its IAM roles (aws rds add-role-to-db-cluster)");
    note(!cluster.domain_memberships().is_empty(), "its membership of a directory domain");
    note(!cluster.custom_endpoints().is_empty(), "its custom endpoints");
    note(cluster.http_endpoint_enabled() == Some(true), "its Data API (aws rds enable-http-endpoint)");
    note(cluster.global_cluster_identifier().is_some(), "its place in a global database");
    note(
        cluster.activity_stream_status().is_some_and(|status| status.as_str() == "started"),
        "its activity stream",
    );
    note(
        cluster.master_user_secret().is_some(),
        "password management by Secrets Manager: the password is the one at T",
    );
    left_out
}

#[cfg(test)]
mod tests;
