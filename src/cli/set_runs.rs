//! `asof runs` of a plan set.

use std::path::Path;

use super::args::apply::StateArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, open_set};
use super::suggest;
use crate::engine::{Settings, ShardRuns};
use crate::error::Result;
use crate::report::{SetRunsView, show_set_runs};

/// Shows the progress of a plan set.
pub(super) async fn show(
    context: &Context,
    path: &Path,
    state: &StateArgs,
    server: Settings,
) -> Result<Exit> {
    let set = open_set(path, state, server.clone()).await?;
    let home = home(state, server).await?;
    let runs = ShardRuns::read(&set, &home).await?;
    let (resume, undo) = (suggest::resume_set(path).to_string(), suggest::undo_set(path).to_string());
    let view = SetRunsView { set: &set, now: context.now, resume, undo };
    show_set_runs(context.output.format, &view, runs)?;
    Ok(Exit::Done)
}
