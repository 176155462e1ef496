//! Another client writes during a restore: none of its versions is superseded, and the report tells exactly which came
//! first.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asof::lab::{Operation, Put, Quirks, When};
use fastrand::Rng;

use super::{block_on, slow_down};
use crate::faults::scene::{BUCKET, Scene};
use crate::support::{Run, text};

const THEIRS: &str = "theirs";

/// The entries made by a writer, by key: the ID of the version or delete marker.
type Written = Arc<Mutex<Vec<(String, String)>>>;

/// Writes to a key, and records the write.
fn write(lab: &asof::lab::Lab, key: &str, written: &Written) {
    let id = lab.put(BUCKET, key, Put::of(format!("{THEIRS} {key}"))).unwrap();
    written.lock().unwrap().push((key.to_owned(), id));
}

/// No write is superseded; the conflicts are the keys that were written before asof reached them.
fn assert_left_alone(scene: &Scene, run: &Run, written: &Written) -> usize {
    let live = scene.lab().live(BUCKET);
    let (mut before, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (key, id) in written.lock().unwrap().iter() {
        assert_eq!(live.get(key).map(|object| &object.version_id), Some(id), "buried at {key:?}: {run}");
        all.insert(key.clone());
        let history = scene.lab().versions(BUCKET, key);
        let below = &history[1];
        if scene.held(key, &below.version_id) {
            before.insert(key.clone());
        }
    }
    let conflicts: BTreeSet<_> =
        run.of_type("conflict").iter().map(|line| text(line, "key").to_owned()).collect();
    assert_eq!(conflicts, before, "{run}");
    assert_eq!(run.count("conflicts"), conflicts.len() as u64, "{run}");
    let done = run.count("copied") + run.count("deleted") + run.count("skipped");
    assert_eq!(done + run.count("conflicts") + run.count("failed"), scene.planned(), "{run}");
    scene.assert_right_but_for(&all, "writers");
    conflicts.len()
}

/// One key in a hundred, as the restore goes on.
#[test]
fn one_key_in_a_hundred() {
    block_on(async {
        let scene = Scene::new(300).await;
        slow_down(&scene, Duration::from_millis(2));
        let mut keys: Vec<_> = scene.changed().iter().cloned().collect();
        Rng::with_seed(7).shuffle(&mut keys);
        keys.truncate(keys.len() / 100 + 10);
        let count = keys.len();
        let (written, next) = (Written::default(), AtomicUsize::new(0));
        let (lab, taken_down) = (Arc::downgrade(scene.lab_again()), Arc::clone(&written));
        let every = scene.planned() / count as u64 / 2;
        scene.lab().faults().before(Operation::CopyObject, When::Every(every), move || {
            if let Some(key) = keys.get(next.fetch_add(1, Ordering::SeqCst)) {
                write(&lab.upgrade().unwrap(), key, &taken_down);
            }
        });
        let restored = scene.restore_with_and(&["--concurrency", "8"], |_| ()).await;
        let conflicts = assert_left_alone(&scene, &restored, &written);
        assert!((1..count).contains(&conflicts), "{conflicts} of {count} came before: {restored}");
        assert_eq!(restored.code(), Some(3), "{restored}");

        // Resuming, which reaches the same keys again, changes nothing either.
        let run = scene.runs().remove(0);
        let resumed = scene.on_run("resume", &run, &[]).await.expect_code(3);
        assert_left_alone(&scene, &resumed, &written);
        // Unless `--on-conflict` says so.
        let over = scene.on_run("resume", &run, &["--on-conflict", "overwrite"]).await.expect_code(0);
        assert_eq!(over.count("conflicts"), 0, "{over}");
    });
}

/// A write between the read of a key and its change can be missed; writes to other keys are seen.
#[test]
fn on_a_server_that_ignores_conditions() {
    block_on(async {
        let quirks = Quirks { ignores_conditions: true, ..Quirks::default() };
        let scene = Scene::with(100, quirks).await;
        let written = Written::default();
        let (lab, taken_down) = (Arc::downgrade(scene.lab_again()), Arc::clone(&written));
        let next = AtomicUsize::new(0);
        scene.lab().faults().before(Operation::CopyObject, When::First(4), move || {
            // In key order and one at a time, so far from the requests in progress.
            let n = 10 + next.fetch_add(1, Ordering::SeqCst);
            for key in [format!("over/{n:04}"), format!("new/{n:04}")] {
                write(&lab.upgrade().unwrap(), &key, &taken_down);
            }
        });
        let restored = scene.restore_with_and(&["--concurrency", "1"], |_| ()).await;
        let restored = restored.expect_code(3);
        assert_eq!(assert_left_alone(&scene, &restored, &written), 8, "{restored}");
        let told = restored.stderr.matches("ignores conditional writes").count();
        assert_eq!(told, 1, "{restored}");
        scene.assert_grown_by(1, "writers");
    });
}
