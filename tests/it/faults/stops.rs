//! Events that stop a run in progress: expired credentials and Ctrl-C. Neither lets the rest of the plan fail, and
//! `resume` begins the remaining changes as if for the first time.

use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use asof::lab::{Fault, Operation, Rule, When};

use super::scene::{BUCKET, IN_PARTS, Scene};
use crate::support::Run;

/// Keys of each kind: the deletes of all of them are one request.
const SIZE: usize = 100;

pub(super) fn block_on(case: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(case);
}

/// The time at which a signal is sent.
pub(super) struct Stop {
    /// At a request for this operation.
    pub(super) operation: Operation,
    /// At the n-th.
    pub(super) nth: u64,
    /// The fault of each of these requests.
    pub(super) fault: Option<Fault>,
}

impl Stop {
    pub(super) fn at(operation: Operation, nth: u64) -> Self {
        Self { operation, nth, fault: None }
    }
}

impl Scene {
    /// Lets these operations, or all, fail from the n-th request for one of them on.
    fn strike_from(&self, trigger: Operation, n: u64, operations: &'static [Operation], fault: Fault) {
        let faults = self.lab().faults().clone();
        self.lab().faults().before(trigger, When::Nth(n), move || {
            for operation in operations {
                faults.push(Rule::on(*operation, fault, When::Always));
            }
            if operations.is_empty() {
                faults.push(Rule::on_any(fault, When::Always));
            }
        });
    }

    /// Restores, and sends this signal at a request. Gives how long the process lived after it.
    pub(super) async fn stop_at(&self, signal: &'static str, stop: Stop, more: &[&str]) -> (Run, Duration) {
        let (url, at) = (format!("s3://{BUCKET}"), self.at.to_string());
        let restore = ["restore", &url, "--at", &at, "--yes", "--format", "json"];
        self.signalled(signal, stop, &[&restore, more].concat()).await
    }

    /// A command that is sent this signal at a request. Gives how long it lived after it.
    pub(super) async fn signalled(
        &self,
        signal: &'static str,
        stop: Stop,
        arguments: &[&str],
    ) -> (Run, Duration) {
        let Stop { operation, nth, fault } = stop;
        let (told, hears) = mpsc::channel();
        self.lab().faults().before(operation, When::Nth(nth), move || told.send(()).unwrap());
        if let Some(fault) = fault {
            self.lab().faults().push(Rule::on(operation, fault, When::Always));
        }
        let (stopped, when) = mpsc::channel();
        let run = self.subject.asof_and(arguments, move |process| {
            if hears.recv_timeout(Duration::from_mins(1)).is_ok() {
                let sent = Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
                assert!(sent.success());
                stopped.send(Instant::now()).unwrap();
            }
        });
        let run = run.await;
        let lived = when.recv().unwrap().elapsed();
        (run, lived)
    }

    /// Goes on with the one run, which has as little to do as if it had been told to stop before: the deletes in whole
    /// batches, and no key looked at that nothing was sent for.
    async fn goes_on_in_batches(&self, what: &str) {
        self.lab().faults().clear();
        self.lab().requests().reset();
        let run = self.runs().remove(0);
        let resumed = self.on_run("resume", &run, &[]).await.expect_code(0);
        self.assert_honest(&resumed, what);
        self.assert_restored(what);
        self.assert_grown_by(1, what);
        // The first key by itself, once to find out about conditions and once for good; the rest; those that were on the wire.
        let deletes = self.lab().requests().of(Operation::DeleteObjects);
        assert!(deletes <= 4, "{what}: {deletes} delete requests to go on: {resumed}");
    }
}

/// By whatever request they are found to be expired, a HEAD without a body among them.
#[test]
fn credentials_that_expire_stop_the_run_and_it_goes_on_in_whole_batches() {
    block_on(async {
        let copies = &[Operation::CopyObject][..];
        let heads = &[Operation::HeadObject, Operation::GetObject][..];
        for (operations, fault, said) in [
            (copies, Fault::ExpiredToken, "the credentials have expired"),
            (heads, Fault::ExpiredToken, "the credentials have expired"),
            (&[], Fault::ExpiredToken, "the credentials have expired"),
            (&[], Fault::UnknownKey, "the server does not accept the credentials (InvalidAccessKeyId)"),
        ] {
            let what = format!("{operations:?} {fault:?}");
            let scene = Scene::new(SIZE).await;
            scene.strike_from(Operation::CopyObject, 20, operations, fault);
            let stopped = scene.restore_with_and(&["--concurrency", "8"], |_| {}).await.expect_code(1);
            for told in [said, "asof resume 2"] {
                assert!(stopped.stderr.contains(told), "{what}: {told:?} in {stopped}");
            }
            assert!(!stopped.stderr.contains("SSE-C"), "{what}: {stopped}");
            assert_eq!(stopped.of_type("failure").len(), 0, "{what}: {stopped}");
            let injected = scene.lab().faults().injected();
            assert!(
                (1..=40).contains(&injected),
                "{what}: {injected} requests with credentials that are worth nothing"
            );
            scene.goes_on_in_batches(&what).await;
        }
    });
}

/// Whatever the failed operation: nothing is claimed about a key, nothing is done twice, and the run can be resumed.
#[test]
fn credentials_that_expire_at_any_request_end_the_run() {
    const EACH: [&[Operation]; 12] = [
        &[Operation::GetBucketVersioning],
        &[Operation::GetBucketEncryption],
        &[Operation::ListObjectVersions],
        &[Operation::HeadObject, Operation::GetObject],
        &[Operation::GetObjectTagging],
        &[Operation::CopyObject],
        &[Operation::DeleteObjects],
        &[Operation::DeleteObject],
        &[Operation::CreateMultipartUpload],
        &[Operation::UploadPartCopy],
        &[Operation::UploadPartCopy, Operation::AbortMultipartUpload],
        &[Operation::CompleteMultipartUpload],
    ];
    block_on(async {
        for operations in EACH {
            let what = format!("{operations:?}");
            let scene = Scene::new(4).await;
            for operation in operations {
                scene.lab().faults().push(Rule::on(*operation, Fault::ExpiredToken, When::Always));
            }
            let stopped = scene.run("restore", &["--yes", IN_PARTS[0], IN_PARTS[1]]).await.expect_code(1);
            assert!(stopped.stderr.contains("the credentials have expired"), "{what}: {stopped}");
            assert!(!stopped.stderr.contains("by hand"), "{what}: {stopped}");
            assert_eq!(stopped.of_type("failure").len(), 0, "{what}: {stopped}");
            scene.lab().faults().clear();
            let resumed = match scene.runs().first() {
                Some(run) => scene.on_run("resume", run, &[]).await,
                None => scene.restore().await,
            };
            scene.assert_honest(&resumed.expect_code(0), &what);
            scene.assert_restored(&what);
            scene.assert_grown_by(1, &what);
            assert_eq!(scene.lab().count_uploads(BUCKET), 0, "{what}");
        }
    });
}

/// The delete is refused as a whole: none of its keys is tried separately.
#[test]
fn credentials_that_expire_before_a_delete_of_many_stop_the_run() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        scene.strike_from(Operation::DeleteObjects, 2, &[], Fault::ExpiredToken);
        let stopped = scene.restore().await.expect_code(1);
        assert!(stopped.stderr.contains("the credentials have expired"), "{stopped}");
        assert_eq!(stopped.of_type("failure").len(), 0, "{stopped}");
        assert!(scene.lab().requests().of(Operation::DeleteObjects) <= 4, "{stopped}");
        scene.goes_on_in_batches("delete").await;
    });
}

/// A proxy that rewrites the path of an odd key breaks its signature, and no other one.
#[test]
fn a_signature_that_one_key_breaks_fails_that_key_alone() {
    block_on(async {
        let scene = Scene::new(4).await;
        for operation in [Operation::CopyObject, Operation::HeadObject, Operation::GetObject] {
            let broken = Rule::on(operation, Fault::BadSignature, When::Always);
            scene.lab().faults().push(broken.under("over/0003"));
        }
        let restored = scene.restore().await.expect_code(3);
        assert_eq!(restored.count("failed"), 1, "{restored}");
        assert!(restored.stderr.contains("a proxy rewrites this path"), "{restored}");
        scene.assert_honest(&restored, "one signature");
        // And where every one of them is refused, that is no longer a key's.
        scene.lab().faults().clear();
        scene.lab().faults().push(Rule::on_any(Fault::BadSignature, When::Always));
        let refused = scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(1);
        assert!(
            refused.stderr.contains("does not accept the credentials (SignatureDoesNotMatch)"),
            "{refused}"
        );
    });
}

/// An undo does not treat changes as done that were announced and not begun.
#[test]
fn a_run_that_was_stopped_is_undone_as_far_as_it_came() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        scene.strike_from(Operation::CopyObject, 20, &[], Fault::ExpiredToken);
        scene.restore_with_and(&["--concurrency", "8"], |_| {}).await.expect_code(1);
        scene.lab().faults().clear();
        let run = scene.runs().remove(0);

        scene.strike_from(Operation::DeleteObjects, 2, &[], Fault::ExpiredToken);
        let stopped = scene.on_run("undo", &run, &["--yes"]).await.expect_code(1);
        assert!(stopped.stderr.contains("the credentials have expired"), "{stopped}");
        scene.lab().faults().clear();
        let undone = scene.on_run("resume", &scene.runs()[1], &[]).await.expect_code(0);
        let settled = undone.count("copied") + undone.count("deleted") + undone.count("skipped");
        assert!((1..60).contains(&settled), "{settled} changes taken back: {undone}");
        scene.assert_undone("stopped");
    });
}

#[test]
fn credentials_that_expire_end_a_download_and_a_comparison() {
    block_on(async {
        let scene = Scene::new(40).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("there");
        let path = path.to_str().unwrap();
        scene.strike_from(Operation::GetObject, 9, &[], Fault::ExpiredToken);
        let to = ["--to", path, "--concurrency", "4"];
        let stopped = scene.run("restore", &to).await.expect_code(1);
        assert!(stopped.stderr.contains("the credentials have expired"), "{stopped}");
        assert_eq!(stopped.of_type("failure").len(), 0, "{stopped}");
        assert!(scene.lab().faults().injected() <= 8, "{stopped}");
        scene.lab().faults().clear();
        scene.run("restore", &to).await.expect_code(0);

        // A HEAD has no body: missing information is not taken for unknowable information.
        for (command, more) in
            [("verify", &[][..]), ("diff", &[]), ("verify", &["--against", path, "--trust-etag"])]
        {
            let heads = [Operation::HeadObject, Operation::GetObject];
            for operation in heads.into_iter().filter(|_| more.is_empty()) {
                scene.lab().faults().push(Rule::on(operation, Fault::ExpiredToken, When::Always));
            }
            if !more.is_empty() {
                scene.strike_from(Operation::ListObjectVersions, 3, &[], Fault::ExpiredToken);
            }
            let ended = scene.run(command, more).await.expect_code(1);
            assert!(ended.stderr.contains("the credentials have expired"), "{command} {more:?}: {ended}");
            assert_eq!(ended.of_type("summary").len(), 0, "{command} {more:?}: {ended}");
            scene.lab().faults().clear();
        }
    });
}

/// No request is sent: the source of the credentials has no valid ones, as after the end of a login.
#[test]
fn credentials_that_are_not_renewed_stop_the_run() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let home = tempfile::tempdir().unwrap();
        let (gone, script) = (home.path().join("gone"), home.path().join("credentials"));
        // Expired from the start, so that each request asks for new ones.
        let text = format!(
            "#!/bin/sh\n[ -e {} ] && {{ echo 'the login has ended' >&2; exit 1; }}\n\
             echo '{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\",\"Expiration\":\"'$(date -u -d '+2 seconds' +%Y-%m-%dT%H:%M:%SZ)'\"}}'\n",
            gone.display(),
            scene.subject.server.key,
            scene.subject.server.secret
        );
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let config = home.path().join("config");
        std::fs::write(&config, format!("[default]\ncredential_process = {}\n", script.display())).unwrap();
        scene.lab().faults().before(Operation::CopyObject, When::Nth(20), move || {
            std::fs::write(&gone, "").unwrap();
        });
        let (url, at) = (format!("s3://{BUCKET}"), scene.at.to_string());
        let arguments = ["restore", &url, "--at", &at, "--yes", "--format", "json", "--concurrency", "4"];
        let mut command = scene.subject.command("", &arguments);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        command.env("AWS_CONFIG_FILE", &config).env("PATH", "/usr/bin:/bin");
        let stopped =
            tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap().expect_code(1);
        assert!(stopped.stderr.contains("there are no credentials"), "{stopped}");
        assert!(stopped.stderr.contains("asof resume 2"), "{stopped}");
        assert_eq!(stopped.of_type("failure").len(), 0, "{stopped}");
        scene.goes_on_in_batches("credential_process").await;
    });
}

/// Twice the documented time, because other tests run at the same time.
pub(super) const AT_MOST: Duration = Duration::from_secs(4);

/// All of them are taken by then, and wait for the rate limit.
#[test]
fn a_signal_does_not_wait_for_what_waits_for_the_rate() {
    block_on(async {
        for (signal, size, most) in [("-INT", SIZE, "128"), ("-TERM", 20, "1024")] {
            let scene = Scene::new(size).await;
            let options = ["--rate", "10", "--concurrency", most];
            let (stopped, lived) = scene.stop_at(signal, Stop::at(Operation::CopyObject, 8), &options).await;
            let stopped = stopped.expect_code(130);
            assert!(lived < AT_MOST, "{signal}: {lived:?} until {stopped}");
            assert_eq!(stopped.count("failed") + stopped.count("conflicts"), 0, "{stopped}");
            let copied = stopped.count("copied");
            assert!((7..20).contains(&copied), "{copied} in {stopped}");
            // One more finds out whether conditions are honoured.
            let sent = scene.lab().requests().of(Operation::CopyObject);
            assert_eq!(sent, copied + 1, "a copy on the wire did not end: {stopped}");
            // Stopped again, before any change is taken: the remaining changes stay.
            scene.lab().faults().clear();
            scene.lab().requests().reset();
            let (run, first) = (scene.runs().remove(0), Stop::at(Operation::GetBucketVersioning, 1));
            let again = ["resume", &run, "--rate", "10"];
            scene.signalled(signal, first, &again).await.0.expect_code(130);
            scene.goes_on_in_batches(signal).await;
        }
    });
}

/// A delete of many keys waits for as many tokens.
#[test]
fn a_signal_does_not_wait_for_a_delete_of_many() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let options = ["--rate", "12", "--exclude", "over/*", "--exclude", "gone/*", "--exclude", "large/*"];
        let (stopped, lived) = scene.stop_at("-INT", Stop::at(Operation::DeleteObjects, 2), &options).await;
        let stopped = stopped.expect_code(130);
        assert!(lived < AT_MOST, "{lived:?} until {stopped}");
        assert_eq!(scene.lab().requests().of(Operation::DeleteObjects), 2, "{stopped}");
    });
}

#[test]
fn a_signal_does_not_wait_until_a_refused_request_may_be_sent_again() {
    block_on(async {
        for fault in [Fault::SlowDown, Fault::ReplyLost] {
            let scene = Scene::new(40).await;
            let stop = Stop { fault: Some(fault), ..Stop::at(Operation::CopyObject, 60) };
            let (stopped, lived) = scene.stop_at("-INT", stop, &[]).await;
            let stopped = stopped.expect_code(130);
            assert!(lived < AT_MOST, "{fault:?}: {lived:?} until {stopped}");
            assert_eq!(stopped.count("failed"), 0, "{fault:?}: {stopped}");
            scene.lab().faults().clear();
            let resumed = scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(0);
            scene.assert_honest(&resumed, &format!("{fault:?}"));
            scene.assert_grown_by(1, &format!("{fault:?}"));
        }
    });
}

/// Its parts that are on the wire end, and it is abandoned with them.
#[test]
fn a_signal_abandons_copies_in_parts() {
    block_on(async {
        let scene = Scene::new(3).await;
        let options = ["--rate", "4", IN_PARTS[0], IN_PARTS[1]];
        let (stopped, lived) = scene.stop_at("-INT", Stop::at(Operation::UploadPartCopy, 2), &options).await;
        let stopped = stopped.expect_code(130);
        assert!(lived < AT_MOST, "{lived:?} until {stopped}");
        assert_eq!(scene.lab().count_parts(BUCKET), 0, "{stopped}");
        assert_eq!(scene.lab().requests().of(Operation::CompleteMultipartUpload), 0, "{stopped}");
        scene.goes_on_in_batches("in parts").await;
    });
}
