//! `asof show` of a plan set.

use std::path::Path;

use super::context::Context;
use super::exit::Exit;
use super::suggest;
use crate::engine::PlanSet;
use crate::error::Result;
use crate::report::{Command, Heading, Purpose, SetView, plan_notes, show_set};

/// Shows a plan set: the counts of the whole plan, and its shards.
pub(super) fn show(context: &Context, path: &Path, all: bool) -> Result<Exit> {
    let set = PlanSet::open(path)?;
    set.require_shards()?;
    let (manifest, plan) = (&set.manifest, &set.manifest.plan);
    let location = plan.location();
    let heading = Heading::new(&location, plan.at, Purpose::Plan, context.now)
        .notes(plan_notes(plan, &suggest::choice_of(plan), context.now))
        .restore(suggest::work(path).to_string());
    context.counters.keys.add(manifest.keys);
    context.counters.versions.add(manifest.versions);
    let summary = context.summary(Command::Show, &location, plan.at, &manifest.sums);
    show_set(context.output.format, &SetView { set: &set, heading, summary, all })?;
    Ok(Exit::Done)
}
