//! The engines whose clusters the API of RDS restores, and what each of them does not have.
//!
//! Amazon `DocumentDB` and Amazon Neptune are managed by the same API at the same endpoint as RDS, and describe their
//! clusters there (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusters.html>). Their own
//! references tell which parameters they take:
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

/// Whose cluster it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClusterEngine {
    Aurora,
    /// Of RDS itself: a writer and two readers in three zones.
    MultiAz,
    DocumentDb,
    Neptune,
}

/// How many instances a Multi-AZ DB cluster has
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html>).
const OF_MULTI_AZ: usize = 3;

impl ClusterEngine {
    /// By the name of the engine that describes it; none for one that is not known.
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

    /// Whether its instances are made and removed with it, by RDS.
    pub(super) fn makes_its_instances(self) -> bool {
        self == Self::MultiAz
    }

    /// The names of the instances that RDS will make of it.
    pub(super) fn own_instances(self, cluster: &str) -> Vec<String> {
        let count = if self.makes_its_instances() { OF_MULTI_AZ } else { 0 };
        (1..=count).map(|n| format!("{cluster}-instance-{n}")).collect()
    }

    /// Whether it can be restored after it was deleted.
    pub(super) fn keeps_backups(self) -> bool {
        matches!(self, Self::Aurora | Self::MultiAz)
    }

    /// Those of these that it has.
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

    /// Those of the settings of an instance of it that it has.
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

    /// Those of these that the request to restore takes.
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

    /// Those of these that can be modified.
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

/// The first setting that one has and the other has not, by its name in the recovery file.
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
