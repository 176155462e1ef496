//! Ownership of a database requested by a drill or a recovery is known, also while RDS does not know its tags, or it,
//! yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use asof::lab::{Fault, Hidden, RdsAction, Rule, When};
use futures::future::join_all;

use super::{databases, rds, restores, with_source};
use crate::crash::{block_on, kill};
use crate::support::databases::Databases;

const LATE: [Hidden; 3] = [
    Hidden { descriptions: 0, tags: 4, listed: 3 },
    Hidden { descriptions: 3, tags: 0, listed: 0 },
    Hidden { descriptions: 2, tags: 6, listed: 2 },
];

pub(super) async fn with_kind(kind: &str) -> Databases {
    let databases = databases().await;
    match kind {
        "rds" => databases.plain_instance(&databases.id("src")).await,
        _ => crate::contract::databases::make_cluster(&databases, &databases.id("src")).await,
    }
    databases.later().await;
    let overrides = "[database.overrides]\ndeletion-protection = true\n";
    databases.write(kind, overrides);
    databases
}

pub(super) async fn left(databases: &Databases) -> Vec<String> {
    let instances = databases.sdk.describe_db_instances().send().await.unwrap();
    let clusters = databases.sdk.describe_db_clusters().send().await.unwrap();
    let instances = instances.db_instances().iter().filter_map(|one| one.db_instance_identifier());
    let clusters = clusters.db_clusters().iter().filter_map(|one| one.db_cluster_identifier());
    let target = databases.id("dst");
    instances.chain(clusters).filter(|id| id.starts_with(&target)).map(str::to_owned).collect()
}

#[test]
fn a_copy_whose_tags_are_not_told_yet_is_torn_down() {
    block_on(async {
        let drilled = async |kind: &str, hidden: Hidden| {
            let databases = with_kind(kind).await;
            rds(&databases).hide(hidden);
            let run = databases.drill(databases.at()).await.expect_code(0);
            assert_eq!(left(&databases).await, [""; 0], "{kind} {hidden:?}: {run}");
            assert_eq!(restores(&databases), 1, "{kind} {hidden:?}: {run}");
        };
        let all = LATE.iter().flat_map(|hidden| [("rds", *hidden), ("aurora", *hidden)]);
        join_all(all.map(|(kind, hidden)| drilled(kind, hidden))).await;
    });
}

/// The answer to the request is lost, and with it the resource id: only the tags tell whose it is.
#[test]
fn a_copy_is_known_by_its_tags_once_they_are_told() {
    block_on(async {
        for hidden in LATE {
            let databases = with_kind("rds").await;
            rds(&databases).hide(hidden);
            let restore = RdsAction::RestoreDBInstanceToPointInTime;
            rds(&databases).faults().push(Rule::on(restore, Fault::ReplyLost, When::First(1)));
            let run = databases.drill(databases.at()).await.expect_code(0);
            assert_eq!(left(&databases).await, [""; 0], "{hidden:?}: {run}");
        }
    });
}

/// Kills a drill just before this action is answered, after the request of its restore if that is another action.
pub(super) async fn killed(databases: &Databases, action: RdsAction) {
    let (process, asked_for) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let killed = Arc::clone(&process);
    for restore in [RdsAction::RestoreDBInstanceToPointInTime, RdsAction::RestoreDBClusterToPointInTime] {
        let noted = Arc::clone(&asked_for);
        rds(databases).faults().before(restore, When::Always, move || noted.store(true, Ordering::SeqCst));
    }
    rds(databases).faults().before(action, When::Always, move || {
        if asked_for.load(Ordering::SeqCst) {
            kill(killed.load(Ordering::SeqCst));
        }
    });
    let file = databases.path();
    let at = databases.at().to_string();
    let arguments = ["drill", file.to_str().unwrap(), "--at", &at];
    let run = databases.subject.asof_and(&arguments, move |id| process.store(id, Ordering::SeqCst)).await;
    run.expect_killed();
    rds(databases).faults().clear();
}

#[test]
fn what_a_killed_drill_has_asked_for_is_torn_down_by_the_next() {
    block_on(async {
        let databases = with_kind("rds").await;
        rds(&databases).hide(Hidden { descriptions: 2, tags: 6, listed: 3 });
        killed(&databases, RdsAction::RestoreDBInstanceToPointInTime).await;
        let run = databases.drill(databases.at()).await.expect_code(0);
        assert!(run.stderr.contains("tearing down leftovers of the drill "), "{run}");
        assert_eq!((left(&databases).await, restores(&databases)), (vec![], 2), "{run}");
    });
}

/// In the place of a copy that was asked for stands another: the drill does not end as if nothing were left, and names the
/// command that removes it.
#[test]
fn what_a_drill_asked_for_is_never_given_up_as_somebody_elses() {
    block_on(async {
        let databases = with_source().await;
        let target = databases.id("dst");
        rds(&databases).set_restoring(&["creating"]);
        killed(&databases, RdsAction::DescribeDBInstances).await;
        rds(&databases).handle().occupy(&target);
        let run = databases.drill(databases.at()).await.expect_code(1);
        let command =
            format!("aws rds delete-db-instance --db-instance-identifier {target} --skip-final-snapshot");
        assert!(
            run.stderr.contains("left behind: database orders: ") && run.stderr.contains(&command),
            "{run}"
        );
        assert_eq!(
            (left(&databases).await, rds(&databases).asked(RdsAction::DeleteDBInstance)),
            (vec![target.clone()], 0)
        );
        let again = databases.drill(databases.at()).await.expect_code(1);
        assert!(again.stderr.contains(&command), "{again}");
        let delete = databases.sdk.delete_db_instance().db_instance_identifier(&target);
        delete.skip_final_snapshot(true).send().await.unwrap();
        while databases.instance(&target).await.is_some() {}
        rds(&databases).set_restoring(&["creating", "available"]);
        databases.drill(databases.at()).await.expect_code(0);
        assert_eq!(left(&databases).await, [""; 0]);
    });
}

/// Another user takes the name before the drill's only request, which is refused: no database there is the drill's.
#[test]
fn a_drill_that_was_refused_has_nothing_to_tear_down() {
    block_on(async {
        let databases = with_source().await;
        let (lab, target) = (rds(&databases).handle(), databases.id("dst"));
        let (restore, place) = (RdsAction::RestoreDBInstanceToPointInTime, target.clone());
        rds(&databases).faults().before(restore, When::Nth(1), move || lab.occupy(&place));
        let run = databases.drill(databases.at()).await.expect_code(1);
        assert!(
            run.stderr.contains("DBInstanceAlreadyExists") && !run.stderr.contains("left behind"),
            "{run}"
        );
        assert_eq!(
            (left(&databases).await, rds(&databases).asked(RdsAction::DeleteDBInstance)),
            (vec![target.clone()], 0)
        );
        let again = databases.drill(databases.at()).await.expect_code(5);
        assert!(!again.stderr.contains("tearing down leftovers"), "{again}");
    });
}

/// RDS does not lift the protection of a copy that is being backed up: that is waited for.
#[test]
fn a_protected_copy_in_its_first_backup_is_torn_down_by_the_next_drill() {
    block_on(async {
        let databases = with_kind("rds").await;
        rds(&databases).set_restoring(&[
            "creating",
            "backing-up",
            "backing-up",
            "backing-up",
            "backing-up",
            "available",
        ]);
        killed(&databases, RdsAction::DescribeDBInstances).await;
        let run = databases.drill(databases.at()).await.expect_code(0);
        assert_eq!((left(&databases).await, restores(&databases)), (vec![], 2), "{run}");
    });
}
