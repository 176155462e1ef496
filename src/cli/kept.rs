//! The state directory or bucket folder, and the runs and plan sets in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::apply::StateArgs;
use super::suggest;
use crate::engine::{Client, NewSet, Run, RunOrSet, SavedSet, Settings, StateHome};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::report::Output;

/// Returns the state directory, for commands that cannot keep their state in a bucket.
pub(super) fn state_dir(args: &StateArgs) -> Result<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let by_environment = || Some(named("XDG_STATE_HOME")?.join("asof"));
    let at_home = || Some(named("HOME")?.join(".local/state/asof"));
    match &args.state_dir {
        Some(Destination::Directory(dir)) => Ok(dir.clone()),
        Some(Destination::Bucket(folder)) => {
            Err(Error::usage(format!("this needs a state directory, and {folder} is in a bucket"))
                .hint("only runs can be kept in a bucket; use --state-dir DIR"))
        }
        None => by_environment().or_else(at_home).ok_or_else(|| {
            Error::usage("no directory is configured for the run's plan and journal")
                .hint("use --state-dir, or set XDG_STATE_HOME or HOME")
        }),
    }
}

/// Opens the place of runs; `server` is the server of the bucket to be changed.
pub(super) async fn home(args: &StateArgs, server: Settings) -> Result<StateHome> {
    let Some(Destination::Bucket(folder)) = &args.state_dir else {
        return Ok(StateHome::directory(state_dir(args)?));
    };
    let client = Client::connect(args.server(server), Arc::default()).await?;
    StateHome::bucket(client, folder.clone()).await
}

/// The name that stands for the newest run.
pub(super) const LATEST: &str = "latest";

/// Returns the ID of the run that was typed; `latest` is the newest one.
pub(super) async fn named(home: &StateHome, typed: &str, output: Output) -> Result<String> {
    if typed != LATEST {
        return Ok(typed.to_owned());
    }
    home.fetch_manifests().await?;
    let id = Run::latest(home.dir())?
        .ok_or_else(|| Error::usage(format!("there is no run in {home}")).hint(ELSEWHERE))?;
    output.note(&format!("latest is run {id}"));
    Ok(id)
}

/// Opens a plan set; `server` is the server of the bucket that contains it, if any, as typed.
pub(super) async fn open_set(path: &Path, state: &StateArgs, server: Settings) -> Result<SavedSet> {
    match Destination::of_path(path.to_owned())? {
        Destination::Directory(path) => SavedSet::directory(&path),
        Destination::Bucket(place) => {
            let client = Client::connect(state.server(server), Arc::default()).await?;
            SavedSet::bucket(client, place).await
        }
    }
}

/// Opens a place for a new plan set of the keys of `restored`.
pub(super) async fn new_set(
    path: &Path,
    state: &StateArgs,
    server: Settings,
    restored: &Location,
) -> Result<NewSet> {
    match Destination::of_path(path.to_owned())? {
        Destination::Directory(path) => Ok(NewSet::directory(path)),
        Destination::Bucket(place) => {
            let client = Client::connect(state.server(server), Arc::default()).await?;
            NewSet::bucket(client, place, restored).await
        }
    }
}

/// Classifies an argument as a run or a plan set. For state in a bucket, reads nothing.
pub(super) fn run_or_set(state: &StateArgs, typed: &str) -> Result<RunOrSet> {
    let is_run = match &state.state_dir {
        _ if typed == LATEST => true,
        Some(Destination::Bucket(_)) => Run::is_id(typed),
        _ => Run::exists(&state_dir(state)?, typed),
    };
    Ok(RunOrSet::of(typed, is_run, Path::new(typed).is_dir()))
}

/// Opens the run that was typed.
pub(super) async fn open_run(home: &StateHome, typed: &str, output: Output) -> Result<Run> {
    let id = named(home, typed, output).await?;
    home.open(&id).await.map_err(|e| {
        if Run::exists(home.dir(), &id) {
            return e;
        }
        e.hint(format!("list them: {}", suggest::runs())).hint(ELSEWHERE)
    })
}

const ELSEWHERE: &str = "use --state-dir for another directory";
