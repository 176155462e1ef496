//! Replies that stall after their headers: they are cut off, the key is read, and the request retried.

use std::time::Instant;

use asof::lab::{Fault, Operation, Rule, When};
use asof::limits;

use super::scene::Scene;
use super::stops::block_on;

pub(super) const READ_TIMEOUT: [&str; 2] = ["--read-timeout", "1"];

/// Every operation of a restore whose reply has a body.
const OPERATIONS: [Operation; 6] = [
    Operation::GetBucketVersioning,
    Operation::GetBucketEncryption,
    Operation::ListObjectVersions,
    Operation::GetObjectTagging,
    Operation::CopyObject,
    Operation::DeleteObjects,
];

async fn passes(operation: Operation) {
    let scene = Scene::new(2).await;
    scene.strike(Rule::on(operation, Fault::Stalled, When::First(1)));
    let since = Instant::now();
    let restored = scene.run("restore", &[&["--yes"], &READ_TIMEOUT[..]].concat()).await.expect_code(0);
    let what = format!("{operation:?}");
    assert_eq!(scene.lab().faults().injected(), 1, "{what}: never met");
    assert!(since.elapsed() < limits::BODY_IDLE, "{what}: took {:?}", since.elapsed());
    scene.assert_honest(&restored, &what);
    scene.assert_restored(&what);
}

#[test]
fn a_reply_that_stalls_once_leaves_no_trace() {
    block_on(async {
        futures::future::join_all(OPERATIONS.map(passes)).await;
    });
}

#[test]
fn a_server_whose_replies_stall_is_told() {
    block_on(async {
        for operation in [Operation::GetBucketVersioning, Operation::ListObjectVersions] {
            let scene = Scene::new(2).await;
            scene.strike(Rule::on(operation, Fault::Stalled, When::Always));
            let run = scene.run("diff", &READ_TIMEOUT).await.expect_code(1);
            assert!(run.stderr.contains("the reply stalled: no data for 1 s"), "{run}");
        }
    });
}

/// The copies were made, which a look at their keys shows.
#[test]
fn copies_whose_replies_all_stall_are_found_done() {
    block_on(async {
        let scene = Scene::new(2).await;
        scene.strike(Rule::on(Operation::CopyObject, Fault::Stalled, When::Always));
        let restored = scene.run("restore", &[&["--yes"], &READ_TIMEOUT[..]].concat()).await.expect_code(0);
        scene.assert_honest(&restored, "CopyObject");
        scene.assert_restored("CopyObject");
    });
}
