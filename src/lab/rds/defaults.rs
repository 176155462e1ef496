//! The default settings of a new database, and the settings that a restored one takes from its source.
//!
//! A restored database has default groups, one zone and no protection, whatever its source has: that is why
//! `like-source` exists
//! (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html>).

use super::form::Form;
use super::store::Database;

/// A setting of an instance: the parameter, its default, and whether a restored instance takes it from its source.
struct Setting(&'static str, Option<&'static str>, Origin);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The source's, unless the restore request sets it.
    Source,
    /// The default, unless the restore request sets it.
    Default,
    /// The default: the restore request does not have this parameter.
    Later,
}

const INSTANCE: &[Setting] = &[
    Setting("AllocatedStorage", Some("20"), Origin::Source),
    Setting("AutoMinorVersionUpgrade", Some("true"), Origin::Default),
    Setting("BackupRetentionPeriod", Some("1"), Origin::Source),
    Setting("CACertificateIdentifier", Some("rds-ca-rsa2048-g1"), Origin::Default),
    Setting("CopyTagsToSnapshot", Some("false"), Origin::Default),
    Setting("DBName", None, Origin::Source),
    Setting("DBInstanceClass", Some("db.t3.micro"), Origin::Source),
    Setting("DBParameterGroupName", Some("default.lab"), Origin::Default),
    Setting("DBSubnetGroupName", Some("default"), Origin::Default),
    Setting("DatabaseInsightsMode", Some("standard"), Origin::Later),
    Setting("DedicatedLogVolume", Some("false"), Origin::Default),
    Setting("DeletionProtection", Some("false"), Origin::Default),
    Setting("EnableIAMDatabaseAuthentication", Some("false"), Origin::Default),
    Setting("EnablePerformanceInsights", Some("false"), Origin::Later),
    Setting("EngineLifecycleSupport", Some("open-source-rds-extended-support"), Origin::Default),
    Setting("Iops", None, Origin::Default),
    Setting("KmsKeyId", None, Origin::Source),
    Setting("LicenseModel", Some("postgresql-license"), Origin::Source),
    Setting("ManageMasterUserPassword", None, Origin::Later),
    Setting("MaxAllocatedStorage", None, Origin::Default),
    Setting("MonitoringInterval", Some("0"), Origin::Later),
    Setting("MonitoringRoleArn", None, Origin::Later),
    Setting("MultiAZ", Some("false"), Origin::Default),
    Setting("NetworkType", Some("IPV4"), Origin::Default),
    Setting("OptionGroupName", Some("default:lab"), Origin::Default),
    Setting("PerformanceInsightsKMSKeyId", None, Origin::Later),
    Setting("PerformanceInsightsRetentionPeriod", None, Origin::Later),
    Setting("Port", Some("5432"), Origin::Source),
    Setting("PreferredBackupWindow", Some("01:00-01:30"), Origin::Source),
    Setting("PreferredMaintenanceWindow", Some("mon:02:00-mon:02:30"), Origin::Later),
    Setting("PromotionTier", Some("1"), Origin::Later),
    Setting("PubliclyAccessible", Some("false"), Origin::Default),
    Setting("StorageThroughput", None, Origin::Default),
    Setting("StorageType", Some("gp3"), Origin::Default),
];

const CLUSTER: &[Setting] = &[
    Setting("AllocatedStorage", Some("1"), Origin::Source),
    Setting("AutoMinorVersionUpgrade", Some("true"), Origin::Later),
    Setting("BacktrackWindow", Some("0"), Origin::Default),
    Setting("BackupRetentionPeriod", Some("1"), Origin::Source),
    Setting("CopyTagsToSnapshot", Some("false"), Origin::Default),
    Setting("DatabaseName", None, Origin::Source),
    Setting("DBClusterInstanceClass", None, Origin::Source),
    Setting("DBClusterParameterGroupName", Some("default.lab"), Origin::Default),
    Setting("DBSubnetGroupName", Some("default"), Origin::Default),
    Setting("DatabaseInsightsMode", Some("standard"), Origin::Later),
    Setting("DeletionProtection", Some("false"), Origin::Default),
    Setting("EnableIAMDatabaseAuthentication", Some("false"), Origin::Default),
    Setting("EnablePerformanceInsights", Some("false"), Origin::Later),
    Setting("EngineLifecycleSupport", Some("open-source-rds-extended-support"), Origin::Default),
    Setting("Iops", None, Origin::Default),
    Setting("KmsKeyId", None, Origin::Source),
    Setting("ManageMasterUserPassword", None, Origin::Later),
    Setting("MonitoringInterval", None, Origin::Later),
    Setting("MonitoringRoleArn", None, Origin::Later),
    Setting("NetworkType", Some("IPV4"), Origin::Default),
    Setting("PerformanceInsightsKMSKeyId", None, Origin::Later),
    Setting("PerformanceInsightsRetentionPeriod", None, Origin::Later),
    Setting("Port", Some("5432"), Origin::Default),
    Setting("PreferredBackupWindow", Some("01:00-01:30"), Origin::Source),
    Setting("PreferredMaintenanceWindow", Some("mon:02:00-mon:02:30"), Origin::Later),
    Setting("PubliclyAccessible", None, Origin::Default),
    Setting("ServerlessV2ScalingConfiguration.MaxCapacity", None, Origin::Default),
    Setting("ServerlessV2ScalingConfiguration.MinCapacity", None, Origin::Default),
    Setting("ServerlessV2ScalingConfiguration.SecondsUntilAutoPause", None, Origin::Default),
    Setting("StorageType", Some("aurora"), Origin::Default),
];

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Instance,
    Cluster,
}

impl Kind {
    fn settings(self) -> &'static [Setting] {
        match self {
            Kind::Instance => INSTANCE,
            Kind::Cluster => CLUSTER,
        }
    }
}

/// Creates a database by a request. `source` is the source of a restore.
pub(super) fn make(kind: Kind, form: &Form, source: Option<&Database>) -> Database {
    let mut database = Database::default();
    for Setting(name, default, origin) in kind.settings() {
        let asked = form.get(name).filter(|_| source.is_none() || *origin != Origin::Later);
        let taken = source.filter(|_| *origin == Origin::Source).and_then(|source| source.get(name));
        if let Some(value) = asked.or(taken).or(*default) {
            database.set(name, value);
        }
    }
    if form.get("StorageType").is_none() && form.get("Iops").is_some() {
        database.set("StorageType", "io1");
    }
    database.groups = groups(form).unwrap_or_else(|| vec!["sg-default".to_owned()]);
    database.logs = form.list("EnableCloudwatchLogsExports.member").unwrap_or_default();
    database.features = form.pairs("ProcessorFeatures.ProcessorFeature", "Name", "Value");
    database.tags = form.tags();
    let password = form.get("MasterUserPassword").map(str::to_owned);
    database.password = password.or_else(|| source?.password.clone());
    // Without tags in the request, the source's are copied (USER_PIT).
    if let Some(source) = source.filter(|_| database.tags.is_empty()) {
        database.tags.clone_from(&source.tags);
    }
    // The values included with gp3 are described as if they had been requested.
    if database.get("StorageType") == Some("gp3") && database.get("Iops").is_none() {
        let small = database.number("AllocatedStorage") < 400;
        let (iops, throughput) = if small { ("3000", "125") } else { ("12000", "500") };
        database.set("Iops", iops);
        database.set("StorageThroughput", throughput);
    }
    database
}

/// Applies a modify request.
pub(super) fn modify(kind: Kind, database: &mut Database, form: &Form) {
    for Setting(name, ..) in kind.settings() {
        let parameter = match (kind, *name) {
            (Kind::Instance, "Port") => "DBPortNumber",
            (_, name) => name,
        };
        if let Some(value) = form.get(parameter) {
            database.set(name, value);
        }
    }
    if let Some(groups) = groups(form) {
        database.groups = groups;
    }
    let logs = form.list("CloudwatchLogsExportConfiguration.EnableLogTypes.member").unwrap_or_default();
    for log in logs {
        if !database.logs.contains(&log) {
            database.logs.push(log);
        }
    }
    database.features.extend(form.pairs("ProcessorFeatures.ProcessorFeature", "Name", "Value"));
}

fn groups(form: &Form) -> Option<Vec<String>> {
    form.list("VpcSecurityGroupIds.VpcSecurityGroupId")
}
