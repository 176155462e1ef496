//! `asof runs`.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use super::args::RunsArgs;
use super::carry::state_dir;
use super::confirm::{Asked, can_ask, is_typed};
use super::context::{Context, Output};
use super::exit::Exit;
use crate::engine::recover::needed_runs;
use crate::engine::{Run, RunState, RunStatus, removable};
use crate::error::{Error, Result};
use crate::model::Instant;
use crate::report::{Format, JsonLines, RunLine, plural, runs_table};

const PRUNE: Asked =
    ("remove runs, which cannot be undone any more then", "look at them with asof runs first");

pub(super) async fn run(context: &Context, args: RunsArgs) -> Result<Exit> {
    let RunsArgs { prune, yes, state, server: _, output } = args;
    let output = Output::from(output);
    if prune.is_some() {
        can_ask(yes, PRUNE)?;
    }
    let dir = state_dir(&state)?;
    match Run::remove_unwritten(&dir) {
        Ok(removed) => {
            for id in removed {
                output.note(&format!(
                    "removed {id}: it was killed before it was written, and has changed nothing"
                ));
            }
        }
        // The runs can be shown all the same.
        Err(e) => output.note(&e.to_string()),
    }
    let runs = Run::list(&dir)?;
    let Some(age) = prune else {
        if runs.is_empty() {
            output.note(&format!("no runs in {}", dir.display()));
        }
        let lines: Vec<_> = runs.iter().map(|run| line(run, &runs)).collect();
        let mut out = BufWriter::new(std::io::stdout());
        if output.format == Format::Json {
            let mut json = JsonLines::new(&mut out);
            lines.iter().try_for_each(|line| json.run(line))?;
        } else {
            out.write_all(runs_table(&lines, context.now).as_bytes())?;
        }
        out.flush()?;
        return Ok(Exit::Done);
    };
    let old = removable(&runs, &needed_runs(&dir)?, before(context.now, age));
    let lines: Vec<_> = old.iter().map(|run| line(run, &runs)).collect();
    remove(context, output, &dir, Removal { lines, age, yes }).await
}

/// Runs that are to be removed.
struct Removal<'a> {
    lines: Vec<RunLine<'a>>,
    age: Duration,
    yes: bool,
}

/// Shows what is removed, asks, and removes it.
async fn remove(context: &Context, output: Output, dir: &Path, removal: Removal<'_>) -> Result<Exit> {
    let Removal { lines, age, yes } = removal;
    let age = before(context.now, age).age(context.now);
    if lines.is_empty() {
        output.note(&format!("no run that is done was begun more than {age} ago"));
        return Ok(Exit::Done);
    }
    let mut out = std::io::stdout();
    if output.format == Format::Table {
        out.write_all(runs_table(&lines, context.now).as_bytes())?;
    }
    let count = lines.len().to_string();
    if !yes && !is_typed(context, "the number of runs to remove", &count).await? {
        return Err(Error::usage(format!("that is not {count}; nothing was removed")));
    }
    let mut json = JsonLines::new(&mut out);
    for line in &lines {
        Run::remove(dir, line.run)?;
        if output.format == Format::Json {
            json.removed_run(line)?;
        }
    }
    let runs = plural(lines.len() as u64, "run", "runs");
    output.note(&format!("removed {runs}, done and begun more than {age} ago"));
    Ok(Exit::Done)
}

/// The instant so long before another.
fn before(now: Instant, length: Duration) -> Instant {
    let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Instant::from_millis(now.millis().saturating_sub(length))
}

fn line<'a>(glance: &'a RunStatus, all: &'a [RunStatus]) -> RunLine<'a> {
    let RunStatus { id, manifest, state, damaged, running } = glance;
    let tally = state.as_ref().map(RunState::tally).unwrap_or_default();
    let left = tally.conflicts + tally.archived + tally.failed;
    let (changes, done) = (state.as_ref().map_or(0, RunState::changes), tally.done());
    let undoes_this = |other: &&RunStatus| {
        let undoes = other.manifest.as_ref().and_then(|manifest| manifest.undoes.as_deref());
        undoes == Some(id) && other.state.as_ref().is_some_and(RunState::is_done)
    };
    RunLine {
        run: id,
        state: match state {
            _ if *running => "running",
            _ if *damaged => "damaged",
            None => "not begun",
            Some(state) if state.is_done() => "done",
            Some(_) if done + left == changes => "incomplete",
            Some(_) => "interrupted",
        },
        began: manifest.as_ref().map(|manifest| manifest.began),
        undoes: manifest.as_ref().and_then(|manifest| manifest.undoes.as_deref()),
        undone_by: all.iter().rev().find(undoes_this).map(|other| other.id.as_str()),
        location: manifest.as_ref().map(|manifest| manifest.location.to_string()),
        to: manifest.as_ref().and_then(|manifest| manifest.to.as_ref()).map(ToString::to_string),
        at: manifest.as_ref().map(|manifest| manifest.at),
        changes,
        done,
        left,
    }
}
