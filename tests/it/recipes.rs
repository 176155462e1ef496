//! Recipes on the real servers, which `tests/run.sh --only recipes` starts: what each restores, and how it fails.
//!
//! A recipe is written as a user gets it, with `asof recover --init --recipe`, and run by `asof recover` beside a bucket of the
//! lab.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::servers::{Kind, Server};
use crate::support::{Moment, Run, Subject, kill};

mod aws;
mod broker;
mod dynamodb;
mod ebs;
mod files;
mod outbox;
mod sql;
mod stream;

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// The directory of a server that `tests/servers` has started.
fn place(variable: &str) -> PathBuf {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see tests/run.sh")).into()
}

/// The second that has begun last.
fn last_second() -> Moment {
    Moment(chrono::Utc::now().timestamp())
}

/// Long enough for what comes to be of another second than what was.
async fn next_second() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

/// The lab, whose clock runs.
async fn lab() -> Subject {
    let server = Server::find(Kind::Lab).await;
    server.lab.as_ref().unwrap().clock().resume();
    Subject::new(server)
}

/// `asof` with the programs that recipes run on its PATH.
async fn asof(subject: &Subject, arguments: &[&str]) -> Run {
    let mut command = command(subject, arguments);
    tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
}

fn command(subject: &Subject, arguments: &[&str]) -> Command {
    let mut command = subject.command(&subject.server.secret, arguments);
    command.env("PATH", std::env::var("PATH").unwrap());
    command
}

/// The processes to kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// asof; its command goes on.
    Asof,
    /// asof and its command, as when the machine goes down.
    All,
}

/// Runs `asof` until a path exists, and kills it.
async fn killed_at(command: &mut Command, path: &Path, victim: Victim) {
    let path = path.to_owned();
    // A link may lead nowhere.
    killed_when(command, move || path.symlink_metadata().is_ok(), victim).await;
}

/// Runs `asof` until something is so, and kills it.
async fn killed_when(command: &mut Command, is: impl Fn() -> bool + Send + 'static, victim: Victim) {
    let strike = move |process: u32| {
        let began = Instant::now();
        while !is() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        let groups = match victim {
            Victim::Asof => Vec::new(),
            Victim::All => children(process),
        };
        kill(process);
        for group in groups {
            // It may have ended.
            kill_process_group(group, Signal::KILL).ok();
        }
    };
    tokio::task::block_in_place(|| Run::with(command, strike)).expect_killed();
}

/// The commands that a process runs, each of which leads a process group.
fn children(process: u32) -> Vec<Pid> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let of_thread = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children"));
    let found: Vec<_> = threads.filter_map(|thread| of_thread(thread.ok()?).ok()).collect();
    let children = found.join(" ");
    children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().unwrap())).collect()
}

/// The ID of the recovery that a run reports.
fn id(run: &Run) -> String {
    run.of_type("recovery")[0]["id"].as_str().unwrap().to_owned()
}
