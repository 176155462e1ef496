//! Parses the output of `aws rds describe-db-instances` and `describe-db-clusters`, saved before the source was
//! isolated.

use aws_sdk_rds::types::{
    DbCluster, DbClusterMember, DbInstance, DbParameterGroupStatus, DbSubnetGroup, Endpoint,
    OptionGroupMembership, ProcessorFeature, ServerlessV2ScalingConfigurationInfo, Tag,
    VpcSecurityGroupMembership,
};
use serde_json::Value;

/// The instances and clusters described in a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Described {
    pub(super) instances: Vec<DbInstance>,
    pub(super) clusters: Vec<DbCluster>,
}

/// A settings file given by the user: AWS CLI output, or a capture stored by asof.
#[derive(Debug, Clone)]
pub(crate) struct GivenSettings {
    pub(super) bytes: Vec<u8>,
    pub(super) described: Option<Described>,
}

impl GivenSettings {
    pub(crate) fn read(bytes: Vec<u8>) -> Self {
        Self { described: described(&bytes), bytes }
    }
}

/// Parses AWS CLI output; `None` if the file is something else.
fn described(bytes: &[u8]) -> Option<Described> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let of = |name: &str| value.get(name).and_then(Value::as_array);
    let (instances, clusters) = (of("DBInstances"), of("DBClusters"));
    if instances.is_none() && clusters.is_none() {
        return None;
    }
    Some(Described {
        instances: instances.into_iter().flatten().map(|one| instance(&At(one))).collect(),
        clusters: clusters.into_iter().flatten().map(|one| cluster(&At(one))).collect(),
    })
}

/// A JSON object with typed access to its members.
struct At<'a>(&'a Value);

impl<'a> At<'a> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(ToOwned::to_owned)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    fn number(&self, name: &str) -> Option<i32> {
        self.0.get(name)?.as_i64().and_then(|number| i32::try_from(number).ok())
    }

    fn at(&self, name: &str) -> Option<At<'a>> {
        self.0.get(name).filter(|value| !value.is_null()).map(At)
    }

    fn list(&self, name: &str) -> impl Iterator<Item = At<'a>> + use<'a> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten().map(At)
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let texts = self.0.get(name)?.as_array()?.iter();
        Some(texts.filter_map(|text| text.as_str().map(ToOwned::to_owned)).collect())
    }

    fn tags(&self) -> Vec<Tag> {
        let tag = |tag: At<'_>| Tag::builder().set_key(tag.text("Key")).set_value(tag.text("Value")).build();
        self.list("TagList").map(tag).collect()
    }

    fn security_groups(&self) -> Vec<VpcSecurityGroupMembership> {
        let group = |group: At<'_>| {
            let id = group.text("VpcSecurityGroupId");
            let group = VpcSecurityGroupMembership::builder().set_status(group.text("Status"));
            group.set_vpc_security_group_id(id).build()
        };
        self.list("VpcSecurityGroups").map(group).collect()
    }
}

/// Sets the fields that instances and clusters have in common, in either builder.
macro_rules! alike {
    ($builder:expr, $at:expr) => {
        $builder
            .set_allocated_storage($at.number("AllocatedStorage"))
            .set_auto_minor_version_upgrade($at.flag("AutoMinorVersionUpgrade"))
            .set_backup_retention_period($at.number("BackupRetentionPeriod"))
            .set_copy_tags_to_snapshot($at.flag("CopyTagsToSnapshot"))
            .set_database_insights_mode($at.text("DatabaseInsightsMode").map(|mode| mode.as_str().into()))
            .set_db_cluster_identifier($at.text("DBClusterIdentifier"))
            .set_deletion_protection($at.flag("DeletionProtection"))
            .set_enabled_cloudwatch_logs_exports($at.texts("EnabledCloudwatchLogsExports"))
            .set_engine($at.text("Engine"))
            .set_engine_lifecycle_support($at.text("EngineLifecycleSupport"))
            .set_engine_version($at.text("EngineVersion"))
            .set_iam_database_authentication_enabled($at.flag("IAMDatabaseAuthenticationEnabled"))
            .set_iops($at.number("Iops"))
            .set_kms_key_id($at.text("KmsKeyId"))
            .set_monitoring_interval($at.number("MonitoringInterval"))
            .set_monitoring_role_arn($at.text("MonitoringRoleArn"))
            .set_network_type($at.text("NetworkType"))
            .set_performance_insights_enabled($at.flag("PerformanceInsightsEnabled"))
            .set_performance_insights_kms_key_id($at.text("PerformanceInsightsKMSKeyId"))
            .set_performance_insights_retention_period($at.number("PerformanceInsightsRetentionPeriod"))
            .set_preferred_backup_window($at.text("PreferredBackupWindow"))
            .set_preferred_maintenance_window($at.text("PreferredMaintenanceWindow"))
            .set_publicly_accessible($at.flag("PubliclyAccessible"))
            .set_storage_type($at.text("StorageType"))
            .set_tag_list(Some($at.tags()))
            .set_vpc_security_groups(Some($at.security_groups()))
    };
}

fn instance(at: &At<'_>) -> DbInstance {
    let parameters = at.list("DBParameterGroups").map(|group| {
        DbParameterGroupStatus::builder()
            .set_db_parameter_group_name(group.text("DBParameterGroupName"))
            .build()
    });
    let options = at.list("OptionGroupMemberships").map(|group| {
        let name = group.text("OptionGroupName");
        OptionGroupMembership::builder().set_status(group.text("Status")).set_option_group_name(name).build()
    });
    let features = at.list("ProcessorFeatures").map(|feature| {
        ProcessorFeature::builder().set_name(feature.text("Name")).set_value(feature.text("Value")).build()
    });
    let subnets = at.at("DBSubnetGroup").map(|group| {
        DbSubnetGroup::builder().set_db_subnet_group_name(group.text("DBSubnetGroupName")).build()
    });
    let endpoint =
        at.at("Endpoint").map(|endpoint| Endpoint::builder().set_port(endpoint.number("Port")).build());
    alike!(DbInstance::builder(), at)
        .set_ca_certificate_identifier(at.text("CACertificateIdentifier"))
        .set_db_instance_arn(at.text("DBInstanceArn"))
        .set_db_instance_class(at.text("DBInstanceClass"))
        .set_db_instance_identifier(at.text("DBInstanceIdentifier"))
        .set_db_parameter_groups(Some(parameters.collect()))
        .set_db_subnet_group(subnets)
        .set_dbi_resource_id(at.text("DbiResourceId"))
        .set_dedicated_log_volume(at.flag("DedicatedLogVolume"))
        .set_endpoint(endpoint)
        .set_max_allocated_storage(at.number("MaxAllocatedStorage"))
        .set_multi_az(at.flag("MultiAZ"))
        .set_option_group_memberships(Some(options.collect()))
        .set_processor_features(Some(features.collect()))
        .set_promotion_tier(at.number("PromotionTier"))
        .set_read_replica_db_instance_identifiers(at.texts("ReadReplicaDBInstanceIdentifiers"))
        .set_storage_throughput(at.number("StorageThroughput"))
        .build()
}

fn cluster(at: &At<'_>) -> DbCluster {
    let members = at.list("DBClusterMembers").map(|member| {
        DbClusterMember::builder()
            .set_db_instance_identifier(member.text("DBInstanceIdentifier"))
            .set_is_cluster_writer(member.flag("IsClusterWriter"))
            .set_promotion_tier(member.number("PromotionTier"))
            .build()
    });
    let serverless = at.at("ServerlessV2ScalingConfiguration").map(|range| {
        let capacity = |name: &str| range.0.get(name).and_then(Value::as_f64);
        ServerlessV2ScalingConfigurationInfo::builder()
            .set_max_capacity(capacity("MaxCapacity"))
            .set_min_capacity(capacity("MinCapacity"))
            .set_seconds_until_auto_pause(range.number("SecondsUntilAutoPause"))
            .build()
    });
    alike!(DbCluster::builder(), at)
        .set_backtrack_window(at.number("BacktrackWindow").map(i64::from))
        .set_db_cluster_arn(at.text("DBClusterArn"))
        .set_db_cluster_instance_class(at.text("DBClusterInstanceClass"))
        .set_db_cluster_members(Some(members.collect()))
        .set_db_cluster_parameter_group(at.text("DBClusterParameterGroup"))
        .set_db_cluster_resource_id(at.text("DbClusterResourceId"))
        .set_db_subnet_group(at.text("DBSubnetGroup"))
        .set_port(at.number("Port"))
        .set_read_replica_identifiers(at.texts("ReadReplicaIdentifiers"))
        .set_serverless_v2_scaling_configuration(serverless)
        .build()
}

#[cfg(test)]
mod tests;
