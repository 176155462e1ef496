//! A server that accepts a request and sends no headers: the request is repeated, except for copies, and a signal does
//! not wait for the reply.

use std::time::Duration;

use asof::lab::{Fault, Operation, Rule, When};

use super::scene::{BUCKET, Scene};
use super::stalled::READ_TIMEOUT;
use super::stops::{AT_MOST, Stop, block_on};

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

/// The server has accepted them, and may or may not execute them: `resume` reads the keys.
#[test]
fn a_signal_does_not_wait_for_a_server_that_sends_no_headers() {
    block_on(async {
        for operation in [Operation::CopyObject, Operation::DeleteObjects] {
            let scene = Scene::new(20).await;
            let stop = Stop { fault: Some(SILENCE), ..Stop::at(operation, 1) };
            let (stopped, lived) = scene.stop_at("-INT", stop, &[]).await;
            let stopped = stopped.expect_code(130);
            assert!(lived < AT_MOST, "{operation:?}: {lived:?} until {stopped}");
            assert_eq!(stopped.count("failed"), 0, "{operation:?}: {stopped}");
            scene.lab().faults().clear();
            let resumed = scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(0);
            scene.assert_honest(&resumed, &format!("{operation:?}"));
            scene.assert_restored(&format!("{operation:?}"));
        }
    });
}

#[test]
fn a_signal_ends_a_download_that_gets_no_headers() {
    block_on(async {
        let scene = Scene::new(10).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("there");
        let path = path.to_str().unwrap();
        let (url, at) = (format!("s3://{BUCKET}"), scene.at.to_string());
        let restore = ["restore", &url, "--at", &at, "--format", "json", "--to", path];
        let stop = Stop { fault: Some(SILENCE), ..Stop::at(Operation::GetObject, 3) };
        let (stopped, lived) = scene.signalled("-INT", stop, &restore).await;
        let stopped = stopped.expect_code(130);
        assert!(lived < AT_MOST, "{lived:?} until {stopped}");
        scene.lab().faults().clear();
        scene.run("restore", &["--to", path]).await.expect_code(0);
    });
}
