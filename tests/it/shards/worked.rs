//! `asof work`: several workers at once, killed and started again.

use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use asof::lab::{Fault, Operation, Put, Rule, When};

use super::Cluster;
use crate::crash::{block_on, kill};
use crate::faults::scene::{BUCKET, Scene};
use crate::support::schema::hold_to_schema;

fn slow_down(scene: &Scene, delay: Duration) {
    for operation in [Operation::CopyObject, Operation::DeleteObjects] {
        scene.lab().faults().push(Rule::on(operation, Fault::Delay(delay), When::Always));
    }
}

/// Four processes at once; one is killed, and its command given again.
#[test]
fn four_workers_of_which_one_is_killed() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(60).await, 4).await;
        slow_down(&cluster.scene, Duration::from_millis(5));
        let journal = cluster.run_dir(1).join("journal");
        let kill_when_begun = move |process| {
            let began = Instant::now();
            let records = || std::fs::read_to_string(&journal).unwrap_or_default().lines().count();
            while records() < 6 && began.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(1));
            }
            kill(process);
        };
        let few = ["--concurrency", "2"];
        let (first, killed, third, fourth) = tokio::join!(
            cluster.work(0, &few),
            cluster.work_and(1, &few, kill_when_begun),
            cluster.work(2, &few),
            cluster.work(3, &few),
        );
        killed.expect_killed();
        let again = cluster.work(1, &few).await;
        let mut settled = 0;
        for (shard, run) in (0..).zip([first, again, third, fourth]) {
            let run = run.expect_code(0);
            assert_eq!(run.summary()["run"], cluster.run_id(shard), "{run}");
            settled += run.count("copied") + run.count("deleted") + run.count("skipped");
        }
        assert_eq!(settled, cluster.scene.planned());
        cluster.scene.assert_restored("after four workers");
        cluster.scene.assert_grown_by(1, "four workers");

        let writes = || {
            let requests = cluster.scene.lab().requests();
            requests.of(Operation::CopyObject) + requests.of(Operation::DeleteObjects)
        };
        let before = writes();
        for shard in 0..4 {
            let done = cluster.work(shard, &[]).await.expect_code(0);
            assert!(done.stderr.contains("already applied: run "), "{done}");
            assert!(done.count("copied") + done.count("deleted") > 0, "{done}");
        }
        assert_eq!(writes(), before);
        let runs = cluster.scene.subject.asof(&["runs", "--json"]).await.expect_code(0);
        let states: Vec<_> = runs.of_type("run").iter().map(|run| run["state"].clone()).collect();
        assert_eq!(states, ["done"; 4]);
    });
}

#[test]
fn a_shard_is_undone_like_any_run() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(20).await, 2).await;
        for shard in 0..2 {
            cluster.work(shard, &[]).await.expect_code(0);
        }
        cluster.scene.assert_restored("before the undo");
        for shard in 0..2 {
            cluster.scene.on_run("undo", &cluster.run_id(shard), &["--yes"]).await.expect_code(0);
        }
        cluster.scene.assert_undone("after the undo");
        // A task that is restarted does not make the changes again.
        let refused = cluster.work(0, &[]).await.expect_code(5);
        assert!(refused.stderr.contains("was undone by run"), "{refused}");
        cluster.scene.assert_undone("after another task");
    });
}

/// An undo that left a key to a writer is not done, and yet has undone all the others.
#[test]
fn a_shard_that_is_undone_in_part_is_neither_applied_nor_applied_again() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(20).await, 2).await;
        for shard in 0..2 {
            cluster.work(shard, &[]).await.expect_code(0);
        }
        cluster.scene.lab().put(BUCKET, "over/0001", Put::of("writer")).unwrap();
        let mut in_part = 0;
        for shard in 0..2 {
            let undo = cluster.scene.on_run("undo", &cluster.run_id(shard), &["--yes"]).await;
            in_part += usize::from(undo.code() == Some(3));
            let refused = cluster.work(shard, &[]).await.expect_code(5);
            assert!(refused.stderr.contains("was undone by run"), "{refused}");
        }
        assert_eq!(in_part, 1);
    });
}

/// A bucket of the same name on another server is another bucket.
#[test]
fn a_shard_that_was_applied_elsewhere_is_not_applied() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(3).await, 2).await;
        cluster.work(0, &[]).await.expect_code(0);
        let runs = cluster.scene.subject.runs_dir();
        let (set, state) = (cluster.set(), runs.parent().unwrap());
        let other = Scene::new(3).await;
        let work = ["work", set.to_str().unwrap(), "--shard", "0", "--yes", "--state-dir"];
        let refused = other.subject.asof(&[&work[..], &[state.to_str().unwrap()]].concat()).await;
        let refused = refused.expect_code(5);
        assert!(refused.stderr.contains("was begun on another server"), "{refused}");
        other.assert_undone("on the other server");
    });
}

/// A worker that is busy keeps out a second one on its shard, and commands that are not workers of the same set.
#[test]
fn a_busy_shard_is_left_unchanged() {
    block_on(async {
        let cluster = Arc::new(Cluster::of(Scene::new(30).await, 2).await);
        assert_eq!(cluster.save("other", "3").await.code(), Some(0));
        slow_down(&cluster.scene, Duration::from_millis(500));
        let pid = Arc::new(OnceLock::new());
        let (busy, told) = (Arc::clone(&cluster), Arc::clone(&pid));
        let worker = tokio::spawn(async move {
            busy.work_and(0, &["--concurrency", "1"], move |process| told.set(process).unwrap()).await
        });
        let journal = cluster.run_dir(0).join("journal");
        while !journal.exists() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let second = cluster.work(0, &[]).await.expect_code(5);
        assert!(second.stderr.contains("another process is working on the run"), "{second}");
        let restore = cluster.scene.restore().await.expect_code(5);
        assert!(
            restore.stderr.contains("another process is working on s3://scene: the worker "),
            "{restore}"
        );
        let other = cluster.path("other");
        let other = ["work", other.to_str().unwrap(), "--shard", "1", "--yes"];
        cluster.scene.subject.asof(&other).await.expect_code(5);
        let beside = cluster.work(1, &[]).await.expect_code(0);
        assert!(!worker.is_finished(), "the first worker was too fast for this test: {beside}");
        let stopped = Command::new("kill").args(["-TERM", &pid.get().unwrap().to_string()]).status().unwrap();
        assert!(stopped.success());
        let asked = Instant::now();
        let stopped = worker.await.unwrap().expect_code(130);
        assert!(asked.elapsed() < Duration::from_secs(10), "{stopped}");
        assert!(stopped.stderr.contains("stopping"), "{stopped}");
        cluster.scene.lab().faults().clear();
        cluster.work(0, &[]).await.expect_code(0);
        cluster.scene.assert_restored("after SIGTERM");
        cluster.scene.assert_grown_by(1, "after SIGTERM");
    });
}

/// Without changes of its own, a shard is done at once.
#[test]
fn an_empty_shard_has_nothing_to_do() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(1).await, 40).await;
        let set = super::manifest(&cluster.set());
        let empty = set["shards"].as_array().unwrap().iter().position(|shard| shard["first_key"].is_null());
        let shard = u32::try_from(empty.unwrap()).unwrap();
        let done = cluster.work(shard, &[]).await.expect_code(0);
        assert!(done.stderr.contains("nothing to change"), "{done}");
        assert!(done.summary()["run"].is_null(), "{done}");
        assert!(!cluster.run_dir(shard).exists());
    });
}

#[test]
fn progress_is_logged_as_json() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(30).await, 1).await;
        slow_down(&cluster.scene, Duration::from_millis(40));
        let run = cluster.work(0, &["--concurrency", "1", "--progress"]).await.expect_code(0);
        let lines = run.stderr.lines().filter(|line| line.starts_with('{'));
        let lines: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!lines.is_empty(), "{run}");
        for line in &lines {
            hold_to_schema(line);
            assert_eq!(
                (line["type"].as_str(), line["changes"].as_u64()),
                (Some("progress"), Some(cluster.scene.planned()))
            );
        }
        assert!(lines.is_sorted_by_key(|line| line["settled"].as_u64()), "{run}");
    });
}

/// The rate is for all workers: the hundred changes of a shard take a while at a share of it.
#[test]
fn the_rate_is_divided() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(20).await, 1).await;
        let began = Instant::now();
        let run = cluster.work(0, &["--rate", "400/s", "--parallelism", "10"]).await.expect_code(0);
        let least = Duration::from_secs(cluster.scene.planned() / 40).saturating_sub(Duration::from_secs(1));
        assert!(
            began.elapsed() > least,
            "{:?} for {} changes: {run}",
            began.elapsed(),
            cluster.scene.planned()
        );
    });
}
