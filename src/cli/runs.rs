//! `asof runs`.

use std::io::{BufWriter, Write};

use super::args::RunsArgs;
use super::carry::{no_csv, state_dir};
use super::context::Output;
use super::exit::Exit;
use crate::engine::{Glance, Run};
use crate::error::Result;
use crate::report::{Format, JsonLines, RunLine, count};

pub(super) fn run(args: RunsArgs) -> Result<Exit> {
    let output = Output::from(args.output);
    no_csv(output)?;
    let dir = state_dir(&args.state)?;
    let runs = Run::list(&dir)?;
    let mut out = BufWriter::new(std::io::stdout());
    if output.format == Format::Json {
        let mut lines = JsonLines::new(out);
        for run in &runs {
            lines.run(&line(run))?;
        }
        lines.into_inner().flush()?;
        return Ok(Exit::Done);
    }
    if runs.is_empty() {
        output.note(&format!("no runs in {}", dir.display()));
    }
    for run in &runs {
        let RunLine { run, state, undoes, location, to, at, changes, done, left } = line(run);
        let what = match (undoes, location, at) {
            (Some(other), ..) => format!("undo of {other}"),
            (None, Some(location), Some(at)) => {
                let to = to.map(|to| format!(", into {to}")).unwrap_or_default();
                format!("{location} as of {}{to}", at.human())
            }
            _ => "its run.json cannot be read".to_owned(),
        };
        let left = if left > 0 { format!(", {} left alone or failed", count(left)) } else { String::new() };
        writeln!(out, "{run}  {state:<11}  {} of {} done{left}  {what}", count(done), count(changes))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn line(glance: &Glance) -> RunLine<'_> {
    let Glance { id, order, state, damaged, running } = glance;
    let tally = state.as_ref().map(crate::apply::journal::State::tally).unwrap_or_default();
    let left = tally.conflicts + tally.archived + tally.failed;
    let (changes, done) = (state.as_ref().map_or(0, crate::apply::journal::State::changes), tally.done());
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
        undoes: order.as_ref().and_then(|order| order.undoes.as_deref()),
        location: order.as_ref().map(|order| order.location.to_string()),
        to: order.as_ref().and_then(|order| order.to.as_ref()).map(ToString::to_string),
        at: order.as_ref().map(|order| order.at),
        changes,
        done,
        left,
    }
}
