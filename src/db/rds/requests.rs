//! Converts settings into SDK requests.

use aws_sdk_rds::operation::create_db_instance::builders::CreateDBInstanceFluentBuilder;
use aws_sdk_rds::operation::modify_db_cluster::builders::ModifyDBClusterFluentBuilder;
use aws_sdk_rds::operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder;
use aws_sdk_rds::operation::restore_db_cluster_to_point_in_time::builders::RestoreDBClusterToPointInTimeFluentBuilder;
use aws_sdk_rds::operation::restore_db_instance_to_point_in_time::builders::RestoreDBInstanceToPointInTimeFluentBuilder;
use aws_sdk_rds::primitives::DateTime;
use aws_sdk_rds::types::{
    CloudwatchLogsExportConfiguration, ProcessorFeature, ServerlessV2ScalingConfiguration,
};

use super::Source;
use super::cluster_settings::ClusterSettings;
use super::settings::{InstanceSettings, Names};
use super::tags::tags;
use crate::db::RestoreRequest;
use crate::model::Instant;

/// Sets the parameters that the restore requests of instances and clusters have in common.
macro_rules! alike_restored {
    ($request:expr, $settings:ident, $restore:ident) => {
        $request
            .set_backup_retention_period($settings.backup_retention_period)
            .set_copy_tags_to_snapshot($settings.copy_tags_to_snapshot)
            .set_db_subnet_group_name($settings.db_subnet_group_name)
            .set_deletion_protection($settings.deletion_protection)
            .set_enable_cloudwatch_logs_exports(list($settings.enable_cloudwatch_logs_exports))
            .set_enable_iam_database_authentication($settings.enable_iam_database_authentication)
            .set_engine_lifecycle_support($settings.engine_lifecycle_support)
            .set_iops($settings.iops)
            .set_network_type($settings.network_type)
            .set_port($settings.port)
            .set_preferred_backup_window($settings.preferred_backup_window)
            .set_publicly_accessible($settings.publicly_accessible)
            .set_storage_type($settings.storage_type)
            .set_tags(Some(tags($settings.tags, $restore)))
            .set_vpc_security_group_ids(list($settings.vpc_security_group_ids))
    };
}

/// Sets the parameters that the modify requests have in common.
macro_rules! alike_modified {
    ($request:expr, $settings:ident) => {
        $request
            .set_auto_minor_version_upgrade($settings.auto_minor_version_upgrade)
            .set_backup_retention_period($settings.backup_retention_period)
            .set_cloudwatch_logs_export_configuration($settings.enable_cloudwatch_logs_exports.map(exports))
            .set_copy_tags_to_snapshot($settings.copy_tags_to_snapshot)
            .set_database_insights_mode($settings.database_insights_mode.map(|mode| mode.as_str().into()))
            .set_deletion_protection($settings.deletion_protection)
            .set_enable_iam_database_authentication($settings.enable_iam_database_authentication)
            .set_enable_performance_insights($settings.enable_performance_insights)
            .set_iops($settings.iops)
            .set_monitoring_interval($settings.monitoring_interval)
            .set_monitoring_role_arn($settings.monitoring_role_arn)
            .set_manage_master_user_password($settings.manage_master_user_password)
            .set_master_user_secret_kms_key_id($settings.master_user_secret_kms_key_id)
            .set_network_type($settings.network_type)
            .set_performance_insights_kms_key_id($settings.performance_insights_kms_key_id)
            .set_performance_insights_retention_period($settings.performance_insights_retention_period)
            .set_preferred_backup_window($settings.preferred_backup_window)
            .set_preferred_maintenance_window($settings.preferred_maintenance_window)
            .set_storage_type($settings.storage_type)
            .set_vpc_security_group_ids(list($settings.vpc_security_group_ids))
    };
}

/// Builds the restore of an instance. The API has no parameters for monitoring, Performance Insights or the
/// maintenance window.
pub(super) fn restore_instance(
    sdk: &aws_sdk_rds::Client,
    source: &Source,
    target: &str,
    restore: &RestoreRequest,
    settings: InstanceSettings,
) -> RestoreDBInstanceToPointInTimeFluentBuilder {
    let request = sdk.restore_db_instance_to_point_in_time();
    let request = match source {
        Source::Identifier(id) => request.source_db_instance_identifier(id),
        Source::ResourceId(id) => request.source_dbi_resource_id(id),
        Source::BackupArn(arn) => request.source_db_instance_automated_backups_arn(arn),
    };
    alike_restored!(request, settings, restore)
        .target_db_instance_identifier(target)
        .restore_time(time(restore.at))
        .set_allocated_storage(settings.allocated_storage)
        .set_auto_minor_version_upgrade(settings.auto_minor_version_upgrade)
        .set_availability_zone(settings.availability_zone)
        .set_ca_certificate_identifier(settings.ca_certificate_identifier)
        .set_db_instance_class(settings.db_instance_class)
        .set_db_parameter_group_name(settings.db_parameter_group_name)
        .set_dedicated_log_volume(settings.dedicated_log_volume)
        .set_license_model(settings.license_model)
        .set_max_allocated_storage(settings.max_allocated_storage)
        .set_multi_az(settings.multi_az)
        .set_option_group_name(settings.option_group_name)
        .set_processor_features(settings.processor_features.map(features))
        .set_storage_throughput(settings.storage_throughput)
}

/// Builds an immediate modification of an instance.
pub(super) fn modify_instance(
    sdk: &aws_sdk_rds::Client,
    target: &str,
    settings: InstanceSettings,
) -> ModifyDBInstanceFluentBuilder {
    alike_modified!(sdk.modify_db_instance(), settings)
        .db_instance_identifier(target)
        .apply_immediately(true)
        .set_ca_certificate_identifier(settings.ca_certificate_identifier)
        .set_db_instance_class(settings.db_instance_class)
        .set_db_parameter_group_name(settings.db_parameter_group_name)
        .set_db_port_number(settings.port)
        .set_dedicated_log_volume(settings.dedicated_log_volume)
        .set_max_allocated_storage(settings.max_allocated_storage)
        .set_multi_az(settings.multi_az)
        .set_option_group_name(settings.option_group_name)
        .set_processor_features(settings.processor_features.map(features))
        .set_promotion_tier(settings.promotion_tier)
        .set_publicly_accessible(settings.publicly_accessible)
        .set_storage_throughput(settings.storage_throughput)
}

/// Builds the restore of a cluster, without its instances. Copy-on-write clones cannot be made of a past second.
pub(super) fn restore_cluster(
    sdk: &aws_sdk_rds::Client,
    source: &Source,
    target: &str,
    restore: &RestoreRequest,
    settings: ClusterSettings,
) -> RestoreDBClusterToPointInTimeFluentBuilder {
    let request = sdk.restore_db_cluster_to_point_in_time();
    let request = match source {
        Source::Identifier(id) => request.source_db_cluster_identifier(id),
        Source::ResourceId(id) | Source::BackupArn(id) => request.source_db_cluster_resource_id(id),
    };
    let serverless = serverless(&settings);
    alike_restored!(request, settings, restore)
        .db_cluster_identifier(target)
        .restore_type("full-copy")
        .restore_to_time(time(restore.at))
        .set_backtrack_window(settings.backtrack_window)
        .set_db_cluster_instance_class(settings.db_cluster_instance_class)
        .set_db_cluster_parameter_group_name(settings.db_cluster_parameter_group_name)
        .set_serverless_v2_scaling_configuration(serverless)
}

/// Builds an immediate modification of a cluster.
pub(super) fn modify_cluster(
    sdk: &aws_sdk_rds::Client,
    target: &str,
    settings: ClusterSettings,
) -> ModifyDBClusterFluentBuilder {
    let serverless = serverless(&settings);
    alike_modified!(sdk.modify_db_cluster(), settings)
        .db_cluster_identifier(target)
        .apply_immediately(true)
        .set_backtrack_window(settings.backtrack_window)
        .set_db_cluster_instance_class(settings.db_cluster_instance_class)
        .set_db_cluster_parameter_group_name(settings.db_cluster_parameter_group_name)
        .set_port(settings.port)
        .set_serverless_v2_scaling_configuration(serverless)
}

/// A cluster instance to create.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewMember<'a> {
    pub(super) cluster: &'a str,
    pub(super) engine: &'a str,
    pub(super) id: &'a str,
}

/// Builds the creation of a cluster instance. All other settings belong to the cluster.
pub(super) fn create_member(
    sdk: &aws_sdk_rds::Client,
    NewMember { cluster, engine, id }: NewMember<'_>,
    restore: &RestoreRequest,
    settings: InstanceSettings,
) -> CreateDBInstanceFluentBuilder {
    sdk.create_db_instance()
        .db_cluster_identifier(cluster)
        .db_instance_identifier(id)
        .engine(engine)
        .set_auto_minor_version_upgrade(settings.auto_minor_version_upgrade)
        .set_availability_zone(settings.availability_zone)
        .set_ca_certificate_identifier(settings.ca_certificate_identifier)
        .set_copy_tags_to_snapshot(settings.copy_tags_to_snapshot)
        .set_db_instance_class(settings.db_instance_class)
        .set_db_parameter_group_name(settings.db_parameter_group_name)
        .set_enable_performance_insights(settings.enable_performance_insights)
        .set_monitoring_interval(settings.monitoring_interval)
        .set_monitoring_role_arn(settings.monitoring_role_arn)
        .set_performance_insights_kms_key_id(settings.performance_insights_kms_key_id)
        .set_performance_insights_retention_period(settings.performance_insights_retention_period)
        .set_preferred_maintenance_window(settings.preferred_maintenance_window)
        .set_promotion_tier(settings.promotion_tier)
        .set_publicly_accessible(settings.publicly_accessible)
        .set_tags(Some(tags(settings.tags, restore)))
}

/// RDS takes whole seconds.
fn time(at: Instant) -> DateTime {
    DateTime::from_secs(at.second())
}

fn list(names: Option<Names>) -> Option<Vec<String>> {
    names.map(|names| names.0)
}

fn features(features: std::collections::BTreeMap<String, String>) -> Vec<ProcessorFeature> {
    let feature = |(name, value)| ProcessorFeature::builder().name(name).value(value).build();
    features.into_iter().map(feature).collect()
}

fn exports(names: Names) -> CloudwatchLogsExportConfiguration {
    CloudwatchLogsExportConfiguration::builder().set_enable_log_types(Some(names.0)).build()
}

fn serverless(settings: &ClusterSettings) -> Option<ServerlessV2ScalingConfiguration> {
    let (min, max) = (settings.serverless_v2_min_capacity, settings.serverless_v2_max_capacity);
    let pause = settings.serverless_v2_seconds_until_auto_pause;
    (min.is_some() || max.is_some() || pause.is_some()).then(|| {
        let range = ServerlessV2ScalingConfiguration::builder().set_min_capacity(min).set_max_capacity(max);
        range.set_seconds_until_auto_pause(pause).build()
    })
}
