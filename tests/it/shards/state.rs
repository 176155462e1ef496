//! Workers whose state is in a bucket.

use std::time::Duration;

use asof::lab::{Fault, Operation, Rule, When};

use super::Cluster;
use super::sets::shards;
use crate::crash::{block_on, kill};
use crate::faults::scene::Scene;

const STATE: [&str; 2] = ["--state-dir", "s3://state/asof"];

async fn cluster(shards: u32) -> Cluster {
    let cluster = Cluster::of(Scene::new(8).await, shards).await;
    cluster.scene.lab().create_bucket("state");
    cluster
}

/// Returns the number of objects of a shard's run whose names contain `part`.
fn objects(cluster: &Cluster, part: &str) -> usize {
    let run = format!("runs/{}/", cluster.run_id(0));
    let state = cluster.scene.lab().live("state");
    state.keys().filter(|key| key.contains(&run) && key.contains(part)).count()
}

/// The same command resumes the shard, wherever its worker was killed.
#[test]
fn a_worker_that_is_killed_by_any_write_of_its_state() {
    block_on(async {
        for part in ["plan-", "run.json", "journal/0000000001", "journal/0000000002"] {
            let cluster = cluster(1).await;
            for operation in [Operation::CopyObject, Operation::PutObject] {
                let late = Fault::Delay(Duration::from_millis(50));
                cluster.scene.lab().faults().push(Rule::on(operation, late, When::Always));
            }
            let lab = std::sync::Arc::clone(cluster.scene.lab_again());
            let kill_when_there = move |process| {
                let began = std::time::Instant::now();
                let is_there = || lab.live("state").keys().any(|key| key.contains(part));
                while !is_there() && began.elapsed() < Duration::from_secs(20) {
                    std::thread::sleep(Duration::from_micros(200));
                }
                kill(process);
            };
            let few = [&STATE[..], &["--concurrency", "1"]].concat();
            cluster.work_and(0, &few, kill_when_there).await.expect_killed();
            assert!(objects(&cluster, part) > 0, "{part}");
            cluster.scene.lab().faults().clear();
            cluster.work(0, &STATE).await.expect_code(0);
            cluster.scene.assert_restored(part);
            cluster.scene.assert_grown_by(1, part);
            let done = cluster.work(0, &STATE).await.expect_code(0);
            assert!(done.stderr.contains("already applied: run "), "{done}");
        }
    });
}

/// Two tasks of one index: one of them applies the shard, and the other stops or finds it applied.
#[test]
fn two_workers_of_one_shard() {
    block_on(async {
        let cluster = cluster(1).await;
        let (one, other) = tokio::join!(cluster.work(0, &STATE), cluster.work(0, &STATE));
        for run in [&one, &other] {
            assert!(matches!(run.code(), Some(0 | 3)), "{run}");
        }
        assert!(one.code() == Some(0) || other.code() == Some(0), "{one}\n{other}");
        cluster.scene.assert_restored("two workers of one shard");
        cluster.scene.assert_grown_by(1, "two workers of one shard");
    });
}

/// Each command about a set finds the runs of its shards in the bucket.
#[test]
fn a_set_is_resumed_and_undone_with_its_state_in_a_bucket() {
    block_on(async {
        let cluster = cluster(3).await;
        let yes = [&STATE[..], &["--yes"]].concat();
        cluster.work(1, &STATE).await.expect_code(0);
        let progress = cluster.on_set("runs", &STATE).await.expect_code(0).summary();
        assert_eq!(["applied", "not_begun"].map(|state| shards(&progress, state)), [1, 2], "{progress}");
        let none = cluster.on_set("runs", &[]).await.expect_code(0).summary();
        assert_eq!(shards(&none, "not_begun"), 3, "a directory without runs: {none}");

        cluster.on_set("resume", &yes).await.expect_code(0);
        cluster.scene.assert_restored("after the resume");
        cluster.scene.assert_grown_by(1, "after the resume");
        let progress = cluster.on_set("runs", &STATE).await.expect_code(0).summary();
        assert_eq!((shards(&progress, "applied"), &progress["left"]), (3, &0.into()), "{progress}");
        cluster.on_set("verify", &[]).await.expect_code(0);

        let undo = cluster.path("undo");
        let out = [&STATE[..], &["--out", undo.to_str().unwrap()]].concat();
        cluster.on_set("undo", &out).await.expect_code(0);
        let worked = ["--shard", "2", "--yes", STATE[0], STATE[1]];
        cluster.on("work", "undo", &worked).await.expect_code(0);
        cluster.on("resume", "undo", &yes).await.expect_code(0);
        cluster.scene.assert_undone("after the undo");
        let progress = cluster.on_set("runs", &STATE).await.expect_code(0).summary();
        assert_eq!(shards(&progress, "undone"), 3, "{progress}");
        let refused = cluster.work(0, &STATE).await.expect_code(5);
        assert!(refused.stderr.contains("was undone by run"), "{refused}");
        assert!(!cluster.scene.subject.runs_dir().exists(), "a run in a directory");
    });
}
