//! Writes that no condition detects: rewrites with equal bytes, which ours supersede; and changes reported as done that
//! were not made.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asof::lab::{Content, Fault, Instead, Operation, Put, Rule, When};
use asof::plan::file::{PlanFile, Seen, Writer};

use super::{block_on, kill};
use crate::faults::scene::{BUCKET, Scene};
use crate::servers::Server;
use crate::support::{Run, Subject, text};

const URL: &str = "s3://writes";
const NAME: &str = "writes";
const KEYS: [&str; 4] = ["a", "b", "new", "odd\u{1}/1"];

/// The first change of each kind of request looks at its key, and finds out that conditions are honoured.
const FIRST: [&str; 3] = ["0", "0new", "odd\u{1}/0"];

/// Keys overwritten and keys created since T, and a plan of their restore; then four of them rewritten with equal
/// bytes.
struct Rewrites {
    subject: Subject,
    plan: String,
    rewritten: BTreeMap<String, Content>,
    ids: BTreeMap<String, String>,
}

fn of(body: &str, by: &str) -> Put {
    let tags = [("by".to_owned(), by.to_owned())];
    Put { metadata: tags.clone().into(), tags: tags.into(), ..Put::of(body.to_owned()) }
}

fn contents(subject: &Subject) -> BTreeMap<String, Content> {
    subject.lab().live(NAME).into_iter().map(|(key, live)| (key, live.content)).collect()
}

impl Rewrites {
    async fn new() -> Self {
        let subject = Subject::new(Server::with_lab("lab", asof::lab::Quirks::default()).await);
        subject.lab().create_bucket(NAME);
        for key in ["0", "a", "b"] {
            subject.lab().put(NAME, key, of("then", "then")).unwrap();
        }
        let at = subject.moment().await;
        for key in FIRST.into_iter().chain(KEYS) {
            subject.lab().put(NAME, key, of("now", "now")).unwrap();
        }
        subject.moment().await;
        let plan = subject.runs_dir().ancestors().nth(3).unwrap().join("a.plan").to_str().unwrap().to_owned();
        let typed = ["diff", URL, "--at", &at.to_string(), "--out", &plan, "--format", "json"];
        subject.asof(&typed).await.expect_code(0);
        let rewrite = |key: &str| (key.to_owned(), subject.lab().put(NAME, key, of("now", "them")).unwrap());
        let ids = KEYS.into_iter().map(rewrite).collect();
        let rewritten = contents(&subject);
        Self { subject, plan, rewritten, ids }
    }

    async fn restore(&self, more: &[&str]) -> Run {
        let typed = [
            "restore",
            "--plan",
            &self.plan,
            "--yes",
            "--allow-mass-delete",
            "--format",
            "json",
            "--concurrency",
            "1",
        ];
        self.subject.asof(&[&typed[..], more].concat()).await
    }

    fn run(&self) -> String {
        let run = std::fs::read_dir(self.subject.runs_dir()).unwrap().next().unwrap().unwrap();
        run.file_name().into_string().unwrap()
    }

    fn assert_reported(&self, run: &Run) {
        let line =
            |line: &serde_json::Value| (text(line, "key").to_owned(), text(line, "version_id").to_owned());
        let reported: BTreeMap<_, _> = run.of_type("superseded").iter().map(line).collect();
        assert_eq!(reported, self.ids, "{run}");
        assert_eq!(run.count("superseded"), 4, "{run}");
    }

    async fn assert_undone(&self) {
        let undone = self.subject.asof(&["undo", &self.run(), "--yes"]).await.expect_code(0);
        assert_eq!(contents(&self.subject), self.rewritten, "{undone}");
    }
}

/// If-Match sees an ETag, and equal bytes have an equal one.
#[test]
fn rewrites_with_equal_bytes_are_reported_and_an_undo_brings_them_back() {
    block_on(async {
        let rewrites = Rewrites::new().await;
        let restored = rewrites.restore(&[]).await.expect_code(3);
        rewrites.assert_reported(&restored);
        assert_eq!((restored.count("copied"), restored.count("deleted")), (3, 4), "{restored}");
        let resumed = rewrites.subject.asof(&["resume", &rewrites.run()]).await.expect_code(3);
        assert!(resumed.stderr.contains("4 writes were superseded"), "{resumed}");
        rewrites.assert_undone().await;
    });
}

#[test]
fn who_overwrites_conflicts_is_not_told_of_each_and_can_undo_them() {
    block_on(async {
        let rewrites = Rewrites::new().await;
        let restored = rewrites.restore(&["--on-conflict", "overwrite"]).await.expect_code(0);
        assert_eq!(restored.count("superseded"), 0, "{restored}");
        rewrites.assert_undone().await;
    });
}

/// A plan is applied without a listing: the first listing reads the superseded versions.
#[test]
fn a_run_that_is_killed_before_its_last_look_is_given_it_by_resume_and_by_undo() {
    block_on(async {
        for resumed in [true, false] {
            let rewrites = Rewrites::new().await;
            let process = Arc::new(Mutex::new(0));
            let victim = Arc::clone(&process);
            let faults = rewrites.subject.lab().faults();
            faults.before(Operation::ListObjectVersions, When::Nth(1), move || kill(*victim.lock().unwrap()));
            let typed =
                ["restore", "--plan", &rewrites.plan, "--yes", "--allow-mass-delete", "--concurrency", "1"];
            let killed = rewrites.subject.asof_and(&typed, move |id| *process.lock().unwrap() = id).await;
            assert_eq!(killed.code(), None, "{killed}");
            faults.clear();
            if resumed {
                let resume = ["resume", &rewrites.run(), "--format", "json"];
                rewrites.assert_reported(&rewrites.subject.asof(&resume).await.expect_code(3));
            }
            rewrites.assert_undone().await;
        }
    });
}

/// Versions removed by ID leave no trace: a copy that no longer exists is reported.
#[test]
fn a_version_missing_after_the_run_is_not_done() {
    block_on(async {
        let scene = Scene::new(3).await;
        let lab = Arc::downgrade(scene.lab_again());
        // Both keys have their new entries only when all changes are made: then comes the last look.
        scene.lab().faults().before(Operation::ListObjectVersions, When::Always, move || {
            let lab = lab.upgrade().unwrap();
            let entries = |key: &str| lab.versions(BUCKET, key).len();
            if (entries("over/0001"), entries("new/0002")) == (3, 2) {
                for key in ["over/0001", "new/0002"] {
                    let ours = lab.versions(BUCKET, key).remove(0);
                    assert!(lab.erase(BUCKET, key, &ours.version_id));
                }
            }
        });
        let restored = scene.restore().await.expect_code(3);
        assert_eq!(restored.count("failed"), 2, "{restored}");
        let keys: Vec<_> =
            restored.of_type("failure").iter().map(|line| text(line, "key").to_owned()).collect();
        assert_eq!(keys, ["new/0002", "over/0001"], "{restored}");
        scene.lab().faults().clear();
        let resumed = scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(0);
        assert_eq!(resumed.count("copied") + resumed.count("deleted"), scene.planned(), "{resumed}");
        scene.assert_restored("erased");
    });
}

/// The first copy and the first delete find out about conditions, and an answer without a result tells nothing of them.
#[test]
fn an_answer_without_a_result_does_not_switch_the_guard_off() {
    block_on(async {
        for operation in [Operation::CopyObject, Operation::DeleteObjects] {
            for instead in [Instead::Empty, Instead::Preamble, Instead::Half, Instead::BlanksAndError] {
                let scene = Scene::new(3).await;
                scene.strike(Rule::on(operation, Fault::NoResult(instead), When::Nth(1)));
                let restored = scene.restore().await.expect_code(0);
                assert!(
                    !restored.stderr.contains("ignores conditional"),
                    "{operation:?} {instead:?}: {restored}"
                );
                scene.assert_honest(&restored, &format!("{operation:?} {instead:?}"));
            }
        }
    });
}

/// A plan is a file that anyone may have written, and a version deleted by its ID is gone for good.
#[test]
fn a_plan_with_a_version_among_delete_markers_erases_nothing() {
    block_on(async {
        let subject = Subject::new(Server::with_lab("lab", asof::lab::Quirks::default()).await);
        subject.lab().create_bucket(NAME);
        let keys = ["a", "b", "odd\u{1}"];
        let old = keys.map(|key| subject.lab().put(NAME, key, of("older", "then")).unwrap());
        for key in keys {
            subject.lab().put(NAME, key, of("then", "then")).unwrap();
        }
        let at = subject.moment().await;
        for key in keys {
            subject.lab().delete(NAME, key);
        }
        let dir = subject.runs_dir().ancestors().nth(3).unwrap().to_owned();
        let (plan, forged) = (dir.join("a.plan"), dir.join("forged.plan"));
        let typed = ["diff", URL, "--at", &at.to_string(), "--undelete", "remove-marker", "--out"];
        subject.asof(&[&typed[..], &[plan.to_str().unwrap()]].concat()).await.expect_code(0);
        forge(&plan, &forged, &old[1..]);
        let typed = ["restore", "--plan", forged.to_str().unwrap(), "--yes", "--format", "json"];
        let restored = subject.asof(&typed).await.expect_code(3);
        assert_eq!((restored.count("markers_removed"), restored.count("failed")), (1, 2), "{restored}");
        for (key, id) in keys.iter().zip(&old) {
            let kept = subject.lab().versions(NAME, key).iter().any(|version| version.version_id == *id);
            assert!(kept, "{key:?} has lost a version: {restored}");
        }
    });
}

/// The same plan, but for ids that are added to the markers of its last changes.
fn forge(plan: &Path, forged: &Path, ids: &[String]) {
    let PlanFile { header, sums, trailer, changes, .. } = PlanFile::open(plan).unwrap();
    let mut writer = Writer::create(forged, &header).unwrap();
    let first = changes.len() - ids.len() as u64;
    for change in changes {
        let (n, mut change) = change.unwrap();
        let id = n.checked_sub(first).map(|n| ids[usize::try_from(n).unwrap()].clone());
        change.markers.extend(id);
        writer.push(&change).unwrap();
    }
    let seen = Seen { keys: trailer.keys, versions: trailer.versions };
    writer.finish(&sums, seen).unwrap();
}

/// A signal during the last copy: keys that were not checked are not reported as checked, and the undo checks them.
#[test]
fn a_run_that_is_stopped_before_its_last_look_does_not_say_that_it_was_taken() {
    block_on(async {
        for _ in 0..3 {
            let rewrites = Rewrites::new().await;
            let faults = rewrites.subject.lab().faults();
            let process = Arc::new(Mutex::new(0));
            let signalled = Arc::clone(&process);
            let copies = When::Nth(4);
            faults.before(Operation::CopyObject, copies, move || {
                let process = signalled.lock().unwrap().to_string();
                Command::new("kill").args(["-INT", &process]).output().unwrap();
            });
            faults.push(Rule::on(Operation::CopyObject, Fault::Delay(Duration::from_millis(500)), copies));
            let typed =
                ["restore", "--plan", &rewrites.plan, "--yes", "--allow-mass-delete", "--concurrency", "1"];
            let stopped = rewrites.subject.asof_and(&typed, move |id| *process.lock().unwrap() = id).await;
            let stopped = stopped.expect_code(130);
            faults.clear();
            let runs = rewrites.subject.asof(&["runs"]).await.expect_code(0);
            assert!(runs.stdout.contains("interrupted"), "{stopped} {runs}");
            rewrites.assert_undone().await;
        }
    });
}

/// As if the process was killed while S3 copies: the reply is lost, and the version below the copy is not the planned
/// one.
#[test]
fn an_undo_of_a_run_that_was_killed_brings_back_what_its_unheard_changes_lie_on() {
    block_on(async {
        let rewrites = Rewrites::new().await;
        let process = Arc::new(Mutex::new(0));
        let victim = Arc::clone(&process);
        let faults = rewrites.subject.lab().faults();
        // The probe and the copy of the first key, then that of the second.
        faults.before(Operation::CopyObject, When::Nth(3), move || kill(*victim.lock().unwrap()));
        let typed =
            ["restore", "--plan", &rewrites.plan, "--yes", "--allow-mass-delete", "--concurrency", "1"];
        let killed = rewrites.subject.asof_and(&typed, move |id| *process.lock().unwrap() = id).await;
        assert_eq!(killed.code(), None, "{killed}");
        faults.clear();
        // Keys that were rewritten before the run came to them are conflicts: an ETag does not prove that it did not.
        let undone = rewrites.subject.asof(&["undo", &rewrites.run(), "--yes"]).await.expect_code(3);
        assert_eq!(contents(&rewrites.subject), rewrites.rewritten, "{undone}");
        assert!(undone.stderr.contains(" 0 failed"), "{undone}");
        // And back again, with nothing of ours unnamed.
        let again = rewrites.subject.asof(&["undo", "latest", "--yes", "--format", "json"]).await;
        assert_eq!(again.expect_code(0).count("failed"), 0);
    });
}
