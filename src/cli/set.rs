//! `asof show` of a plan set.

use std::path::Path;

use super::context::Context;
use super::exit::Exit;
use super::suggest;
use crate::engine::{PlanSet, Prices};
use crate::error::Result;
use crate::limits;
use crate::report::{Command, Heading, Purpose, SetView, plan_notes, show_set};

/// The part of a plan set that is shown.
pub(super) struct Wanted {
    pub(super) all: bool,
    /// For the estimated cost.
    pub(super) prices: Option<Prices>,
}

/// Shows a plan set: the counts of the whole plan, and its shards.
pub(super) fn show(context: &Context, path: &Path, Wanted { all, prices }: Wanted) -> Result<Exit> {
    let set = PlanSet::open(path)?;
    set.require_shards()?;
    let (manifest, plan) = (&set.manifest, &set.manifest.plan);
    let location = plan.location();
    let heading = Heading::new(&location, plan.at, Purpose::Plan, context.now)
        .notes(plan_notes(plan, &suggest::choice_of(plan), context.now))
        .restore(suggest::work(path).to_string());
    context.counters.keys.add(manifest.keys);
    context.counters.versions.add(manifest.versions);
    let prices = manifest.server.asked().map_or(prices.clone(), |endpoint| Prices::at(&endpoint, prices));
    let pages = manifest.versions.div_ceil(limits::PAGE_ENTRIES.unsigned_abs().into());
    let estimate = prices.and_then(|prices| prices.estimate(&manifest.sums, pages));
    let estimate = estimate.as_ref();
    let summary = context.summary(Command::Show, &location, plan.at, &manifest.sums).estimated(estimate);
    show_set(context.output.format, &SetView { set: &set, heading, summary, estimate, all })?;
    Ok(Exit::Done)
}
