//! `asof runs`.

use super::args::look::RunsArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, state_dir};
use super::set_runs;
use crate::engine::recover::needed_runs;
use crate::engine::{Run, removable};
use crate::error::Result;
use crate::report::{Asked, Format, RunLine, can_ask, plural, removed_runs, show_runs};

const PRUNE: Asked = Asked {
    does: "remove runs, after which they cannot be undone",
    first: "review them with asof runs first",
};

pub(super) async fn run(context: &Context, args: RunsArgs) -> Result<Exit> {
    let RunsArgs { set, prune, yes, state, server, output } = args;
    let context = context.shown(output);
    if let Some(set) = set {
        return set_runs::show(&context, &set, &state, server.into_inner().settings(None)).await;
    }
    if prune.is_some() {
        can_ask(yes, PRUNE)?;
    }
    if prune.is_some() {
        state_dir(&state)?;
    }
    let home = home(&state, server.into_inner().settings(None)).await?;
    home.fetch_all().await?;
    let dir = home.dir();
    match Run::remove_unwritten(dir) {
        Ok(removed) => {
            for id in removed {
                context
                    .note(&format!("removed {id}: killed before its plan was written; it changed nothing"));
            }
        }
        // The runs can be shown nevertheless.
        Err(e) => context.note(&e.to_string()),
    }
    let runs = home.list()?;
    let Some(age) = prune else {
        if runs.is_empty() {
            context.note(&format!("no runs in {home}"));
        }
        let lines: Vec<_> = runs.iter().map(|run| RunLine::of(run, &runs)).collect();
        show_runs(context.output.format, &lines, context.now)?;
        return Ok(Exit::Done);
    };
    let before = context.now.before(age);
    let old = removable(&runs, &needed_runs(dir)?, before);
    let lines: Vec<_> = old.iter().map(|run| RunLine::of(run, &runs)).collect();
    let age = before.age(context.now);
    if lines.is_empty() {
        context.note(&format!("no finished runs are older than {age}"));
        return Ok(Exit::Done);
    }
    let format = context.output.format;
    if format == Format::Table {
        show_runs(format, &lines, context.now)?;
    }
    if !yes {
        let count = lines.len().to_string();
        let otherwise = format!("confirmation does not match {count}; nothing was removed");
        context.prompt().typed("the number of runs to remove", &count, otherwise).await?;
    }
    removed_runs(format, &lines, |run| Run::remove(dir, run))?;
    let runs = plural(lines.len() as u64, "run", "runs");
    context.note(&format!("removed {runs}, finished and older than {age}"));
    Ok(Exit::Done)
}
