//! A plan set that is applied by an array job, whose tasks are killed, requeued and frozen at random places of their journals.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::Size;
use super::engine::{Slurm, TaskId, TaskState};
use super::incident::Incident;
use super::state::State;
use crate::support::Subject;

/// The number of concurrent requests of a worker.
pub(super) const CONCURRENCY: usize = 8;
/// The share of shards whose tasks meet a fault.
const STRUCK: f64 = 0.75;
const MOST_STROKES: usize = 3;
const FROZEN: usize = 4;
/// A journal has more bytes per change.
const RESULT_BYTES: u64 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The longest duration of a play; a longer one hangs.
const LONGEST: Duration = Duration::from_mins(10);

/// A fault, this many looks after the shard's journal has this many bytes.
#[derive(Debug, Clone, Copy)]
struct Stroke {
    bytes: u64,
    looks: u32,
    act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// SIGKILL; the shard is submitted again.
    Kill,
    /// Slurm ends the task and starts it again.
    Requeue,
    /// SIGSTOP; another task is to take the shard, and the first continues after that.
    Freeze,
}

/// A shard and its newest task.
#[derive(Debug)]
struct Shard {
    task: TaskId,
    /// The faults to come, the last first.
    strokes: Vec<Stroke>,
    /// The task that tries to take the shard of a frozen one.
    rival: Option<TaskId>,
    was_requeued: bool,
    was_overtaken: bool,
    is_done: bool,
}

/// The number of faults by their kind.
#[derive(Debug, Default)]
pub(super) struct Struck {
    pub(super) killed: usize,
    pub(super) requeued: usize,
    pub(super) frozen: usize,
}

/// The parameters of a play.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) subject: &'a Subject,
    pub(super) slurm: &'a Slurm,
    pub(super) size: Size,
    pub(super) state: State,
}

/// The workers of a plan set.
#[derive(Debug)]
pub(super) struct Play<'a> {
    subject: &'a Subject,
    slurm: &'a Slurm,
    size: Size,
    set: PathBuf,
    state: State,
    id: String,
    jobs: Vec<u32>,
    pub(super) struck: Struck,
}

impl<'a> Play<'a> {
    /// Cuts the restore of an incident into shards.
    pub(super) async fn new(stage: Stage<'a>, incident: &Incident, dir: &Path) -> Self {
        let Stage { subject, slurm, size, state } = stage;
        let set = dir.join("set");
        let (url, at, shards) = (incident.bucket.url(""), incident.at.to_string(), size.shards.to_string());
        let save = ["diff", &url, "--at", &at, "--out", set.to_str().unwrap(), "--shards", &shards];
        subject.asof(&save).await.expect_code(0);
        let manifest = std::fs::read(set.join("manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        let id = manifest["id"].as_str().unwrap().to_owned();
        Self { subject, slurm, size, set, state, id, jobs: Vec::new(), struck: Struck::default() }
    }

    /// Applies the set; returns when every shard is done.
    pub(super) async fn perform(&mut self, seed: u64) {
        let mut shards = self.begin(&mut Rng::with_seed(seed));
        let began = Instant::now();
        while !shards.iter().all(|shard| shard.is_done) {
            assert!(began.elapsed() < LONGEST, "shards are not done: {shards:?}");
            let (journals, tasks) = (self.state.journals().await, self.slurm.tasks());
            for shard in shards.iter_mut().filter(|shard| !shard.is_done) {
                let written = journals.get(&self.run(shard.task.index)).copied().unwrap_or(0);
                self.go_on(shard, &tasks, written);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Submits every shard again, and returns the stderr of the tasks, which must succeed.
    pub(super) async fn perform_again(&mut self) -> Vec<String> {
        let job = self.submit_all();
        let began = Instant::now();
        let mut said = Vec::new();
        for index in 0..self.size.shards {
            let task = TaskId { job, index };
            loop {
                match self.slurm.tasks().get(&task) {
                    Some(TaskState::Exited(0)) => break,
                    Some(TaskState::Exited(_) | TaskState::Killed) => panic!("{}", self.story(task)),
                    _ => assert!(began.elapsed() < LONGEST, "{task:?} does not end"),
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
            said.push(self.slurm.stderr(task));
        }
        said
    }

    /// Submits all shards, and chooses the faults of their tasks.
    fn begin(&mut self, rng: &mut Rng) -> Vec<Shard> {
        let job = self.submit_all();
        let most = self.size.keys as u64 / u64::from(self.size.shards) * RESULT_BYTES;
        // In a bucket, a journal grows by many results at once.
        let (most, most_looks) = match self.state {
            State::Directory(_) => (most, 0),
            State::Bucket(_) => (2, 8),
        };
        let mut frozen = 0;
        let mut shard = |index| {
            let count = if rng.f64() < STRUCK { rng.usize(1..=MOST_STROKES) } else { 0 };
            let mut stroke = |act| Stroke { bytes: rng.u64(0..most), looks: rng.u32(0..=most_looks), act };
            let act =
                |n: usize| if (index as usize + n).is_multiple_of(5) { Act::Requeue } else { Act::Kill };
            let mut strokes: Vec<_> = (0..count).map(|n| stroke(act(n))).collect();
            if count == 0 && frozen < FROZEN {
                frozen += 1;
                strokes.push(Stroke { bytes: most / 2, looks: most_looks / 4, act: Act::Freeze });
            }
            strokes.sort_by_key(|stroke| std::cmp::Reverse(stroke.bytes));
            let task = TaskId { job, index };
            Shard { task, strokes, rival: None, was_requeued: false, was_overtaken: false, is_done: false }
        };
        (0..self.size.shards).map(&mut shard).collect()
    }

    fn go_on(&mut self, shard: &mut Shard, tasks: &BTreeMap<TaskId, TaskState>, written: u64) {
        match tasks.get(&shard.task) {
            Some(TaskState::Running) => self.strike(shard, written),
            Some(TaskState::Stopped) => self.overtake(shard, tasks),
            Some(TaskState::Pending) if std::mem::take(&mut shard.was_requeued) => {
                self.slurm.hurry(shard.task);
            }
            Some(TaskState::Pending | TaskState::Passing) | None => {}
            Some(TaskState::Exited(0)) => shard.is_done = true,
            // A task array of one starts at once; Slurm requeues no task that was killed.
            Some(TaskState::Killed) => {
                let index = shard.task.index;
                shard.task = TaskId { job: self.submit(&index.to_string()), index };
            }
            Some(TaskState::Exited(3)) if shard.was_overtaken => {
                let said = self.slurm.stderr(shard.task);
                assert!(said.contains("another worker has taken over run"), "{said}");
                shard.is_done = true;
            }
            Some(TaskState::Exited(_)) => panic!("{}", self.story(shard.task)),
        }
    }

    fn strike(&mut self, shard: &mut Shard, written: u64) {
        let Some(next) = shard.strokes.last_mut().filter(|stroke| stroke.bytes <= written) else { return };
        if next.looks > 0 {
            next.looks -= 1;
            return;
        }
        let Some(stroke) = shard.strokes.pop() else { return };
        match stroke.act {
            Act::Kill => {
                self.slurm.signal(shard.task, "KILL");
                self.struck.killed += 1;
            }
            Act::Requeue => {
                self.slurm.requeue(shard.task);
                shard.was_requeued = true;
                self.struck.requeued += 1;
            }
            Act::Freeze => self.slurm.signal(shard.task, "STOP"),
        }
    }

    /// Lets another task take the shard of a frozen one, which continues when the other has ended.
    fn overtake(&mut self, shard: &mut Shard, tasks: &BTreeMap<TaskId, TaskState>) {
        let index = shard.task.index;
        let Some(rival) = shard.rival else {
            shard.rival = Some(TaskId { job: self.submit(&index.to_string()), index });
            return;
        };
        match (&self.state, tasks.get(&rival)) {
            (State::Directory(_), Some(TaskState::Exited(5))) => {
                let said = self.slurm.stderr(rival);
                assert!(said.contains("another process is working on the run"), "{said}");
            }
            (State::Bucket(_), Some(TaskState::Exited(0))) => shard.was_overtaken = true,
            (_, Some(TaskState::Exited(_) | TaskState::Killed)) => panic!("{}", self.story(rival)),
            _ => return,
        }
        self.slurm.signal(shard.task, "CONT");
        self.struck.frozen += 1;
    }

    /// Returns the ID of a shard's run.
    fn run(&self, index: u32) -> String {
        format!("{}-{index:05}", self.id)
    }

    fn submit_all(&mut self) -> u32 {
        let Size { shards, workers, .. } = self.size;
        self.submit(&format!("0-{}%{workers}", shards - 1))
    }

    fn submit(&mut self, array: &str) -> u32 {
        let job = self.slurm.submit(array, &self.work());
        self.jobs.push(job);
        job
    }

    fn work(&self) -> Command {
        let (workers, concurrency) = (self.size.workers.to_string(), CONCURRENCY.to_string());
        let state = self.state.url();
        let arguments = ["work", self.set.to_str().unwrap(), "--yes", "--format", "json"];
        let state = ["--state-dir", &state, "--rate", "100000/s"];
        let share = ["--parallelism", &workers, "--concurrency", &concurrency];
        self.subject.command(&self.subject.server.secret, &[&arguments[..], &state, &share].concat())
    }

    /// Returns the state and the output of a task.
    fn story(&self, task: TaskId) -> String {
        let state = self.slurm.tasks().get(&task).copied();
        format!("{task:?} {state:?}:\n{}{}", self.slurm.stdout(task), self.slurm.stderr(task))
    }
}

impl Drop for Play<'_> {
    /// A test that failed leaves no task behind.
    fn drop(&mut self) {
        self.jobs.iter().for_each(|job| self.slurm.cancel(*job));
    }
}
