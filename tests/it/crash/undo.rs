//! Undo of a restore: content, metadata and tags of every key come back, except for keys changed by others since.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use asof::lab::{Operation, Put, When};
use futures::{StreamExt as _, stream};

use super::cut::Cut;
use super::{WRITES, block_on, kill, slow_down};
use crate::faults::scene::{BUCKET, IN_PARTS, Scene};
use crate::support::{Run, text};

const SIZE: usize = 12;

async fn undo(scene: &Scene, run: &str, code: i32, more: &[&str]) -> Run {
    scene.on_run("undo", run, &[&["--yes"], more].concat()).await.expect_code(code)
}

fn newest(scene: &Scene) -> String {
    let order =
        |run: &String| std::fs::metadata(scene.subject.runs_dir().join(run)).unwrap().created().unwrap();
    scene.runs().into_iter().max_by_key(order).unwrap()
}

fn conflicts(run: &Run) -> BTreeSet<String> {
    run.of_type("conflict").iter().map(|line| text(line, "key").to_owned()).collect()
}

/// There and back, and there again.
async fn there_and_back(restore: &[&str], back: &[&str]) {
    let what = format!("{restore:?} {back:?}");
    let scene = Scene::new(SIZE).await;
    scene.run("restore", &[&["--yes"], restore].concat()).await.expect_code(0);
    scene.assert_restored(&what);
    let restored = newest(&scene);
    undo(&scene, &restored, 0, back).await;
    scene.assert_undone(&what);
    scene.assert_grown_by(2, &what);
    let undone = newest(&scene);
    undo(&scene, &undone, 0, back).await;
    scene.assert_restored(&what);
    let again = newest(&scene);
    undo(&scene, &again, 0, back).await;
    scene.assert_undone(&what);

    // A second undo changes nothing; for a marker that is gone, the server reports that it was removed.
    let versions = scene.versions();
    let nothing = undo(&scene, &again, 0, back).await;
    let (skipped, markers_removed) = (nothing.count("skipped"), nothing.count("markers_removed"));
    assert_eq!(skipped + markers_removed, scene.planned(), "{what}: {nothing}");
    assert_eq!(scene.versions(), versions, "{what}: {nothing}");
}

#[test]
fn there_and_back_and_there_again() {
    block_on(async {
        tokio::join!(
            there_and_back(&[], &[]),
            there_and_back(&[], &["--undelete", "copy"]),
            there_and_back(&["--undelete", "remove-marker"], &[]),
            there_and_back(&["--undelete", "remove-marker"], &["--undelete", "copy"]),
        );
    });
}

#[test]
fn keys_changed_since_are_left_unchanged() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        scene.restore().await.expect_code(0);
        let lab = scene.lab();
        let keys = ["over/0001", "gone/0001", "new/0001", "retyped/0001", "odd\u{1}/1"];
        for key in keys {
            lab.put(BUCKET, key, Put::of("theirs")).unwrap();
        }
        lab.delete(BUCKET, "over/0002").unwrap();
        let theirs: BTreeSet<_> = keys.iter().chain(&["over/0002"]).map(ToString::to_string).collect();
        let undone = undo(&scene, &newest(&scene), 3, &[]).await;
        assert_eq!(conflicts(&undone), theirs, "{undone}");
        assert_eq!(undone.count("conflicts"), 6, "{undone}");
        scene.assert_undone_but_for(&theirs, "undo");
        for key in keys {
            assert_eq!(lab.live(BUCKET)[key].content.body, "theirs", "{key:?}");
        }
        assert!(!lab.live(BUCKET).contains_key("over/0002"));
    });
}

/// Another client writes these keys after the plan is made and before it is applied, and deletes the other key.
fn write_before_the_first_write(scene: &Scene, keys: &'static [&'static str], deleted: &'static str) {
    let once = Arc::new(Once::new());
    for operation in WRITES {
        let (lab, once) = (Arc::downgrade(scene.lab_again()), Arc::clone(&once));
        scene.lab().faults().before(operation, When::Nth(1), move || {
            once.call_once(|| {
                let lab = lab.upgrade().unwrap();
                for key in keys {
                    lab.put(BUCKET, key, Put::of("theirs")).unwrap();
                }
                lab.delete(BUCKET, deleted).unwrap();
            });
        });
    }
}

/// Versions overwritten by `--on-conflict overwrite` come back, not those that the plan saw.
#[test]
fn what_was_overwritten_comes_back() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let theirs = &["over/0003", "gone/0003", "new/0003", "odd\u{1}/3"];
        write_before_the_first_write(&scene, theirs, "over/0004");
        scene.run("restore", &["--yes", "--on-conflict", "overwrite"]).await.expect_code(0);
        scene.assert_restored("overwritten");
        undo(&scene, &newest(&scene), 0, &[]).await;
        let live = scene.lab().live(BUCKET);
        for key in theirs {
            assert_eq!(live[*key].content.body, "theirs", "{key:?}");
        }
        assert!(!live.contains_key("over/0004"));
        let theirs = theirs.iter().chain(&["over/0004"]).map(ToString::to_string).collect();
        scene.assert_undone_but_for(&theirs, "overwritten");
    });
}

/// The same if the process was killed that knew the result: the server has executed its request, and the reply was lost.
async fn what_was_overwritten_unheard_comes_back(n: u64) {
    let what = format!("overwriting, killed by request {n}");
    let scene = Scene::new(3).await;
    let theirs = &["over/0001", "gone/0001", "new/0001", "retyped/0001"];
    write_before_the_first_write(&scene, theirs, "over/0002");
    let options = ["--on-conflict", "overwrite", "--concurrency", "1"];
    scene.restore_with_and(&options, Cut::Write(n).arm(&scene)).await.expect_killed();
    scene.lab().faults().clear();
    let run = newest(&scene);
    scene.on_run("resume", &run, &["--on-conflict", "overwrite"]).await.expect_code(0);
    scene.assert_restored(&what);
    undo(&scene, &run, 0, &[]).await;
    let live = scene.lab().live(BUCKET);
    for key in theirs {
        assert_eq!(live[*key].content.body, "theirs", "{what}: {key:?}");
    }
    assert!(!live.contains_key("over/0002"), "{what}");
    let theirs = theirs.iter().chain(&["over/0002"]).map(ToString::to_string).collect();
    scene.assert_undone_but_for(&theirs, &what);
}

#[test]
fn what_was_overwritten_by_a_killed_run_comes_back() {
    block_on(async {
        let cases = stream::iter(2..=16).map(what_was_overwritten_unheard_comes_back);
        cases.buffer_unordered(4).collect::<Vec<()>>().await;
    });
}

/// A key left as a conflict may be changed by a later resume, whose reply is lost too.
async fn what_a_killed_resume_overwrote_comes_back(n: u64) {
    let what = format!("conflicts overwritten by a resume, killed by request {n}");
    let scene = Scene::new(3).await;
    let theirs = &["over/0001", "gone/0001", "new/0001", "retyped/0001"];
    write_before_the_first_write(&scene, theirs, "over/0002");
    let run = scene.restore().await.expect_code(3);
    assert_eq!(run.count("conflicts"), 5, "{what}: {run}");
    scene.lab().faults().clear();
    let run = newest(&scene);
    let resume =
        ["resume", &run, "--on-conflict", "overwrite", "--concurrency", "1", "--yes", "--format", "json"];
    scene.subject.asof_and(&resume, Cut::Write(n).arm(&scene)).await.expect_killed();
    scene.lab().faults().clear();
    let undone = scene.on_run("undo", &run, &["--yes"]).await;
    let theirs: BTreeSet<_> = theirs.iter().chain(&["over/0002"]).map(ToString::to_string).collect();
    assert!(conflicts(&undone).is_subset(&theirs), "{what}: {undone}");
    assert_eq!(undone.count("failed"), 0, "{what}: {undone}");
    let live = scene.lab().live(BUCKET);
    for key in &theirs {
        let body = live.get(key).map(|live| String::from_utf8_lossy(&live.content.body).into_owned());
        assert_eq!(body.as_deref(), (key != "over/0002").then_some("theirs"), "{what}: {key:?}: {undone}");
    }
    scene.assert_undone_but_for(&theirs, &what);
}

#[test]
fn an_undo_covers_what_a_killed_resume_overwrote() {
    block_on(async {
        let cases = stream::iter(1..=7).map(what_a_killed_resume_overwrote_comes_back);
        cases.buffer_unordered(4).collect::<Vec<()>>().await;
    });
}

/// An undone run is never resumed, and its unfinished uploads would cost money until they are aborted.
#[test]
fn an_undo_of_a_killed_run_aborts_its_multipart_uploads() {
    block_on(async {
        let scene = Scene::new(3).await;
        let process = Arc::new(Mutex::new(0));
        let victim = Arc::clone(&process);
        let faults = scene.lab().faults();
        faults.before(Operation::UploadPartCopy, When::Nth(2), move || kill(*victim.lock().unwrap()));
        let options = [&IN_PARTS[..], &["--concurrency", "1"]].concat();
        let killed = scene.restore_with_and(&options, move |id| *process.lock().unwrap() = id).await;
        let killed = killed.expect_killed();
        faults.clear();
        assert!(scene.lab().count_parts(BUCKET) > 0, "{killed}");
        let run = newest(&scene);
        let uploads = scene.subject.runs_dir().join(&run).join("uploads");
        std::fs::File::options().append(true).open(uploads).unwrap().write_all(b"damaged\n").unwrap();
        let undone = undo(&scene, &run, 0, &[]).await;
        assert_eq!(scene.lab().count_uploads(BUCKET), 0, "{undone}");
        assert!(undone.stderr.contains("multipart uploads recorded there may be unfinished"), "{undone}");
        scene.assert_undone("killed while it copied in parts");
    });
}

/// Killed at its n-th request, resumed, and killed again.
async fn killed_and_resumed(n: u64) {
    let what = format!("undo killed by request {n}");
    let scene = Scene::new(3).await;
    scene.restore().await.expect_code(0);
    let run = newest(&scene);
    slow_down(&scene, Duration::from_millis(5));
    let arguments = ["undo", &run, "--yes", "--format", "json", "--concurrency", "2"];
    scene.subject.asof_and(&arguments, Cut::Write(n).arm(&scene)).await.expect_killed();
    scene.lab().faults().clear();
    let back = newest(&scene);
    let arguments = ["resume", &back, "--format", "json", "--concurrency", "2"];
    scene.subject.asof_and(&arguments, Cut::Write(n / 2 + 1).arm(&scene)).await;
    scene.lab().faults().clear();
    let undone = scene.on_run("resume", &back, &[]).await.expect_code(0);
    let done = ["copied", "deleted", "markers_removed", "skipped"].map(|count| undone.count(count));
    assert_eq!(done.iter().sum::<u64>(), scene.planned(), "{what}: {undone}");
    scene.assert_undone(&what);
    scene.assert_grown_by(2, &what);
}

#[test]
fn an_undo_that_is_killed_goes_on() {
    block_on(async {
        let cases = stream::iter(1..=8).map(killed_and_resumed);
        cases.buffer_unordered(4).collect::<Vec<()>>().await;
    });
}

/// Undoes a killed run as it is, including changes that its journal does not contain.
async fn of_a_run_that_was_killed(n: u64, restore: &[&str]) {
    let what = format!("restore {restore:?} killed by request {n}, and taken back");
    let scene = Scene::new(3).await;
    slow_down(&scene, Duration::from_millis(5));
    let options = [restore, &["--concurrency", "4"]].concat();
    scene.restore_with_and(&options, Cut::Write(n).arm(&scene)).await.expect_killed();
    scene.lab().faults().clear();
    let undone = undo(&scene, &newest(&scene), 0, &[]).await;
    assert_eq!(undone.count("conflicts") + undone.count("failed"), 0, "{what}: {undone}");
    scene.assert_undone(&what);
    scene.assert_grown_by(2, &what);
}

#[test]
fn a_run_that_was_killed_is_taken_back() {
    block_on(async {
        let options: [&[&str]; 2] = [&[], &["--undelete", "remove-marker"]];
        let cases = options.into_iter().flat_map(|options| (1..=11).step_by(2).map(move |n| (n, options)));
        let cases = stream::iter(cases).map(|(n, options)| of_a_run_that_was_killed(n, options));
        cases.buffer_unordered(4).collect::<Vec<()>>().await;
    });
}
