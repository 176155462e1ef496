//! The state directory, and the runs in it.

use std::path::{Path, PathBuf};

use super::args::apply::StateArgs;
use super::suggest;
use crate::engine::Run;
use crate::error::{Error, Result};
use crate::report::Output;

/// Where runs are kept.
pub(super) fn state_dir(args: &StateArgs) -> Result<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let by_environment = || Some(named("XDG_STATE_HOME")?.join("asof"));
    let at_home = || Some(named("HOME")?.join(".local/state/asof"));
    args.state_dir.clone().or_else(by_environment).or_else(at_home).ok_or_else(|| {
        Error::usage("no directory is configured for the run's plan and journal")
            .hint("use --state-dir, or set XDG_STATE_HOME or HOME")
    })
}

/// The name that stands for the newest run.
pub(super) const LATEST: &str = "latest";

/// The name of a run as it was typed; `latest` is the newest one.
pub(super) fn named(state_dir: &Path, typed: &str, output: Output) -> Result<String> {
    if typed != LATEST {
        return Ok(typed.to_owned());
    }
    let id = Run::latest(state_dir)?
        .ok_or_else(|| Error::usage(format!("there is no run in {}", state_dir.display())).hint(ELSEWHERE))?;
    output.note(&format!("latest is run {id}"));
    Ok(id)
}

/// Takes up the run that was named.
pub(super) fn open_run(state: &StateArgs, typed: &str, output: Output) -> Result<Run> {
    let dir = state_dir(state)?;
    let id = named(&dir, typed, output)?;
    Run::open(&dir, &id).map_err(|e| {
        if Run::exists(&dir, &id) {
            return e;
        }
        e.hint(format!("list them: {}", suggest::runs())).hint(ELSEWHERE)
    })
}

const ELSEWHERE: &str = "use --state-dir for another directory";
