//! The engines whose clusters the RDS API restores, and the settings each of them lacks.
//!
//! Amazon `DocumentDB` and Amazon Neptune are managed by the RDS API at the same endpoint, which also describes their
//! clusters (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusters.html>). Their own
//! references list the parameters they accept:
//! <https://docs.aws.amazon.com/documentdb/latest/developerguide/API_RestoreDBClusterToPointInTime.html>,
//! <https://docs.aws.amazon.com/neptune/latest/apiref/API_RestoreDBClusterToPointInTime.html>.
//!
//! | setting | Aurora | Multi-AZ DB cluster | `DocumentDB` | Neptune |
//! |---|---|---|---|---|
//! | instances | asof creates them | RDS makes three | asof creates them | asof creates them |
//! | `instance`, `instances` | x | | x | x |
//! | `backtrack-window` | x | | | |
//! | Serverless capacity | x | | x | x |
//! | `serverless-v2-seconds-until-auto-pause` | x | | | |
//! | `network-type` | x | | x | |
//! | class, IOPS, monitoring, public access, minor upgrades of the cluster | | x | | |
//! | IAM authentication, `copy-tags-to-snapshot` | x | x | | x |
//! | master password in Secrets Manager | x | x | x | |
//! | insights, `engine-lifecycle-support` | x | x | | |
//! | backup retention and window at the restore | x | x | later | later |
//! | `copy-tags-to-snapshot` at the restore | x | x | | later |
//! | `db-cluster-parameter-group-name` at the restore | x | x | before its instances | x |
//! | backups that outlive the cluster | x | x | | |

use super::cluster_settings::ClusterSettings;
use super::settings::InstanceSettings;

/// The engine family of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClusterEngine {
    Aurora,
    /// A Multi-AZ DB cluster of RDS: a writer and two readers in three zones.
    MultiAz,
    DocumentDb,
    Neptune,
}

/// The number of instances in a Multi-AZ DB cluster
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html>).
const OF_MULTI_AZ: usize = 3;

impl ClusterEngine {
    /// Returns the family of an engine name, or `None` if unknown.
    pub(super) fn of(engine: &str) -> Option<Self> {
        match engine {
            "mysql" | "postgres" => Some(Self::MultiAz),
            "docdb" => Some(Self::DocumentDb),
            "neptune" => Some(Self::Neptune),
            engine if engine.starts_with("aurora") => Some(Self::Aurora),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Aurora => "Aurora",
            Self::MultiAz => "a Multi-AZ DB cluster",
            Self::DocumentDb => "DocumentDB",
            Self::Neptune => "Neptune",
        }
    }

    /// Returns whether RDS creates and removes the instances with the cluster.
    pub(super) fn makes_its_instances(self) -> bool {
        self == Self::MultiAz
    }

    /// Returns the names of the instances that RDS will create.
    pub(super) fn own_instances(self, cluster: &str) -> Vec<String> {
        let count = if self.makes_its_instances() { OF_MULTI_AZ } else { 0 };
        (1..=count).map(|n| format!("{cluster}-instance-{n}")).collect()
    }

    /// Returns whether a deleted cluster can be restored.
    pub(super) fn keeps_backups(self) -> bool {
        matches!(self, Self::Aurora | Self::MultiAz)
    }

    /// Returns the settings that the engine supports.
    pub(super) fn known(self, all: ClusterSettings) -> ClusterSettings {
        let instance = all.instance.clone().map(|instance| self.known_of_member(instance));
        let own = match self {
            Self::MultiAz => {
                return ClusterSettings {
                    backtrack_window: None,
                    instance: None,
                    instances: None,
                    network_type: None,
                    serverless_v2_max_capacity: None,
                    serverless_v2_min_capacity: None,
                    serverless_v2_seconds_until_auto_pause: None,
                    ..all
                };
            }
            Self::Aurora => all,
            Self::DocumentDb => ClusterSettings {
                copy_tags_to_snapshot: None,
                enable_iam_database_authentication: None,
                ..without_insights(all)
            },
            Self::Neptune => ClusterSettings {
                manage_master_user_password: None,
                master_user_secret_kms_key_id: None,
                network_type: None,
                ..without_insights(all)
            },
        };
        ClusterSettings {
            auto_minor_version_upgrade: None,
            db_cluster_instance_class: None,
            instance,
            iops: None,
            monitoring_interval: None,
            monitoring_role_arn: None,
            publicly_accessible: None,
            ..own
        }
    }

    /// Returns the instance settings that the engine supports.
    pub(super) fn known_of_member(self, all: InstanceSettings) -> InstanceSettings {
        match self {
            Self::Aurora | Self::MultiAz => all,
            Self::DocumentDb => InstanceSettings {
                db_parameter_group_name: None,
                monitoring_interval: None,
                monitoring_role_arn: None,
                performance_insights_retention_period: None,
                publicly_accessible: None,
                ..all
            },
            Self::Neptune => InstanceSettings {
                ca_certificate_identifier: None,
                enable_performance_insights: None,
                performance_insights_kms_key_id: None,
                performance_insights_retention_period: None,
                ..all
            },
        }
    }

    /// Returns the settings that the restore request accepts.
    pub(super) fn at_restore(self, all: ClusterSettings) -> ClusterSettings {
        let mut at_restore = all;
        if !self.keeps_backups() {
            (at_restore.backup_retention_period, at_restore.preferred_backup_window) = (None, None);
            at_restore.copy_tags_to_snapshot = None;
        }
        if self == Self::DocumentDb {
            at_restore.db_cluster_parameter_group_name = None;
        }
        at_restore
    }

    /// Returns the settings that can be modified.
    pub(super) fn modifiable(self, all: ClusterSettings) -> ClusterSettings {
        let port = all.port.filter(|_| self != Self::MultiAz);
        ClusterSettings { port, ..all.modifiable() }
    }
}

fn without_insights(all: ClusterSettings) -> ClusterSettings {
    ClusterSettings {
        backtrack_window: None,
        database_insights_mode: None,
        enable_performance_insights: None,
        engine_lifecycle_support: None,
        performance_insights_kms_key_id: None,
        performance_insights_retention_period: None,
        serverless_v2_seconds_until_auto_pause: None,
        ..all
    }
}

/// Returns the name, as in the recovery file, of the first setting in `all` that `known` lacks.
pub(super) fn lost(all: &ClusterSettings, known: &ClusterSettings) -> Option<String> {
    let fields = |settings| match serde_json::to_value(settings) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (all, known) = (fields(all), fields(known));
    all.iter().filter(|(name, value)| known.get(*name) != Some(value)).find_map(|(name, value)| {
        let (inner, kept) = (value.as_object(), known.get(name).and_then(serde_json::Value::as_object));
        match (inner, kept) {
            (Some(inner), Some(kept)) => {
                let lost = inner.keys().find(|inner| !kept.contains_key(*inner))?;
                Some(format!("{name}.{lost}"))
            }
            _ => Some(name.clone()),
        }
    })
}

#[cfg(test)]
mod tests;
