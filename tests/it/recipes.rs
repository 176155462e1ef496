//! Recipes on the real servers, which `tests/run.sh --only recipes` starts: what each restores, and how it fails.
//!
//! A recipe is written as a user gets it, with `asof recover --init --recipe`, and run by `asof recover` beside a bucket of the
//! lab.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::servers::{Kind, Server};
use crate::support::{Run, Subject, kill};

mod files;
mod sql;

/// How long something is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// The directory of a server that `tests/servers` has started.
fn place(variable: &str) -> PathBuf {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see tests/run.sh")).into()
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

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// asof; its command goes on.
    Asof,
    /// asof and its command, as when the machine goes down.
    All,
}

/// Runs `asof` until a path exists, and kills it.
async fn killed_at(subject: &Subject, arguments: &[&str], path: &Path, victim: Victim) -> Run {
    let mut command = command(subject, arguments);
    let path = path.to_owned();
    let strike = move |process: u32| {
        let began = Instant::now();
        while !path.exists() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        let children = children(process);
        kill(process);
        for group in children.iter().filter(|_| victim == Victim::All) {
            // It may have ended.
            drop(Command::new("kill").args(["-9", &format!("-{group}")]).output());
        }
    };
    let run = tokio::task::spawn_blocking(move || Run::with(&mut command, strike)).await.unwrap();
    run.expect_killed()
}

/// The commands that a process runs, each of which leads a process group.
fn children(process: u32) -> Vec<String> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let of_thread = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children"));
    let found: Vec<_> = threads.filter_map(|thread| of_thread(thread.ok()?).ok()).collect();
    found.join(" ").split_whitespace().map(str::to_owned).collect()
}

/// The ID of the recovery that a run reports.
fn id(run: &Run) -> String {
    run.of_type("recovery")[0]["id"].as_str().unwrap().to_owned()
}
