//! A recovery that is killed at any of its requests to RDS, and run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asof::lab::{RdsAction, When};
use futures::{StreamExt as _, stream};

use super::{databases, rds, restores, with_source_of};
use crate::crash::{block_on, kill};

/// Plays a recovery that is killed just before the n-th question is answered, and run again. Whether it was killed.
async fn killed_and_run_again(kind: &str, nth: u64) -> bool {
    let databases = with_source_of(kind).await;
    let path = databases.write(kind, "");
    let process = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&process);
    rds(&databases).faults().before_any(When::Nth(nth), move || kill(asked.load(Ordering::SeqCst)));
    let at = databases.at();
    let arguments = ["recover", path.to_str().unwrap(), "--at", &at.to_string(), "--yes", "--format", "json"];
    let noted = move |id| process.store(id, Ordering::SeqCst);
    let run = databases.subject.asof_and(&arguments, noted).await;
    let killed = run.code().is_none();
    if killed {
        databases.recover(at).await.expect_code(0);
    }
    // A request whose asker is killed is done all the same, and is not made again.
    assert_eq!(restores(&databases), 1, "{kind} {nth}: {run}");
    killed
}

#[test]
fn killed_at_any_request_it_is_requested_once() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            let played = stream::iter(1..=16).map(|nth| killed_and_run_again(kind, nth));
            let killed: Vec<_> = played.buffered(4).collect().await;
            let killed = killed.into_iter().filter(|killed| *killed).count();
            assert!(killed >= 8, "{kind}: killed only {killed} times");
        }
    });
}

/// The cluster may be gone before them: their names are not free yet when the next drill begins.
#[test]
fn a_teardown_that_is_killed_when_the_cluster_is_gone_waits_for_its_instances() {
    block_on(async {
        let databases = databases().await;
        crate::contract::databases::make_cluster(&databases, &databases.id("src")).await;
        databases.later().await;
        let path = databases.write("aurora", "");
        let process = Arc::new(AtomicU32::new(0));
        let asked = Arc::clone(&process);
        let (lab, faults, last) = (rds(&databases).handle(), rds(&databases).faults(), databases.id("dst-1"));
        rds(&databases).faults().before(RdsAction::DeleteDBCluster, When::Nth(1), move || {
            lab.set_states(&last, &["deleting"; 6]);
            let asked = Arc::clone(&asked);
            let kill = move || kill(asked.load(Ordering::SeqCst));
            faults.before(RdsAction::DescribeDBInstances, When::Nth(1), kill);
        });
        let at = databases.at();
        let drill = ["drill", path.to_str().unwrap(), "--at", &at.to_string(), "--format", "json"];
        let noted = move |id| process.store(id, Ordering::SeqCst);
        let run = databases.subject.asof_and(&drill, noted).await;
        assert_eq!(run.code(), None, "it was not killed: {run}");
        databases.drill(at).await.expect_code(0);
        assert!(databases.instance(&databases.id("dst-1")).await.is_none());
    });
}
