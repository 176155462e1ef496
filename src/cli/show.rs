//! `asof show`.

use std::path::Path;
use std::time::Instant as Clock;

use super::args::ShowArgs;
use super::carry::{LATEST, named, state_dir};
use super::context::{Context, Output};
use super::diff::View;
use super::exit::Exit;
use super::{plan_view, suggest};
use crate::engine::Run;
use crate::error::Result;
use crate::model::Location;
use crate::plan::Only;
use crate::plan::file::PlanFile;
use crate::report::{Command, Heading, Purpose, Summary};

/// A plan to be shown.
pub(super) struct Asked<'a> {
    pub(super) plan: &'a Path,
    /// The place that it has to be of.
    pub(super) location: Option<&'a Location>,
    pub(super) all: bool,
    /// The kinds of change that are wanted.
    pub(super) kinds: Only,
}

pub(super) fn run(context: &Context, args: ShowArgs) -> Result<Exit> {
    let ShowArgs { plan, all, state, server: _, output } = args;
    let output = Output::from(output);
    let plan = match plan.to_str() {
        Some(LATEST) => {
            let dir = state_dir(&state)?;
            Run::plan_of(&dir, &named(&dir, LATEST, output)?)
        }
        // A file of this name comes first.
        Some(run) if !plan.exists() => {
            let dir = state_dir(&state)?;
            if Run::exists(&dir, run) { Run::plan_of(&dir, run) } else { plan }
        }
        _ => plan,
    };
    view(context, Asked { plan: &plan, location: None, all, kinds: Only::default() }, output)
}

/// Shows a plan.
pub(super) fn view(context: &Context, asked: Asked<'_>, output: Output) -> Result<Exit> {
    let Asked { plan, location, all, kinds } = asked;
    let began = Clock::now();
    let restore = suggest::restore_plan(plan).only(&kinds).to_string();
    let (PlanFile { mut header, sums, trailer, changes }, kinds) = plan_view::open(plan, &kinds)?;
    plan_view::require_of(plan, &header, location)?;
    header.selection.only = kinds.clone();
    let location = header.location();
    let heading = Heading {
        location: location.clone(),
        at: header.at,
        purpose: Purpose::Plan,
        against: None,
        notes: plan_view::notes(&header, context.now),
        restore,
        now: context.now,
    };
    let mut view = View::new(output.format, heading, all)?;
    view.plan(&header)?;
    view.warn(&sums.plausibility(header.at, sums.deletes(false)).warnings())?;
    for change in changes {
        let (_, change) = change?;
        if kinds.has(change.action) {
            view.change(&change)?;
        }
    }
    context.counters.keys.add(trailer.keys);
    context.counters.versions.add(trailer.versions);
    let summary =
        Summary::new(Command::Show, &location, header.at, &sums, &context.counters, began.elapsed());
    view.finish(&sums, &summary, None)?;
    Ok(Exit::Done)
}
