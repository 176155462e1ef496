//! State in a bucket: faults of its server, and objects that are damaged or left behind.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use asof::lab::{Fault, Operation, Quirks, Rule, When};

use super::block_on;
use super::bucket::{OPTIONS, SIZE, STATE, elsewhere, objects, restore, runs, scene, signal, with};
use super::cut::Cut;
use crate::faults::scene::IN_PARTS;

/// An answer that is lost leaves open whether an object was written; its writer finds out.
#[test]
fn a_lost_answer_is_not_taken_for_another_worker() {
    block_on(async {
        let scene = scene(SIZE).await;
        // After those of the probe: the plan, the manifest, and objects of the journal.
        for nth in 17..=20 {
            scene.lab().faults().push(Rule::on(Operation::PutObject, Fault::ReplyLost, When::Nth(nth)));
        }
        let restored = restore(&scene, &[]).await.expect_code(0);
        scene.assert_honest(&restored, "with lost answers");
        assert!(scene.lab().requests().of(Operation::HeadObject) > 0);
    });
}

/// An upload aborted by one resume is not aborted again by the next.
#[test]
fn uploads_that_were_left_are_forgotten_once_they_are_aborted() {
    block_on(async {
        let scene = scene(SIZE).await;
        let late = Fault::Delay(Duration::from_millis(400));
        scene.lab().faults().push(Rule::on(Operation::UploadPartCopy, late, When::Always));
        let options = [&IN_PARTS[..], &OPTIONS].concat();
        scene.restore_with_and(&options, Cut::StateAfter("/uploads/").arm(&scene)).await.expect_killed();
        scene.lab().faults().clear();
        let left = objects(&scene, "/uploads/");
        let resumed = elsewhere(&scene, "resume", "latest", &[]).await;
        scene.assert_honest(&resumed, "resumed");
        scene.assert_restored("resumed");
        let still: Vec<_> =
            objects(&scene, "/uploads/").into_iter().filter(|name| left.contains(name)).collect();
        assert!(!left.is_empty() && still.is_empty(), "{still:?} of {left:?}");
    });
}

/// A run whose objects were deleted in part is shown as damaged, and is no obstacle to the others.
#[test]
fn a_damaged_run_does_not_concern_the_others() {
    block_on(async {
        let scene = scene(SIZE).await;
        let first = restore(&scene, &[]).await.expect_code(0).summary()["run"].as_str().unwrap().to_owned();
        elsewhere(&scene, "undo", &first, &["--yes"]).await.expect_code(0);
        let last = restore(&scene, &[]).await.expect_code(0).summary()["run"].as_str().unwrap().to_owned();
        scene.lab().delete(STATE, &format!("asof/runs/{first}/journal/0000000001")).unwrap();
        let states: Vec<_> =
            runs(&scene).await.of_type("run").iter().map(|run| run["state"].clone()).collect();
        assert_eq!(states, ["damaged", "done", "done"]);
        elsewhere(&scene, "undo", &last, &["--yes"]).await.expect_code(0);
        scene.assert_undone("undone beside a damaged run");
    });
}

#[test]
fn a_store_that_ignores_conditions_is_refused() {
    block_on(async {
        let scene = with(SIZE, Quirks { ignores_conditions: true, ..Quirks::default() }).await;
        let refused = restore(&scene, &[]).await.expect_code(5);
        assert!(refused.stderr.contains("16 succeeded instead of one"), "{refused}");
        scene.assert_grown_by(0, "refused");
        assert_eq!(objects(&scene, ""), Vec::<String>::new());
    });
}

#[test]
fn a_journal_with_a_gap_is_not_resumed() {
    block_on(async {
        let scene = scene(SIZE).await;
        restore(&scene, &[]).await.expect_code(0);
        let run = runs(&scene).await.of_type("run").remove(0)["run"].as_str().unwrap().to_owned();
        scene.lab().delete(STATE, &format!("asof/runs/{run}/journal/0000000001")).unwrap();
        let before = scene.versions();
        for command in ["resume", "undo"] {
            let refused =
                elsewhere(&scene, command, &run, if command == "undo" { &["--yes"] } else { &[] }).await;
            assert!(refused.expect_code(1).stderr.contains("object 1 is missing"));
        }
        assert_eq!(scene.versions(), before);
    });
}

/// A server that never decides between two conditional writes has not said that the other one was made.
#[test]
fn writes_that_conflict_for_ever_are_not_taken_for_another_worker() {
    block_on(async {
        let scene = scene(SIZE).await;
        // From the first object of the journal on.
        for nth in 19..60 {
            scene.lab().faults().push(Rule::on(Operation::PutObject, Fault::Conflict, When::Nth(nth)));
        }
        let failed = restore(&scene, &[]).await.expect_code(1);
        assert!(!failed.stderr.contains("another worker"), "{failed}");
        assert!(failed.stderr.contains("ConditionalRequestConflict"), "{failed}");
        scene.assert_grown_by(0, "nothing was announced");
        scene.lab().faults().clear();
        let resumed = elsewhere(&scene, "resume", "latest", &[]).await;
        scene.assert_honest(&resumed, "resumed");
        scene.assert_restored("resumed");
    });
}

/// SIGTERM does not wait for a server that answers no write of the state.
#[test]
fn a_signal_does_not_wait_for_the_state() {
    block_on(async {
        let scene = Arc::new(scene(SIZE).await);
        // The first object of the journal, and every one after it.
        for nth in 19..60 {
            let stalled = Fault::Delay(Duration::from_mins(1));
            scene.lab().faults().push(Rule::on(Operation::PutObject, stalled, When::Nth(nth)));
        }
        let (pid, restored) = (Arc::new(OnceLock::new()), Arc::clone(&scene));
        let told = Arc::clone(&pid);
        scene.lab().requests().reset();
        let restored = tokio::spawn(async move {
            restored.restore_with_and(&OPTIONS, move |process| told.set(process).unwrap()).await
        });
        while scene.lab().requests().of(Operation::PutObject) < 19 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let asked = Instant::now();
        signal(*pid.get().unwrap(), "TERM");
        let stopped = restored.await.unwrap().expect_code(130);
        // A worker is promised to end within this time.
        assert!(asked.elapsed() < Duration::from_secs(10), "{stopped}");
        scene.lab().faults().clear();
        let resumed = elsewhere(&scene, "resume", "latest", &[]).await;
        scene.assert_honest(&resumed, "resumed");
        scene.assert_restored("resumed");
    });
}
