//! Runs in several lanes: killed, resumed with another `--lanes`, and undone.

use std::time::Duration;

use asof::lab::{Operation, Partitions};

use super::cut::{Cut, newest};
use super::{block_on, slow_down};
use crate::faults::scene::{BUCKET, Scene};

const SIZE: usize = 12;

/// The number of lanes in the journal of the newest run; `None` in key order.
fn kept_lanes(scene: &Scene) -> Option<u64> {
    let journal =
        std::fs::read_to_string(newest(&scene.subject.runs_dir()).unwrap().join("journal")).unwrap();
    let (_crc, record) = journal.lines().next().unwrap().split_once(' ').unwrap();
    serde_json::from_str::<serde_json::Value>(record).unwrap()["lanes"].as_u64()
}

/// Returns the changed keys in the order in which a run with this many lanes takes them.
fn dealt(scene: &Scene, lanes: usize) -> Vec<String> {
    let keys: Vec<_> = scene.changed().iter().cloned().collect();
    let (each, extra) = (keys.len() / lanes, keys.len() % lanes);
    let mut rest = &keys[..];
    let lanes: Vec<_> = (0..lanes)
        .map(|lane| {
            let (lane, others) = rest.split_at(each + usize::from(lane < extra));
            rest = others;
            lane
        })
        .collect();
    let rounds = (0..=each).flat_map(|round| lanes.iter().filter_map(move |lane| lane.get(round)));
    rounds.cloned().collect()
}

#[test]
fn keys_are_written_in_the_order_of_the_lanes() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        scene.lab().requests().keep_accesses();
        scene.run("restore", &["--yes", "--lanes", "5", "--concurrency", "1"]).await.expect_code(0);
        let accesses = scene.lab().requests().take_accesses();
        let copied = accesses
            .iter()
            .filter(|access| access.operation == Operation::CopyObject && !access.copied_from)
            .filter_map(|access| access.key.clone());
        let mut copied: Vec<_> = copied.collect();
        // The first copy tries a condition that cannot hold, and is sent again.
        copied.dedup();
        let expected: Vec<_> = dealt(&scene, 5).into_iter().filter(|key| copied.contains(key)).collect();
        assert!(copied.len() > 3 * SIZE && copied == expected, "{copied:?}");
        assert_eq!(kept_lanes(&scene), Some(5));
        scene.assert_restored("five lanes");
    });
}

/// A small plan gains nothing from several lanes.
#[test]
fn a_small_plan_is_applied_in_key_order() {
    block_on(async {
        let scene = Scene::new(2).await;
        scene.restore().await.expect_code(0);
        assert_eq!(kept_lanes(&scene), None);
    });
}

#[test]
fn a_killed_run_keeps_its_lanes() {
    block_on(async {
        for options in [&[][..], &["--undelete", "remove-marker"]] {
            let what = format!("{options:?}");
            let scene = Scene::new(SIZE).await;
            slow_down(&scene, Duration::from_millis(5));
            let lanes = [&["--concurrency", "4", "--lanes", "4"], options].concat();
            scene.restore_with_and(&lanes, Cut::Write(15).arm(&scene)).await.expect_killed();
            scene.lab().faults().clear();
            let run = scene.runs().remove(0);
            let resumed = scene.on_run("resume", &run, &["--lanes", "7"]).await.expect_code(0);
            scene.assert_honest(&resumed, &what);
            scene.assert_restored(&what);
            scene.assert_grown_by(1, &what);
            assert_eq!(kept_lanes(&scene), Some(4), "{what}");
            scene.on_run("undo", &run, &["--yes", "--lanes", "3"]).await.expect_code(0);
            scene.assert_undone(&what);
            scene.assert_grown_by(2, &what);
        }
    });
}

/// An undo reads the intents of a run in the order of that run's lanes: a change that was not taken is not undone.
#[test]
fn a_killed_run_in_lanes_is_undone() {
    block_on(async {
        for cut in [2, 9, 20] {
            let what = format!("killed by write {cut}");
            let scene = Scene::new(SIZE).await;
            slow_down(&scene, Duration::from_millis(5));
            let lanes = ["--concurrency", "3", "--lanes", "6"];
            scene.restore_with_and(&lanes, Cut::Write(cut).arm(&scene)).await.expect_killed();
            scene.lab().faults().clear();
            let run = scene.runs().remove(0);
            scene.on_run("undo", &run, &["--yes"]).await.expect_code(0);
            scene.assert_undone(&what);
            scene.assert_grown_by(2, &what);
        }
    });
}

/// Throttled writes are sent again, whatever partition they are in, and none is lost.
#[test]
fn partitions_that_throttle_delay_a_run_and_no_more() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let bounds = ["new/", "over/", "retyped/"].map(str::to_owned).to_vec();
        scene.lab().partition(BUCKET, Partitions { bounds, writes_per_second: 10 });
        let restored = scene.run("restore", &["--yes", "--lanes", "4"]).await.expect_code(0);
        assert!(scene.lab().throttled(BUCKET) > 0, "{restored}");
        scene.assert_honest(&restored, "throttled");
        scene.assert_restored("throttled");
        scene.assert_grown_by(1, "throttled");
    });
}
