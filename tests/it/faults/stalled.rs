//! Replies that stall, after their headers or before them: they are cut off, looked at and retried.

use std::time::{Duration, Instant};

use asof::lab::{Fault, Operation, Rule, When};
use asof::limits;

use super::scene::Scene;

const READ_TIMEOUT: [&str; 2] = ["--read-timeout", "1"];

/// Every operation of a restore whose reply has a body.
const OPERATIONS: [Operation; 6] = [
    Operation::GetBucketVersioning,
    Operation::GetBucketEncryption,
    Operation::ListObjectVersions,
    Operation::GetObjectTagging,
    Operation::CopyObject,
    Operation::DeleteObjects,
];

fn block_on(case: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(case);
}

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

/// Longer than any of these tests may take.
const SILENCE: Fault = Fault::Delay(Duration::from_mins(2));

#[test]
fn a_server_that_sends_no_headers_is_asked_again() {
    block_on(async {
        futures::future::join_all(
            [Operation::GetBucketVersioning, Operation::HeadObject, Operation::DeleteObjects].map(
                async |operation| {
                    let scene = Scene::new(2).await;
                    scene.strike(Rule::on(operation, SILENCE, When::First(1)));
                    let arguments = [&["--yes"], &READ_TIMEOUT[..]].concat();
                    let restored = scene.run("restore", &arguments).await.expect_code(0);
                    let what = format!("{operation:?}");
                    assert_eq!(scene.lab().faults().injected(), 1, "{what}: never met");
                    scene.assert_honest(&restored, &what);
                    scene.assert_restored(&what);
                },
            ),
        )
        .await;
    });
}

#[test]
fn an_object_whose_headers_do_not_come_is_read_again() {
    block_on(async {
        let scene = Scene::new(2).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("there");
        let to = [&["--to", path.to_str().unwrap()], &READ_TIMEOUT[..]].concat();
        scene.strike(Rule::on(Operation::GetObject, SILENCE, When::First(1)));
        scene.run("restore", &to).await.expect_code(0);
        assert_eq!(scene.lab().faults().injected(), 1, "never met");
    });
}

/// S3 may answer a copy only when it is done, whatever `--read-timeout` says of other requests.
#[test]
fn a_copy_may_answer_late() {
    block_on(async {
        let scene = Scene::new(2).await;
        let late = Fault::Delay(Duration::from_secs(3));
        scene.strike(Rule::on(Operation::CopyObject, late, When::First(1)));
        let restored = scene.run("restore", &[&["--yes"], &READ_TIMEOUT[..]].concat()).await.expect_code(0);
        assert_eq!(scene.lab().faults().injected(), 1, "never met");
        // One more finds out whether conditions are honoured.
        assert_eq!(scene.lab().requests().of(Operation::CopyObject), restored.count("copied") + 1);
        scene.assert_restored("CopyObject");
    });
}
