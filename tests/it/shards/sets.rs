//! `asof runs`, `resume`, `undo` and `verify` of a plan set.

use std::time::{Duration, Instant};

use asof::lab::{Fault, Operation, Put, Rule, When};
use serde_json::Value;

use super::{Cluster, manifest};
use crate::crash::{block_on, kill};
use crate::faults::scene::{BUCKET, Scene};
use crate::support::Run;

impl Cluster {
    /// A command about the set.
    pub(super) async fn on_set(&self, command: &str, more: &[&str]) -> Run {
        let set = self.set();
        self.scene.subject.asof(&[&[command, set.to_str().unwrap(), "--format", "json"], more].concat()).await
    }

    /// A command about another set of the cluster.
    pub(super) async fn on(&self, command: &str, name: &str, more: &[&str]) -> Run {
        let set = self.path(name);
        self.scene.subject.asof(&[&[command, set.to_str().unwrap(), "--format", "json"], more].concat()).await
    }

    /// Plans the undo of a set as another one.
    async fn plan_undo(&self, set: &str, undo: &str) -> Run {
        let out = self.path(undo);
        self.on("undo", set, &["--out", out.to_str().unwrap()]).await
    }

    pub(super) async fn work_on(&self, name: &str, shard: u32) -> Run {
        self.on("work", name, &["--shard", &shard.to_string(), "--yes"]).await
    }

    /// The summary of `asof runs` of the set, which is consistent with its shards.
    async fn progress(&self) -> Value {
        let runs = self.on_set("runs", &[]).await.expect_code(0);
        let (shards, summary) = (runs.of_type("shard_run"), runs.summary());
        assert_eq!(shards.len() as u64, summary["shards"].as_u64().unwrap());
        for member in ["copied", "deleted", "failed", "conflicts", "left"] {
            let in_force = shards.iter().filter(|shard| shard["state"] != "undone");
            let sum: u64 = in_force.map(|shard| shard[member].as_u64().unwrap()).sum();
            assert_eq!(summary[member], sum, "{member} in {runs}");
        }
        for (state, count) in summary["progress"].as_object().unwrap() {
            let shards = shards.iter().filter(|shard| shard["state"] == state.as_str()).count();
            assert_eq!(count, shards, "{state} in {runs}");
        }
        summary
    }

    /// Kills the worker of a shard after this many records of its journal.
    async fn kill_worker(&self, shard: u32, records: usize) {
        let delay = Fault::Delay(Duration::from_millis(5));
        for operation in [Operation::CopyObject, Operation::DeleteObjects] {
            self.scene.lab().faults().push(Rule::on(operation, delay, When::Always));
        }
        let journal = self.run_dir(shard).join("journal");
        let kill_when_begun = move |process| {
            let began = Instant::now();
            let lines = || std::fs::read_to_string(&journal).unwrap_or_default().lines().count();
            while lines() < records && began.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(1));
            }
            kill(process);
        };
        self.work_and(shard, &["--concurrency", "2"], kill_when_begun).await.expect_killed();
        self.scene.lab().faults().clear();
    }
}

/// The number of shards in a state.
pub(super) fn shards(progress: &Value, state: &str) -> u64 {
    progress["progress"][state].as_u64().unwrap()
}

#[test]
fn a_set_is_resumed_undone_and_redone() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(40).await, 4).await;
        let progress = cluster.progress().await;
        assert_eq!(shards(&progress, "not_begun"), 4);
        assert_eq!(progress["left"], cluster.scene.planned());
        cluster.work(0, &[]).await.expect_code(0);
        cluster.kill_worker(2, 6).await;
        let progress = cluster.progress().await;
        let states = ["applied", "interrupted", "not_begun"].map(|state| shards(&progress, state));
        assert_eq!(states, [1, 1, 2], "{progress}");

        let unasked = cluster.on_set("resume", &[]).await.expect_code(2);
        assert!(unasked.stderr.contains("no terminal to confirm on"), "{unasked}");
        let resumed = cluster.on_set("resume", &["--yes"]).await.expect_code(0);
        assert_eq!(resumed.summary()["set"], manifest(&cluster.set())["id"], "{resumed}");
        let worked: Vec<_> = resumed.of_type("shard_run").iter().map(|line| line["shard"].clone()).collect();
        assert_eq!(worked, [1, 2, 3], "{resumed}");
        assert!(resumed.of_type("shard_run").iter().all(|line| line["state"] == "applied"), "{resumed}");
        cluster.scene.assert_restored("after the resume");
        cluster.scene.assert_grown_by(1, "after the resume");
        let progress = cluster.progress().await;
        assert_eq!((shards(&progress, "applied"), &progress["left"]), (4, &0.into()));
        let verified = cluster.on_set("verify", &[]).await.expect_code(0);
        assert_eq!(verified.count("mismatched"), 0, "{verified}");
        // Nothing is left to do, so there is no prompt.
        let again = cluster.on_set("resume", &[]).await.expect_code(0);
        assert!(again.of_type("shard_run").is_empty(), "{again}");

        let planned = cluster.plan_undo("set", "undo").await.expect_code(0);
        assert_eq!(planned.of_type("shard").len(), 4);
        assert_eq!(manifest(&cluster.path("undo"))["undoes"], manifest(&cluster.set())["id"]);
        cluster.scene.assert_restored("an undo that is only planned");
        cluster.on("show", "undo", &[]).await.expect_code(0);
        for shard in 0..4 {
            cluster.work_on("undo", shard).await.expect_code(0);
        }
        cluster.scene.assert_undone("after the undo");
        let progress = cluster.progress().await;
        assert_eq!((shards(&progress, "undone"), &progress["copied"]), (4, &0.into()));
        let undone = cluster.on("runs", "undo", &[]).await.expect_code(0).summary();
        assert_eq!(shards(&undone, "applied"), 4);
        let refused = cluster.work(1, &[]).await.expect_code(5);
        assert!(refused.stderr.contains("was undone by run"), "{refused}");
        let refused = cluster.on_set("resume", &[]).await.expect_code(5);
        assert_eq!(refused.of_type("warning").len(), 4, "{refused}");
        cluster.scene.assert_undone("after a resume of what was undone");
        let different = cluster.on_set("verify", &[]).await.expect_code(4);
        assert_eq!(different.of_type("mismatch").len() as u64, cluster.scene.planned(), "{different}");

        // The undo of the undo, by one process.
        cluster.plan_undo("undo", "redo").await.expect_code(0);
        cluster.on("resume", "redo", &["--yes"]).await.expect_code(0);
        cluster.scene.assert_restored("after the redo");
        let progress = cluster.progress().await;
        assert_eq!(shards(&progress, "undone"), 0, "{progress}");
    });
}

/// An undo covers the changes applied when it was planned, and detects later ones.
#[test]
fn an_undo_that_is_out_of_date_is_refused() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(40).await, 3).await;
        let nothing = cluster.plan_undo("set", "early").await.expect_code(0);
        assert!(nothing.stderr.contains("nothing to undo"), "{nothing}");
        assert!(!cluster.path("early").exists());
        cluster.work(0, &[]).await.expect_code(0);
        cluster.kill_worker(1, 6).await;
        cluster.plan_undo("set", "undo").await.expect_code(0);
        // Shard 1 is applied further, shard 2 begins.
        cluster.on_set("resume", &["--yes"]).await.expect_code(0);
        for shard in [1, 2] {
            let refused = cluster.work_on("undo", shard).await.expect_code(5);
            assert!(refused.stderr.contains("has made changes since its undo was planned"), "{refused}");
        }
        cluster.work_on("undo", 0).await.expect_code(0);
        cluster.plan_undo("set", "whole").await.expect_code(0);
        for shard in 0..3 {
            let undone = cluster.work_on("whole", shard).await;
            // The changes of shard 0 were undone before.
            assert!(undone.code() == Some(0) || shard == 0, "{undone}");
        }
        cluster.scene.assert_undone("after the undo of the whole set");
    });
}

/// A shard of an interrupted run is undone as far as it got, and one that has not begun is empty.
#[test]
fn a_set_that_was_applied_in_part_is_undone() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(40).await, 3).await;
        cluster.work(0, &[]).await.expect_code(0);
        cluster.kill_worker(1, 6).await;
        cluster.plan_undo("set", "undo").await.expect_code(0);
        let shards = manifest(&cluster.path("undo"))["shards"].clone();
        assert!(shards[1]["undoes"].is_string() && shards[2]["undoes"].is_null(), "{shards}");
        assert!(shards[2]["first_key"].is_null(), "{shards}");
        for shard in 0..3 {
            cluster.work_on("undo", shard).await.expect_code(0);
        }
        cluster.scene.assert_undone("after an undo in the middle");
        let progress = cluster.progress().await;
        let states = ["undone", "not_begun"].map(|state| self::shards(&progress, state));
        assert_eq!(states, [2, 1], "{progress}");
    });
}

/// A shard that a worker holds is left alone by `resume`, and keeps its set from being undone.
#[test]
fn a_busy_shard_is_left_alone() {
    block_on(async {
        let cluster = std::sync::Arc::new(Cluster::of(Scene::new(30).await, 3).await);
        let delay = Fault::Delay(Duration::from_millis(300));
        for operation in [Operation::CopyObject, Operation::DeleteObjects] {
            cluster.scene.lab().faults().push(Rule::on(operation, delay, When::Always));
        }
        let busy = std::sync::Arc::clone(&cluster);
        let pid = std::sync::Arc::new(std::sync::OnceLock::new());
        let told = std::sync::Arc::clone(&pid);
        let worker = tokio::spawn(async move {
            busy.work_and(1, &["--concurrency", "1"], move |process| told.set(process).unwrap()).await
        });
        let journal = cluster.run_dir(1).join("journal");
        while !journal.exists() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let refused = cluster.plan_undo("set", "undo").await.expect_code(5);
        assert!(refused.stderr.contains("another process is working on the run"), "{refused}");
        assert!(!cluster.path("undo").exists());
        let resumed = cluster.on_set("resume", &["--yes"]).await.expect_code(5);
        assert!(!worker.is_finished(), "the worker was too fast for this test: {resumed}");
        let [left_alone] = &resumed.of_type("warning")[..] else { panic!("{resumed}") };
        assert_eq!(left_alone["reason"], "shard-left-alone");
        let progress = cluster.progress().await;
        let states = ["applied", "running"].map(|state| shards(&progress, state));
        assert_eq!(states, [2, 1], "{progress}");
        kill(*pid.get().unwrap());
        worker.await.unwrap().expect_killed();
        cluster.scene.lab().faults().clear();
        cluster.on_set("resume", &[]).await.expect_code(0);
        cluster.scene.assert_restored("after the worker was killed");
        cluster.scene.assert_grown_by(1, "after the worker was killed");
    });
}

/// Conflicts and failures are summed up, the worst shard is named, and `resume` ends with the worst exit code.
#[test]
fn shards_with_problems_are_shown() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(20).await, 3).await;
        cluster.scene.lab().put(BUCKET, "over/0001", Put::of("writer")).unwrap();
        let resumed = cluster.on_set("resume", &["--yes"]).await.expect_code(3);
        assert_eq!((resumed.count("conflicts"), resumed.of_type("conflict").len()), (1, 1), "{resumed}");
        let progress = cluster.progress().await;
        assert_eq!(["conflicts", "left"].map(|member| progress[member].as_u64().unwrap()), [1, 1]);
        assert_eq!(["applied", "incomplete"].map(|state| shards(&progress, state)), [2, 1]);
        let set = cluster.set();
        let text = cluster.scene.subject.asof(&["runs", set.to_str().unwrap()]).await.expect_code(0);
        let rows: Vec<_> = text.stdout.lines().filter(|line| line.contains("incomplete")).collect();
        assert_eq!(rows.len(), 2, "a count, and the shard: {text}");
        for part in
            ["1 conflict, 0 failed, 1 left", "apply the rest here: asof resume ", "undo it: asof undo "]
        {
            assert!(text.stdout.contains(part), "{part:?} in {text}");
        }
        let again = cluster.on_set("resume", &["--on-conflict", "overwrite"]).await.expect_code(0);
        assert_eq!(again.of_type("shard_run").len(), 1, "{again}");
        cluster.scene.assert_restored("with --on-conflict overwrite");

        let journal = cluster.run_dir(1).join("journal");
        let text = std::fs::read_to_string(&journal).unwrap();
        std::fs::write(&journal, text.replacen("started", "stopped", 1)).unwrap();
        let progress = cluster.progress().await;
        assert_eq!(["applied", "damaged"].map(|state| shards(&progress, state)), [2, 1]);
        let damaged = cluster.on_set("resume", &[]).await.expect_code(1);
        assert_eq!(damaged.of_type("warning").len(), 1, "{damaged}");
    });
}

/// The guards of `work` hold before anything is changed.
#[test]
fn the_guards_of_workers_hold() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(10).await, 2).await;
        let shard = cluster.set().join("shard-00001.plan");
        let plan = std::fs::read(&shard).unwrap();
        std::fs::remove_file(&shard).unwrap();
        cluster.on_set("resume", &["--yes"]).await.expect_code(2);
        cluster.scene.assert_undone("with a missing shard");
        std::fs::write(&shard, plan).unwrap();
        cluster.work(0, &[]).await.expect_code(0);
        let run = cluster.run_id(0);
        let kept = cluster.scene.on_run("resume", &run, &["--no-head"]).await.expect_code(2);
        assert!(kept.stderr.contains("--no-head cannot be changed"), "{kept}");
        let out = cluster.scene.on_run("undo", &run, &["--out", "x"]).await.expect_code(2);
        assert!(out.stderr.contains("--out is for the undo of a plan set"), "{out}");
        let out = cluster.on_set("undo", &[]).await.expect_code(2);
        assert!(out.stderr.contains("it needs --out DIR"), "{out}");
        let at = cluster.on_set("verify", &["--at", "1h"]).await.expect_code(2);
        assert!(at.stderr.contains("a plan set has its own target time"), "{at}");
        let chosen = cluster.on_set("verify", &["--include", "a*"]).await.expect_code(2);
        assert!(chosen.stderr.contains("a plan set has its own keys"), "{chosen}");
        let bucket = ["verify", &super::url()];
        let no_time = cluster.scene.subject.asof(&bucket).await.expect_code(2);
        assert!(no_time.stderr.contains("add --at TIME"), "{no_time}");
    });
}

/// The keys of a set are the ones that are verified, and its undo makes every kind of change.
#[test]
fn a_set_of_selected_keys_is_verified_and_undone() {
    block_on(async {
        let scene = Scene::new(10).await;
        let cluster = Cluster { scene, dir: tempfile::tempdir().unwrap() };
        let out = cluster.set();
        let save =
            ["--out", out.to_str().unwrap(), "--shards", "2", "--only", "delete", "--include", "new/*"];
        cluster.scene.run("diff", &save).await.expect_code(0);
        // Under this prefix, the target time is before the oldest version.
        let refused = cluster.on_set("resume", &["--yes"]).await.expect_code(5);
        assert!(refused.stderr.contains("--allow-mass-delete"), "{refused}");
        cluster.on_set("resume", &["--yes", "--allow-mass-delete"]).await.expect_code(0);
        let verified = cluster.on_set("verify", &["--allow-empty"]).await.expect_code(0);
        assert_eq!(verified.count("deletes"), 0, "{verified}");
        cluster.plan_undo("set", "undo").await.expect_code(0);
        let refused = cluster.on("verify", "undo", &[]).await.expect_code(2);
        assert!(refused.stderr.contains("it restores no past state"), "{refused}");
        cluster.on("resume", "undo", &["--yes"]).await.expect_code(0);
        cluster.scene.assert_undone("after the undo of some keys");
    });
}
