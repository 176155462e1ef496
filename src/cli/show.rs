//! `asof show`.

use std::time::Instant as Clock;

use super::args::ShowArgs;
use super::context::{Context, Output};
use super::diff::View;
use super::exit::Exit;
use super::{next, saved};
use crate::error::Result;
use crate::plan::file::PlanFile;
use crate::report::{Command, Heading, Purpose, Summary};

pub(super) fn run(context: &Context, args: ShowArgs) -> Result<Exit> {
    let ShowArgs { plan, all, output } = args;
    let began = Clock::now();
    let output = Output::from(output);
    let PlanFile { header, sums, trailer, changes } = PlanFile::open(&plan)?;
    let location = header.location();
    let heading = Heading {
        location: location.clone(),
        at: header.at,
        purpose: Purpose::Plan,
        against: None,
        notes: saved::notes(&header, context.now),
        restore: next::restore_plan(&plan, ""),
        now: context.now,
    };
    let mut view = View::new(output.format, heading, all)?;
    view.plan(&header)?;
    view.warn(&sums.plausibility(header.at, sums.deletes(false)).warnings())?;
    for change in changes {
        view.change(&change?.1)?;
    }
    context.counters.keys.add(trailer.keys);
    context.counters.versions.add(trailer.versions);
    let summary =
        Summary::new(Command::Show, (&location, header.at), &sums, &context.counters, began.elapsed());
    view.finish(&sums, &summary, None)?;
    Ok(Exit::Done)
}
