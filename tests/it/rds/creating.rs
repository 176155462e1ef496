//! Copies that a drill removes while RDS is still creating them and refuses to modify or delete them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asof::lab::{Hidden, RdsAction, When};

use super::orphans::{killed, left, with_kind};
use super::sweep::answered;
use super::{rds, restores};
use crate::crash::{block_on, kill};
use crate::support::Run;
use crate::support::databases::Databases;

const DAY: i64 = 24 * 60 * 60 * 1000;

const KINDS: [(&str, RdsAction); 2] = [
    ("rds", RdsAction::RestoreDBInstanceToPointInTime),
    ("aurora", RdsAction::RestoreDBClusterToPointInTime),
];

/// A protected copy that is being created for a few more descriptions; its drill was killed after requesting it.
async fn being_created((kind, restore): (&str, RdsAction)) -> Databases {
    let databases = with_kind(kind).await;
    killed(&databases, restore).await;
    let states = ["creating", "creating", "creating", "creating", "available"];
    rds(&databases).set_states(&databases.id("dst"), &states);
    databases
}

/// Runs a command. It is killed if it asks for a removal again and again without a look at what it removes, which changes only
/// with each look: it would else go on for half an hour.
async fn in_time(databases: &Databases, arguments: &[&str]) -> Run {
    let process = Arc::new(AtomicU32::new(0));
    for action in [RdsAction::ModifyDBInstance, RdsAction::ModifyDBCluster, RdsAction::DeleteDBCluster] {
        let asked = Arc::clone(&process);
        let strike = move || kill(asked.load(Ordering::SeqCst));
        rds(databases).faults().before(action, When::Nth(7), strike);
    }
    databases.subject.asof_and(arguments, move |id| process.store(id, Ordering::SeqCst)).await
}

async fn drill(databases: &Databases) -> Run {
    let (path, at) = (databases.path(), databases.at().to_string());
    in_time(databases, &["drill", path.to_str().unwrap(), "--at", &at, "--format", "json"]).await
}

#[test]
fn the_next_drill_removes_a_protected_copy_that_is_being_created() {
    block_on(async {
        for of in KINDS {
            let databases = being_created(of).await;
            let run = drill(&databases).await.expect_code(0);
            assert!(run.stderr.contains("tearing down leftovers of the drill "), "{of:?}: {run}");
            assert_eq!((left(&databases).await, restores(&databases)), (vec![], 2), "{of:?}: {run}");
        }
    });
}

/// RDS does not tell the age of an instance that it is creating: one is left until a later sweep.
#[test]
fn a_sweep_removes_a_protected_copy_that_is_being_created() {
    block_on(async {
        for of in KINDS {
            let databases = being_created(of).await;
            std::fs::remove_dir_all(databases.subject.runs_dir().parent().unwrap()).unwrap();
            rds(&databases).handle().backdate(&databases.id("dst"), 2 * DAY);
            let mut told = String::new();
            for _ in 0..8 {
                told = answered(&databases, "1").await;
                if told.contains("removed the ") {
                    break;
                }
                assert!(told.contains("leave: age unknown"), "{of:?}: {told}");
            }
            assert_eq!(left(&databases).await, [""; 0], "{of:?}: {told}");
        }
    });
}

/// At its deadline, its copy is still being created.
#[test]
fn a_drill_that_ends_removes_its_protected_copy_that_is_being_created() {
    block_on(async {
        for (kind, _) in KINDS {
            let databases = with_kind(kind).await;
            let path = databases.path();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, format!("deadline = \"2s\"\n{text}")).unwrap();
            let states = ["creating"; 9].into_iter().chain(["available"]).collect::<Vec<_>>();
            rds(&databases).set_restoring(&states);
            let run = drill(&databases).await.expect_code(1);
            assert!(run.stderr.contains("cannot finish within the deadline of 2s"), "{kind}: {run}");
            assert!(!run.stderr.contains("left behind"), "{kind}: {run}");
            assert_eq!(left(&databases).await, [""; 0], "{kind}: {run}");
        }
    });
}

/// Descriptions in which an instance is missing at first.
const HIDDEN: usize = 3;

/// An instance of a cluster that no description knows of yet keeps the cluster from being deleted.
#[test]
fn an_instance_that_was_asked_for_a_moment_ago_is_removed_with_its_cluster() {
    block_on(async {
        let databases = with_kind("aurora").await;
        let lab = rds(&databases).handle();
        let hide = move || lab.hide(Hidden { descriptions: HIDDEN, tags: 0, listed: 0 });
        // The cluster itself is known.
        rds(&databases).faults().before(RdsAction::CreateDBInstance, When::Nth(1), hide);
        killed(&databases, RdsAction::CreateDBInstance).await;
        rds(&databases).hide(Hidden::default());
        let run = drill(&databases).await.expect_code(0);
        assert!(run.stderr.contains("tearing down leftovers of the drill "), "{run}");
        assert_eq!(restores(&databases), 2, "{run}");
        for _ in 0..=HIDDEN {
            assert_eq!(left(&databases).await, [""; 0], "{run}");
        }
    });
}
