//! A recovery and a drill with a bucket and a database that RDS restores, killed at random and run again: one database, one
//! state of the bucket, nothing left behind, and never "done" where something is not.
//!
//! `ASOF_KILLS` says how many of each are played, and `ASOF_KILL_SEED` which.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_sdk_rds::types::DbInstance;
use fastrand::Rng;
use futures::{StreamExt as _, stream};

use crate::servers::say;
use crate::support::databases::{Databases, TAG};
use crate::support::{Bucket, Moment, Run, Subject, kill, variable};

/// Recoveries, and drills, that CI has time for.
const KILLS: u64 = 12;
const SEED: u64 = 20_261_121;
/// Played at once; they mostly wait.
const SIDE_BY_SIDE: usize = 3;
/// Times that a case is killed, at most.
const MOST_KILLS: u64 = 4;
/// What is played alone to see how long it takes.
const ALONE: u64 = u64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Recover,
    Drill,
}

/// One bucket and one database, and what they were.
struct Case {
    databases: Databases,
    purpose: Purpose,
    bucket: Bucket,
    scratch: Bucket,
    at: Moment,
    dir: tempfile::TempDir,
    what: String,
}

impl Case {
    async fn new(subject: Subject, purpose: Purpose, seed: u64) -> Self {
        let databases = Databases::new(subject).await;
        databases.an_hour_back();
        let subject = &databases.subject;
        let (bucket, scratch) = (subject.bucket().await, subject.bucket().await);
        databases.plain_instance(&databases.id("src")).await;
        databases.later().await;
        for key in ["kept", "over", "gone"] {
            bucket.put(key, "then").await;
        }
        let at = subject.moment().await;
        bucket.put("over", "now").await;
        bucket.put("new", "now").await;
        bucket.delete("gone").await;
        subject.moment().await;
        databases.pass_through(&["creating", "creating", "backing-up", "modifying", "available"]);
        let what = format!("{purpose:?} with the seed {seed}");
        let case = Self { databases, purpose, bucket, scratch, at, dir: tempfile::tempdir().unwrap(), what };
        case.write();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self) {
        let target = match self.purpose {
            Purpose::Recover => "in-place".to_owned(),
            Purpose::Drill => self.scratch.url(""),
        };
        let hook = |name: &str| {
            format!("{name} = {{ shell = \"echo {name} >> '{}'\" }}\n", self.path("calls").display())
        };
        let text = format!(
            "[[bucket]]\nsource = \"{}\"\ntarget = \"{target}\"\nallow-mass-delete = true\n\
             [[database]]\nkind = \"rds\"\nsource = \"{}\"\ntarget = \"{}\"\nendpoint-url = \"{}\"\nregion = \"us-east-1\"\n\
             [database.overrides]\ndeletion-protection = true\n[hooks]\n{}{}",
            self.bucket.url(""),
            self.databases.id("src"),
            self.databases.id("dst"),
            self.databases.url,
            hook("quiesce"),
            hook("resume"),
        );
        std::fs::write(self.path("recovery.toml"), text).unwrap();
    }

    /// Runs it, and kills it after so long.
    async fn run(&self, life: Option<Duration>) -> Run {
        let (path, at) = (self.path("recovery.toml"), self.at.to_string());
        let (path, yes): (_, &[&str]) = (path.to_str().unwrap(), &["--yes"]);
        let (command, yes) = match self.purpose {
            Purpose::Recover => ("recover", yes),
            Purpose::Drill => ("drill", &yes[..0]),
        };
        let arguments = [&[command, path, "--at", &at, "--format", "json"], yes].concat();
        let killing = move |process| {
            if let Some(life) = life {
                std::thread::sleep(life);
                kill(process);
            }
        };
        self.databases.subject.asof_and(&arguments, killing).await
    }

    /// Whether the journal of its one recovery says that nothing is left to do.
    fn has_ended(&self) -> bool {
        let recoveries = self.databases.subject.runs_dir().with_file_name("recoveries");
        let recovery = std::fs::read_dir(recoveries).ok().and_then(|mut dirs| dirs.next()?.ok());
        let journal = recovery.and_then(|dir| std::fs::read_to_string(dir.path().join("journal")).ok());
        journal.is_some_and(|journal| journal.contains("\"type\":\"ended\""))
    }

    /// The databases that carry a tag of asof's.
    async fn restored(&self) -> Vec<DbInstance> {
        let pages = self.databases.sdk.describe_db_instances().into_paginator().items().send();
        let described: Vec<DbInstance> = pages.try_collect().await.unwrap();
        let is_ours = |instance: &&DbInstance| {
            let name = instance.db_instance_identifier().unwrap_or_default();
            name.starts_with(&self.databases.id("dst"))
        };
        described.iter().filter(is_ours).cloned().collect()
    }

    async fn assert_done(&self, run: &Run) {
        let what = &self.what;
        let restored = self.restored().await;
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        match self.purpose {
            Purpose::Recover => {
                assert_eq!(restored.len(), 1, "{what}: {run}");
                let is_tagged = restored[0].tag_list().iter().any(|tag| tag.key() == Some(TAG));
                assert!(is_tagged, "{what}: {restored:?}");
                let then =
                    [("kept", Some("then")), ("over", Some("then")), ("gone", Some("then")), ("new", None)];
                self.bucket.assert_holds(&then).await;
                assert_eq!(calls.lines().last(), Some("resume"), "{what}: {calls}");
                assert!(calls.starts_with("quiesce"), "{what}: {calls}");
                // One version of each key that was restored, and one marker.
                assert_eq!(self.bucket.entries().await.len(), 9, "{what}: {run}");
            }
            Purpose::Drill => {
                assert!(restored.is_empty(), "{what}: {restored:?}: {run}");
                assert!(self.scratch.entries().await.is_empty(), "{what}: {run}");
                assert_eq!((self.bucket.entries().await.len(), &*calls), (6, ""), "{what}: {run}");
            }
        }
        let source = self.databases.instance(&self.databases.id("src")).await;
        assert!(source.is_some(), "{what}: the source is gone");
    }
}

/// Plays a case whose process is killed at random; how often it was.
async fn play(subject: Subject, purpose: Purpose, seed: u64, whole: Duration) -> u64 {
    let case = Case::new(subject, purpose, seed).await;
    let rng = &mut Rng::with_seed(seed);
    let mut killed = 0;
    for _ in 0..rng.u64(1..=MOST_KILLS) {
        let run = case.run(Some(whole.mul_f64(rng.f64()))).await;
        if run.code().is_some() {
            assert_eq!(run.code(), Some(0), "{}: {run}", case.what);
            case.assert_done(&run).await;
            return killed;
        }
        killed += 1;
        if purpose == Purpose::Recover && case.has_ended() {
            // It was killed with its last word on its lips. Typed again, it would be another recovery, whose target is taken.
            case.assert_done(&run).await;
            return killed;
        }
    }
    let run = case.run(None).await;
    assert_eq!(run.code(), Some(0), "{}: {run}", case.what);
    case.assert_done(&run).await;
    killed
}

async fn killed_at_random(subject: Subject, purpose: Purpose) {
    let (seed, kills) = (variable("ASOF_KILL_SEED", SEED), variable("ASOF_KILLS", KILLS));
    say(&format!("{purpose:?} killed at random: ASOF_KILL_SEED={seed} ASOF_KILLS={kills}"));
    let alone = Case::new(subject.again(), purpose, ALONE).await;
    let began = Instant::now();
    let run = alone.run(None).await.expect_code(0);
    let whole = began.elapsed();
    alone.assert_done(&run).await;
    let subject = &subject;
    let played = stream::iter(0..kills).map(|n| play(subject.again(), purpose, seed.wrapping_add(n), whole));
    let killed: Vec<u64> = played.buffer_unordered(SIDE_BY_SIDE).collect().await;
    let cut_off = killed.iter().filter(|killed| **killed > 0).count();
    say(&format!("{purpose:?} killed at random: {cut_off} of {kills}, {} times", killed.iter().sum::<u64>()));
    assert!(cut_off as u64 * 2 >= kills, "only {cut_off} of {kills} were killed before their end");
}

pub(crate) async fn recovery_killed_at_random(subject: Subject) {
    killed_at_random(subject, Purpose::Recover).await;
}

pub(crate) async fn drill_killed_at_random(subject: Subject) {
    killed_at_random(subject, Purpose::Drill).await;
}
