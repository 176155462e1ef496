use super::*;

#[test]
fn every_state_is_ready_under_way_or_failed() {
    let endpoint = || Some("dst:5432".to_owned());
    assert_eq!(progress("available", None, None), RestoreProgress::Available { endpoint: None });
    for status in [
        "available",
        "backing-up",
        "storage-initialization",
        "storage-optimization",
        "storage-config-upgrade",
        "configuring-enhanced-monitoring",
        "configuring-log-exports",
    ] {
        assert_eq!(progress(status, None, endpoint()), RestoreProgress::Available { endpoint: endpoint() });
    }
    let going = |status: &str| RestoreProgress::Restoring { percent: None, state: status.to_owned() };
    // Clients cannot connect yet.
    for status in ["backing-up", "storage-initialization", "storage-optimization"] {
        assert_eq!(progress(status, None, None), going(status));
    }
    for status in [
        "creating",
        "modifying",
        "rebooting",
        "configuring-iam-database-auth",
        "resetting-master-credentials",
        "upgrading",
        "a-state-of-tomorrow",
    ] {
        assert_eq!(progress(status, None, endpoint()), going(status));
    }
    for status in [
        "failed",
        "upgrade-failed",
        "cloning-failed",
        "migration-failed",
        "restore-error",
        "incompatible-restore",
        "incompatible-parameters",
        "incompatible-network",
        "incompatible-of-tomorrow",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "insufficient-capacity",
        "deleting",
        "deleted",
        "stopped",
    ] {
        let RestoreProgress::Failed { why } = progress(status, None, endpoint()) else { panic!("{status}") };
        assert!(why.starts_with(&format!("RDS says {status}: ")), "{why}");
    }
}

#[test]
fn a_percentage_is_told_where_it_is_one() {
    for (text, percent) in
        [(Some("41"), Some(41)), (Some("41%"), Some(41)), (Some(""), None), (Some("400"), None), (None, None)]
    {
        let state = "creating".to_owned();
        assert_eq!(progress("creating", text, None), RestoreProgress::Restoring { percent, state });
    }
}

#[test]
fn the_least_far_tells() {
    let (ready, going) = (progress("available", None, None), progress("creating", None, None));
    let failed = progress("failed", None, None);
    assert_eq!(least([ready.clone(), going.clone()]), Some(going.clone()));
    assert_eq!(least([going, failed.clone(), ready]), Some(failed));
    assert_eq!(least([]), None);
}
