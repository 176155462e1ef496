//! A past state in a local directory: keys that would leave it, failing downloads, truncated files.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use asof::lab::{Fault, Lab, Operation, Options, Put, Rule, When};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};

use crate::servers::Server;
use crate::support::{Moment, Run, Subject, text};

mod corpus;

use corpus::{hostile, odd};

const BUCKET: &str = "archive";

struct Scene {
    subject: Subject,
    home: tempfile::TempDir,
}

fn with<F: Future<Output = ()>>(case: impl FnOnce(Scene) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { min_part_bytes: 1, ..Options::default() };
        let scene = Scene {
            subject: Subject::new(Server::with_options("lab", options).await),
            home: tempfile::tempdir().unwrap(),
        };
        scene.lab().create_bucket(BUCKET);
        case(scene).await;
    });
}

impl Scene {
    fn lab(&self) -> &Lab {
        self.subject.lab()
    }

    fn put(&self, key: &str, body: impl Into<Vec<u8>>) {
        self.lab().put(BUCKET, key, Put::of(body.into())).unwrap();
    }

    fn strike(&self, operation: Operation, fault: Fault, when: When) {
        self.lab().faults().push(Rule::on(operation, fault, when));
    }

    fn dir(&self) -> PathBuf {
        self.home.path().join("dir")
    }

    async fn run(&self, command: &str, option: &str, at: Moment, more: &[&str]) -> Run {
        let (url, at, dir) = (format!("s3://{BUCKET}"), at.to_string(), self.dir());
        let arguments =
            [&[command, &url, "--at", &at, option, dir.to_str().unwrap(), "--format", "json"], more].concat();
        self.subject.asof(&arguments).await
    }

    async fn restore(&self, at: Moment) -> Run {
        self.run("restore", "--to", at, &[]).await
    }

    async fn verify(&self, at: Moment) -> Run {
        self.run("verify", "--against", at, &[]).await
    }

    /// Returns every file below the home directory, with its contents.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.home.path().to_owned()];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    open.push(entry.path());
                } else if entry.file_type().unwrap().is_file() {
                    found.insert(self.name(&entry.path()), std::fs::read(entry.path()).unwrap());
                }
            }
        }
        found
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.home.path()).unwrap().to_str().unwrap().to_owned()
    }
}

fn keys(run: &Run, kind: &str) -> Vec<String> {
    let mut keys: Vec<_> = run.of_type(kind).iter().map(|line| text(line, "key").to_owned()).collect();
    keys.sort();
    keys
}

#[test]
fn nothing_leaves_the_directory() {
    with(|scene| async move {
        let (refused, good) = (hostile(), odd());
        let body = |key: &str| if key == "empty" { String::new() } else { format!("body of {key}") };
        for key in &refused {
            scene.put(key, "hostile");
        }
        for key in &good {
            scene.put(key, body(key));
        }
        scene.put("folder/", "");
        scene.put("folder/within/", "");
        let at = scene.subject.moment().await;
        let restored = scene.restore(at).await.expect_code(3);
        assert_eq!(keys(&restored, "failure"), refused, "{restored}");
        assert!(restored.stderr.contains("s3://OTHER"), "{restored}");
        let expected: BTreeMap<_, _> =
            good.iter().map(|key| (format!("dir/{key}"), body(key).into_bytes())).collect();
        assert_eq!(scene.files(), expected);
        assert!(scene.dir().join("folder/within").is_dir());
        assert_eq!(scene.restore(at).await.expect_code(3).count("copied"), 0);
        let verified = scene.verify(at).await.expect_code(4);
        assert_eq!(verified.count("mismatched"), refused.len() as u64, "{verified}");
        assert_eq!(verified.count("matched"), good.len() as u64 + 2, "{verified}");
    });
}

#[test]
fn names_that_differ_in_case_are_kept_apart_on_request() {
    with(|scene| async move {
        for key in ["A/one", "a/one", "a/two", "read", "Read", "READ"] {
            scene.put(key, key);
        }
        let at = scene.subject.moment().await;
        // The second run finds the names of the first in use.
        for copied in [3, 0] {
            let restored = scene.run("restore", "--to", at, &["--no-case-collisions"]).await.expect_code(3);
            assert_eq!(restored.count("copied"), copied, "{restored}");
            assert_eq!(keys(&restored, "failure"), ["Read", "a/one", "read"], "{restored}");
        }
        assert_eq!(scene.restore(at).await.expect_code(0).count("copied"), 3);
    });
}

#[test]
fn planted_links_are_not_followed() {
    with(|scene| async move {
        for key in ["dir/x", "deep/er/x", "file", "loop/x", "good/x"] {
            scene.put(key, "hostile");
        }
        let outside = scene.home.path().join("outside");
        std::fs::create_dir_all(outside.join("er")).unwrap();
        std::fs::create_dir_all(scene.dir().join("deep")).unwrap();
        std::fs::write(outside.join("file"), "theirs").unwrap();
        symlink(&outside, scene.dir().join("dir")).unwrap();
        symlink("../../outside/er", scene.dir().join("deep/er")).unwrap();
        symlink(outside.join("file"), scene.dir().join("file")).unwrap();
        symlink("loop", scene.dir().join("loop")).unwrap();
        let at = scene.subject.moment().await;
        for more in [&[][..], &["--on-conflict", "overwrite", "--yes"]] {
            let restored = scene.run("restore", "--to", at, more).await.expect_code(3);
            assert_eq!(keys(&restored, "failure"), ["deep/er/x", "dir/x", "loop/x"], "{restored}");
            assert_eq!(keys(&restored, "conflict"), ["file"], "{restored}");
        }
        let expected = [("dir/good/x", "hostile"), ("outside/file", "theirs")];
        assert_eq!(scene.files(), expected.map(|(path, body)| (path.to_owned(), body.into())).into());
        let verified = scene.verify(at).await.expect_code(4);
        // The links themselves are there beyond the state, under the names that they have.
        let mismatches = ["deep/er", "deep/er/x", "dir", "dir/x", "file", "loop", "loop/x"];
        assert_eq!(keys(&verified, "mismatch"), mismatches, "{verified}");
    });
}

#[test]
fn broken_bodies_go_on_where_they_ended() {
    with(|scene| async move {
        for number in 0..20 {
            scene.put(&format!("k{number:02}"), vec![number; 300_000]);
        }
        let at = scene.subject.moment().await;
        scene.strike(Operation::GetObject, Fault::Truncated, When::Every(2));
        let restored = scene.restore(at).await.expect_code(0);
        assert_eq!((restored.count("copied"), restored.count("failed")), (20, 0), "{restored}");
        assert!(scene.lab().requests().of(Operation::GetObject) >= 30);
        scene.lab().faults().clear();
        scene.verify(at).await.expect_code(0);
    });
}

#[test]
fn bodies_that_stall_go_on_where_they_stopped() {
    with(|scene| async move {
        let keys = ["a", "b", "c"];
        for key in keys {
            scene.put(key, vec![7; 300_000]);
        }
        let at = scene.subject.moment().await;
        scene.strike(Operation::GetObject, Fault::Stalled, When::Every(2));
        let restored = scene.run("restore", "--to", at, &["--read-timeout", "1"]).await.expect_code(0);
        assert_eq!((restored.count("copied"), restored.count("failed")), (3, 0), "{restored}");
        assert!(scene.lab().faults().injected() > 0);
        scene.lab().faults().clear();
        scene.verify(at).await.expect_code(0);
    });
}

#[test]
fn refusals_and_failures_are_waited_out() {
    for fault in [Fault::SlowDown, Fault::Reset] {
        with(move |scene| async move {
            for number in 0..20 {
                scene.put(&format!("k{number:02}"), vec![number; 1000]);
            }
            let at = scene.subject.moment().await;
            scene.strike(Operation::GetObject, fault, When::Every(2));
            let restored = scene.restore(at).await.expect_code(0);
            assert_eq!(
                (restored.count("copied"), restored.count("failed")),
                (20, 0),
                "{fault:?}: {restored}"
            );
            assert!(scene.lab().requests().of(Operation::GetObject) > 20, "{fault:?}: none was refused");
            scene.lab().faults().clear();
            scene.verify(at).await.expect_code(0);
        });
    }
}

#[test]
fn wrong_bytes_are_never_put_in_place() {
    with(|scene| async move {
        scene.put("once", vec![7; 100_000]);
        let at = scene.subject.moment().await;
        scene.strike(Operation::GetObject, Fault::Corrupted, When::Nth(1));
        scene.restore(at).await.expect_code(0);
        scene.verify(at).await.expect_code(0);

        scene.put("always", vec![7; 100_000]);
        let at = scene.subject.moment().await;
        for fault in [Fault::Corrupted, Fault::ErrorInOk, Fault::Truncated] {
            scene.lab().faults().clear();
            scene.strike(Operation::GetObject, fault, When::Always);
            let restored = scene.restore(at).await.expect_code(3);
            assert_eq!(restored.count("failed"), 1, "{fault:?}: {restored}");
            assert_eq!(scene.files().len(), 1, "{fault:?} left something");
        }
        scene.lab().faults().clear();
        scene.restore(at).await.expect_code(0);
        scene.verify(at).await.expect_code(0);
    });
}

/// The bytes of a file are checked for every way in which an object can have been uploaded.
#[test]
fn parts_are_proof() {
    with(|scene| async move {
        let ways = [
            ("etag", None, &[700, 700, 100][..]),
            ("uneven", None, &[300, 200, 300, 100]),
            ("nearly-even", None, &[600, 500, 500]),
            ("crc32", Some((ChecksumAlgorithm::Crc32, ChecksumType::Composite)), &[700, 700, 100]),
            ("sha256", Some((ChecksumAlgorithm::Sha256, ChecksumType::Composite)), &[500, 400, 500]),
            ("whole", Some((ChecksumAlgorithm::Crc64Nvme, ChecksumType::FullObject)), &[700, 700, 100]),
            ("one", Some((ChecksumAlgorithm::Crc32C, ChecksumType::Composite)), &[700]),
        ];
        for (key, checksum, parts) in &ways {
            upload(&scene, key, checksum.clone(), parts).await;
        }
        let at = scene.subject.moment().await;
        let restored = scene.restore(at).await.expect_code(0);
        assert_eq!((restored.count("copied"), restored.count("unverifiable")), (7, 0), "{restored}");
        // All were started so shortly before that they could have been completed after it.
        let verified = scene.verify(at).await.expect_code(5);
        assert_eq!((verified.count("unverifiable"), verified.count("uncertain")), (0, 7), "{verified}");
        for (key, _, _) in &ways {
            let mut bytes = std::fs::read(scene.dir().join(key)).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(scene.dir().join(key), bytes).unwrap();
        }
        assert_eq!(scene.verify(at).await.expect_code(4).count("mismatched"), 7);
        std::fs::remove_dir_all(scene.dir()).unwrap();
        scene.strike(Operation::GetObject, Fault::Corrupted, When::Always);
        assert_eq!(scene.restore(at).await.expect_code(3).count("failed"), 7);
        assert!(scene.files().is_empty());
    });
}

async fn upload(
    scene: &Scene,
    key: &str,
    checksum: Option<(ChecksumAlgorithm, ChecksumType)>,
    sizes: &[usize],
) {
    let client = &scene.subject.client;
    let (algorithm, kind) = checksum.unzip();
    let begun = client.create_multipart_upload().bucket(BUCKET).key(key);
    let begun = begun.set_checksum_algorithm(algorithm).set_checksum_type(kind).send().await.unwrap();
    let mut parts = Vec::new();
    for (number, size) in (1..).zip(sizes) {
        let body = ByteStream::from(vec![u8::try_from(number).unwrap(); *size]);
        let part = client.upload_part().bucket(BUCKET).key(key).upload_id(begun.upload_id().unwrap());
        let part = part.part_number(number).body(body).send().await.unwrap();
        parts.push(CompletedPart::builder().part_number(number).e_tag(part.e_tag().unwrap()).build());
    }
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let done =
        client.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(begun.upload_id().unwrap());
    done.multipart_upload(parts).send().await.unwrap();
}

#[test]
fn killed_it_goes_on() {
    with(|scene| async move {
        for number in 0..60 {
            scene.put(&format!("d{}/k{number:02}", number % 3), vec![number; 50_000]);
        }
        let at = scene.subject.moment().await;
        scene.strike(Operation::GetObject, Fault::Delay(Duration::from_millis(40)), When::Always);
        let mut whole = 0;
        for nth in [10, 12, 14] {
            let (told, hears) = std::sync::mpsc::channel();
            scene.lab().faults().before(Operation::GetObject, When::Nth(nth), move || told.send(()).unwrap());
            let (url, dir) = (format!("s3://{BUCKET}"), scene.dir());
            let arguments = [
                "restore",
                &url,
                "--at",
                &at.to_string(),
                "--to",
                dir.to_str().unwrap(),
                "--concurrency",
                "4",
            ];
            let kill = move |process: u32| {
                hears.recv().unwrap();
                assert!(
                    Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success()
                );
            };
            let killed = scene.subject.asof_and(&arguments, kill).await;
            assert_eq!(killed.code(), None, "{killed}");
            let (unfinished, finished): (Vec<_>, Vec<_>) =
                scene.files().into_iter().partition(|(path, _)| path.contains(".asof-part-"));
            assert!(
                unfinished.len() <= 4 && finished.len() > whole,
                "{} and {}",
                unfinished.len(),
                finished.len()
            );
            for (path, bytes) in &finished {
                assert_eq!(
                    *bytes,
                    scene.lab().live(BUCKET)[path.strip_prefix("dir/").unwrap()].content.body,
                    "{path}"
                );
            }
            whole = finished.len();
        }
        let restored = scene.restore(at).await.expect_code(0);
        assert_eq!(restored.count("copied"), 60 - whole as u64, "{restored}");
        let verified = scene.verify(at).await.expect_code(0);
        assert_eq!((verified.count("matched"), scene.files().len()), (60, 60), "{verified}");
    });
}

#[test]
fn two_at_once_are_kept_apart() {
    with(|scene| async move {
        scene.put("k", "1");
        let at = scene.subject.moment().await;
        std::fs::create_dir(scene.dir()).unwrap();
        let held = std::fs::File::open(scene.dir()).unwrap();
        held.try_lock().unwrap();
        let refused = scene.restore(at).await.expect_code(5);
        assert!(refused.stderr.contains("another asof"), "{refused}");
        drop(held);
        scene.restore(at).await.expect_code(0);
    });
}
