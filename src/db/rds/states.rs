//! The meaning of instance and cluster states for a restore.

use crate::db::{Found, RestoreProgress};

/// Returns the progress of a restore from its status, RDS's percentage, and its endpoint, if known.
///
/// | status | endpoint | |
/// |---|---|---|
/// | available | | ready |
/// | backing-up, storage-initialization, storage-optimization, storage-config-upgrade, configuring-enhanced-monitoring, configuring-log-exports | known | ready: it serves meanwhile, and this may take from hours to a day |
/// | the same | unknown | restoring |
/// | failed, …-failed, restore-error, incompatible-*, inaccessible-*, insufficient-capacity, storage-full | | failed |
/// | deleting, deleted, delete-precheck, stopping, stopped | | failed: someone did this |
/// | any other (creating, modifying, rebooting, configuring-iam-database-auth, resetting-master-credentials …) | | restoring |
///
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Status.html>
pub(super) fn progress(status: &str, percent: Option<&str>, endpoint: Option<String>) -> RestoreProgress {
    if status == "available" || (serves(status) && endpoint.is_some()) {
        return RestoreProgress::Available { endpoint };
    }
    if let Some(remedy) = remedy(status) {
        return RestoreProgress::Failed { why: format!("RDS says {status}: {remedy}") };
    }
    let percent = percent.and_then(|text| text.trim().trim_end_matches('%').parse().ok());
    RestoreProgress::Restoring { percent: percent.filter(|n| *n <= 100), state: status.to_owned() }
}

/// Converts a restore's progress into the state found at its target.
pub(super) fn found(progress: RestoreProgress) -> Found {
    match progress {
        RestoreProgress::Restoring { .. } => Found::Restoring,
        RestoreProgress::Available { .. } => Found::Available,
        RestoreProgress::Failed { why } => Found::Failed(why),
    }
}

/// Returns the least advanced of a cluster's parts: failed, then restoring, then available.
pub(super) fn least(progresses: impl IntoIterator<Item = RestoreProgress>) -> Option<RestoreProgress> {
    let rank = |progress: &RestoreProgress| match progress {
        RestoreProgress::Failed { .. } => 0,
        RestoreProgress::Restoring { .. } => 1,
        RestoreProgress::Available { .. } => 2,
    };
    progresses.into_iter().min_by_key(rank)
}

/// Returns whether a database in this status serves as soon as it has an endpoint. RDS may refuse to modify it
/// meanwhile.
fn serves(status: &str) -> bool {
    matches!(
        status,
        "backing-up"
            | "storage-initialization"
            | "storage-optimization"
            | "storage-config-upgrade"
            | "configuring-enhanced-monitoring"
            | "configuring-log-exports"
    )
}

/// Returns the remedy for a status from which a restore never becomes ready.
fn remedy(status: &str) -> Option<&'static str> {
    Some(match status {
        "incompatible-restore" | "restore-error" => {
            "it cannot be restored to this time; check its events (aws rds describe-events), remove it, and try another time close by"
        }
        "incompatible-parameters" => {
            "a parameter is incompatible with its engine or class; remove it, and override db-parameter-group-name or db-instance-class"
        }
        "incompatible-network" => {
            "the subnet group has no free addresses or the VPC is incompatible; remove it, and override db-subnet-group-name"
        }
        "incompatible-option-group" => {
            "the option group could not be applied; remove it, and override option-group-name"
        }
        "insufficient-capacity" => {
            "AWS has no capacity for this class at present; remove it, and override db-instance-class or try again later"
        }
        "inaccessible-encryption-credentials" | "inaccessible-encryption-credentials-recoverable" => {
            "its KMS key cannot be used; enable the key and allow the role to use it"
        }
        "storage-full" => "its storage is full; increase it",
        "stopping" | "stopped" => "it was stopped; start it, then run the command again",
        "deleting" | "deleted" | "delete-precheck" => {
            "it is being deleted; once it is gone, run the command again"
        }
        status
            if status.starts_with("incompatible-") || status == "failed" || status.ends_with("-failed") =>
        {
            "check its events (aws rds describe-events), and remove it before you try again"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
