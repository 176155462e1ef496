//! Slurm as its commands tell: array jobs are submitted, tasks are listed, signalled and requeued.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

/// The Slurm started by `tests/servers/slurm.sh`, and the directory for the output of its tasks.
#[derive(Debug)]
pub(super) struct Slurm {
    conf: String,
    logs: PathBuf,
}

/// The job of a task, and its index in the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TaskId {
    pub(super) job: u32,
    pub(super) index: u32,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskState {
    /// It waits for its turn.
    Pending,
    /// It is about to start or to end.
    Passing,
    Running,
    /// It was sent SIGSTOP.
    Stopped,
    Exited(i32),
    /// A signal has ended it.
    Killed,
}

impl Slurm {
    pub(super) fn find(logs: PathBuf) -> Self {
        let conf = env::var("ASOF_TEST_SLURM_CONF");
        let conf = conf.unwrap_or_else(|_| panic!("ASOF_TEST_SLURM_CONF is not set: see tests/run.sh"));
        fs::create_dir_all(&logs).unwrap();
        Self { conf, logs }
    }

    /// Submits a command as an array job with these indices, and returns the job.
    pub(super) fn submit(&self, array: &str, task: &Command) -> u32 {
        let words: Vec<_> = std::iter::once(task.get_program()).chain(task.get_args()).map(quoted).collect();
        let script = self.logs.join("task.sh");
        fs::write(&script, format!("#!/bin/sh\nexec {}\n", words.join(" "))).unwrap();
        let log = self.logs.join("%A_%a").to_str().unwrap().to_owned();
        let mut submit = self.command("sbatch");
        submit.args(["--parsable", "--requeue", "--open-mode=append", "--array", array]);
        submit.args(["--output", &format!("{log}.out"), "--error", &format!("{log}.err")]).arg(&script);
        for (name, value) in task.get_envs() {
            submit.env(name, value.unwrap());
        }
        printed(&mut submit).trim().parse().unwrap()
    }

    /// The tasks of every job.
    pub(super) fn tasks(&self) -> BTreeMap<TaskId, TaskState> {
        let columns = "ArrayJobID:12,ArrayTaskID:12,State:20,exit_code:12";
        let listed = printed(self.command("squeue").args(["-h", "-r", "-t", "all", "-O", columns]));
        listed.lines().map(task).collect()
    }

    /// Sends a signal to every process of a task.
    pub(super) fn signal(&self, task: TaskId, signal: &str) {
        let TaskId { job, index } = task;
        // A task that has ended meanwhile is an error to Slurm.
        output(self.command("scancel").args(["--full", "--signal", signal, &format!("{job}_{index}")]));
    }

    /// Ends a task and lets it start again.
    pub(super) fn requeue(&self, TaskId { job, index }: TaskId) {
        output(self.command("scontrol").args(["requeue", &format!("{job}_{index}")]));
    }

    /// Starts a requeued task soon, and not after two minutes, as Slurm does. At once would be too early: the node would refuse
    /// the task because of the credential that was revoked with the one before.
    pub(super) fn hurry(&self, TaskId { job, index }: TaskId) {
        let task = format!("JobId={job}_{index}");
        output(self.command("scontrol").args(["update", &task, "StartTime=now+3seconds"]));
    }

    /// Cancels a job.
    pub(super) fn cancel(&self, job: u32) {
        output(self.command("scancel").arg(job.to_string()));
    }

    /// Returns the stderr of a task.
    pub(super) fn stderr(&self, task: TaskId) -> String {
        self.log(task, "err")
    }

    /// Returns the stdout of a task.
    pub(super) fn stdout(&self, task: TaskId) -> String {
        self.log(task, "out")
    }

    fn log(&self, TaskId { job, index }: TaskId, stream: &str) -> String {
        let path: &Path = &self.logs.join(format!("{job}_{index}.{stream}"));
        fs::read_to_string(path).unwrap_or_default()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("SLURM_CONF", &self.conf).env("PATH", env::var_os("PATH").unwrap());
        command
    }
}

/// Reads a line of `squeue`: the job, the index, the state, and the status as `wait` returns it.
fn task(line: &str) -> (TaskId, TaskState) {
    let [job, index, state, status] = line.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("not a task: {line:?}")
    };
    let status: i32 = status.parse().unwrap();
    let state = match state {
        "RUNNING" => TaskState::Running,
        "STOPPED" => TaskState::Stopped,
        "COMPLETED" | "FAILED" | "CANCELLED" | "NODE_FAIL" if status & 0x7f != 0 => TaskState::Killed,
        "COMPLETED" | "FAILED" => TaskState::Exited(status >> 8),
        "CANCELLED" | "NODE_FAIL" => TaskState::Killed,
        "PENDING" => TaskState::Pending,
        _ => TaskState::Passing,
    };
    (TaskId { job: job.parse().unwrap(), index: index.parse().unwrap() }, state)
}

fn quoted(word: &std::ffi::OsStr) -> String {
    format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"))
}

fn printed(command: &mut Command) -> String {
    let output = output(command);
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("{command:?}: {e}"))
}
