//! A recovery and a drill of a bucket and an RDS database, killed at random and run again: one database, one state of
//! the bucket, nothing left behind, and never reported as done too early.
//!
//! `ASOF_KILLS` is the number of each, and `ASOF_KILL_SEED` their seed. Depending on the seed, the lab's RDS throttles,
//! loses replies and hides resources created a moment ago.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_sdk_rds::types::{DbCluster, DbInstance};
use fastrand::Rng;
use futures::{StreamExt as _, stream};

use super::databases::make_cluster;
use crate::servers::say;
use crate::support::databases::{Databases, TAG};
use crate::support::{Bucket, Moment, Run, Subject, kill, variable};

/// Recoveries, and drills, that CI has time for.
const KILLS: u64 = 12;
const SEED: u64 = 20_261_121;
/// Played at once; they mostly wait.
const SIDE_BY_SIDE: usize = 6;
/// Times that a case is killed, at most.
const MOST_KILLS: u64 = 4;
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// A process that notes nothing for so long is killed where it is.
const LONGEST: Duration = Duration::from_mins(1);
/// Some requests to RDS or S3; the steps after the database's are as short.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// The seed of a case that runs without a kill, to count the lines of its journals.
const ALONE: u64 = u64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Recover,
    Drill,
}

/// The resource to be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Restored {
    Instance,
    Cluster,
}

/// The point at which a process is killed: so long after its journals have so many lines more. A share of the time that
/// another one took would not do: on a machine that was busy then and is idle now, most would be killed after their end.
#[derive(Debug, Clone, Copy)]
struct End {
    lines: usize,
    pause: Duration,
}

fn journals_in(recoveries: &Path) -> impl Iterator<Item = String> + use<> {
    let dirs = std::fs::read_dir(recoveries).into_iter().flatten().flatten();
    dirs.filter_map(|dir| std::fs::read_to_string(dir.path().join("journal")).ok())
}

/// Returns true if the process has exited and waits for its parent to reap it, according to Linux.
fn has_exited(process: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

fn lines_in(recoveries: &Path) -> usize {
    journals_in(recoveries).map(|journal| journal.lines().count()).sum()
}

/// One bucket and one database, and their state at T.
struct Case {
    databases: Databases,
    purpose: Purpose,
    kind: Restored,
    bucket: Bucket,
    scratch: Bucket,
    at: Moment,
    dir: tempfile::TempDir,
    what: String,
}

impl Case {
    async fn new(subject: Subject, (purpose, kind): (Purpose, Restored), seed: u64) -> Self {
        let databases = Databases::new(subject).await;
        databases.an_hour_back();
        let subject = &databases.subject;
        let (bucket, scratch) = (subject.bucket().await, subject.bucket().await);
        let source = databases.id("src");
        match kind {
            Restored::Instance => databases.plain_instance(&source).await,
            Restored::Cluster => make_cluster(&databases, &source).await,
        }
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
        if seed != ALONE {
            databases.disturb(&mut Rng::with_seed(seed.wrapping_add(1)));
        }
        let what = format!("{purpose:?} {kind:?} with the seed {seed}");
        let case =
            Self { databases, purpose, kind, bucket, scratch, at, dir: tempfile::tempdir().unwrap(), what };
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
             [[database]]\nkind = \"{}\"\nsource = \"{}\"\ntarget = \"{}\"\nendpoint-url = \"{}\"\nregion = \"us-east-1\"\n\
             [database.overrides]\ndeletion-protection = true\n[hooks]\n{}{}",
            self.bucket.url(""),
            match self.kind {
                Restored::Instance => "rds",
                Restored::Cluster => "aurora",
            },
            self.databases.id("src"),
            self.databases.id("dst"),
            self.databases.url,
            hook("quiesce"),
            hook("resume"),
        );
        std::fs::write(self.path("recovery.toml"), text).unwrap();
    }

    /// Runs it, and kills it at a place of its journal.
    async fn run(&self, end: Option<End>) -> Run {
        let (path, at) = (self.path("recovery.toml"), self.at.to_string());
        let (path, yes): (_, &[&str]) = (path.to_str().unwrap(), &["--yes"]);
        let (command, yes) = match self.purpose {
            Purpose::Recover => ("recover", yes),
            Purpose::Drill => ("drill", &yes[..0]),
        };
        let arguments = [&[command, path, "--at", &at, "--format", "json"], yes].concat();
        let recoveries = self.recoveries();
        let killing = move |process| {
            let Some(end) = end else { return };
            let noted = lines_in(&recoveries) + end.lines;
            let began = Instant::now();
            while lines_in(&recoveries) < noted && began.elapsed() < LONGEST && !has_exited(process) {
                std::thread::sleep(LOOK_EVERY);
            }
            std::thread::sleep(end.pause);
            kill(process);
        };
        self.databases.subject.asof_and(&arguments, killing).await
    }

    /// The clusters that it has made.
    async fn clusters(&self) -> Vec<DbCluster> {
        let pages = self.databases.sdk.describe_db_clusters().into_paginator().items().send();
        let described: Vec<DbCluster> = pages.try_collect().await.unwrap();
        let target = self.databases.id("dst");
        let is_ours = |cluster: &&DbCluster| cluster.db_cluster_identifier() == Some(&target);
        described.iter().filter(is_ours).cloned().collect()
    }

    fn recoveries(&self) -> PathBuf {
        self.databases.subject.runs_dir().with_file_name("recoveries")
    }

    /// Returns true if the journal of its one recovery has nothing left to do.
    fn has_ended(&self) -> bool {
        journals_in(&self.recoveries()).any(|journal| journal.contains("\"type\":\"ended\""))
    }

    /// Every instance of the server. moto refuses the next page if the last instance of the one before has gone meanwhile.
    async fn instances(&self) -> Vec<DbInstance> {
        for _ in 0..20 {
            let pages = self.databases.sdk.describe_db_instances().into_paginator().items().send();
            if let Ok(there) = pages.try_collect().await {
                return there;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}: the instances cannot be listed", self.what)
    }

    /// The instances that it has made.
    async fn restored(&self) -> Vec<DbInstance> {
        let described = self.instances().await;
        let is_ours = |instance: &&DbInstance| {
            let name = instance.db_instance_identifier().unwrap_or_default();
            name.starts_with(&self.databases.id("dst"))
        };
        described.iter().filter(is_ours).cloned().collect()
    }

    async fn assert_done(&self, run: &Run) {
        let what = &self.what;
        self.databases.leave_alone();
        let clusters = self.clusters().await;
        let (instances, whole) = match self.kind {
            Restored::Instance => (1, 0),
            Restored::Cluster => (2, 1),
        };
        let restored = self.restored().await;
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        match self.purpose {
            Purpose::Recover => {
                assert_eq!((restored.len(), clusters.len()), (instances, whole), "{what}: {run}");
                let of_instances = restored.iter().map(DbInstance::tag_list);
                let of_clusters = clusters.iter().map(DbCluster::tag_list);
                for tags in of_instances.chain(of_clusters) {
                    assert!(
                        tags.iter().any(|tag| tag.key() == Some(TAG)),
                        "{what}: {restored:?} {clusters:?}"
                    );
                }
                let then =
                    [("kept", Some("then")), ("over", Some("then")), ("gone", Some("then")), ("new", None)];
                self.bucket.assert_holds(&then).await;
                assert_eq!(calls.lines().last(), Some("resume"), "{what}: {calls}");
                assert!(calls.starts_with("quiesce"), "{what}: {calls}");
                // One version of each key that was restored, and one marker.
                assert_eq!(self.bucket.entries().await.len(), 9, "{what}: {run}");
            }
            Purpose::Drill => {
                assert!(
                    restored.is_empty() && clusters.is_empty(),
                    "{what}: {restored:?} {clusters:?}: {run}"
                );
                assert!(self.scratch.entries().await.is_empty(), "{what}: {run}");
                assert_eq!((self.bucket.entries().await.len(), &*calls), (6, ""), "{what}: {run}");
            }
        }
        let there = self.instances().await;
        let name = |instance: &DbInstance| instance.db_instance_identifier().unwrap_or_default().to_owned();
        let sources = there.iter().map(name);
        let sources = sources.filter(|name| name.starts_with(&self.databases.id("src"))).count();
        assert_eq!(sources, instances, "{what}: the source is gone");
    }
}

/// Plays a case whose process is killed at random; how often it was.
async fn play(subject: Subject, of: (Purpose, Restored), seed: u64, noted: usize) -> u64 {
    let case = Case::new(subject, of, seed).await;
    let rng = &mut Rng::with_seed(seed);
    let mut killed = 0;
    for _ in 0..rng.u64(1..=MOST_KILLS) {
        let end = End { lines: rng.usize(0..noted), pause: LONGEST_PAUSE.mul_f64(rng.f64()) };
        let run = case.run(Some(end)).await;
        if run.code().is_some() {
            assert_eq!(run.code(), Some(0), "{}: {run}", case.what);
            case.assert_done(&run).await;
            return killed;
        }
        killed += 1;
        if case.purpose == Purpose::Recover && case.has_ended() {
            // It was killed right before its end. Run again, the command begins another recovery, whose target is
            // taken.
            case.assert_done(&run).await;
            return killed;
        }
    }
    let run = case.run(None).await;
    assert_eq!(run.code(), Some(0), "{}: {run}", case.what);
    case.assert_done(&run).await;
    killed
}

async fn killed_at_random(subject: Subject, of: (Purpose, Restored)) {
    let (seed, kills) = (variable("ASOF_KILL_SEED", SEED), variable("ASOF_KILLS", KILLS));
    say(&format!("{of:?} killed at random: ASOF_KILL_SEED={seed} ASOF_KILLS={kills}"));
    let alone = Case::new(subject.again(), of, ALONE).await;
    let run = alone.run(None).await.expect_code(0);
    let noted = lines_in(&alone.recoveries());
    alone.assert_done(&run).await;
    let subject = &subject;
    let played = stream::iter(0..kills).map(|n| play(subject.again(), of, seed.wrapping_add(n), noted));
    let killed: Vec<u64> = played.buffer_unordered(SIDE_BY_SIDE).collect().await;
    let cut_off = killed.iter().filter(|killed| **killed > 0).count();
    say(&format!("{of:?} killed at random: {cut_off} of {kills}, {} times", killed.iter().sum::<u64>()));
    assert!(cut_off as u64 * 2 >= kills, "only {cut_off} of {kills} were killed before their end");
}

pub(crate) async fn recovery_killed_at_random(subject: Subject) {
    killed_at_random(subject, (Purpose::Recover, Restored::Instance)).await;
}

pub(crate) async fn drill_killed_at_random(subject: Subject) {
    killed_at_random(subject, (Purpose::Drill, Restored::Instance)).await;
}

pub(crate) async fn recovery_of_a_cluster_killed_at_random(subject: Subject) {
    killed_at_random(subject, (Purpose::Recover, Restored::Cluster)).await;
}

pub(crate) async fn drill_of_a_cluster_killed_at_random(subject: Subject) {
    killed_at_random(subject, (Purpose::Drill, Restored::Cluster)).await;
}
