//! `asof show` of a plan set.

use std::path::Path;

use super::context::Context;
use super::exit::Exit;
use super::suggest;
use crate::engine::{Prices, SavedSet};
use crate::error::Result;
use crate::limits;
use crate::report::{Command, Heading, Purpose, SetView, plan_notes, show_set};

/// A plan set to be shown.
pub(super) struct Shown<'a> {
    pub(super) set: &'a SavedSet,
    pub(super) path: &'a Path,
    pub(super) all: bool,
    /// The prices for the estimated cost.
    pub(super) prices: Option<Prices>,
    /// The command named in the summary.
    pub(super) command: Command,
}

/// Shows a plan set: the counts of the whole plan, and its shards.
pub(super) async fn show(context: &Context, shown: Shown<'_>) -> Result<Exit> {
    let Shown { set, path, all, prices, command } = shown;
    set.require_plans().await?;
    let (manifest, plan) = (&set.manifest, &set.manifest.plan);
    let location = plan.location();
    let (purpose, notes) = match &manifest.undoes {
        None => (Purpose::Plan, plan_notes(plan, &suggest::choice_of(plan), context.now)),
        Some(undone) => (Purpose::Undo, vec![format!("undo of the plan set {undone}")]),
    };
    let heading = Heading::new(&location, plan.at, purpose, context.now)
        .notes(notes)
        .restore(suggest::work(path).to_string());
    context.counters.keys.add(manifest.keys);
    context.counters.versions.add(manifest.versions);
    let prices = manifest.server.asked().map_or(prices.clone(), |endpoint| Prices::at(&endpoint, prices));
    let pages = manifest.versions.div_ceil(limits::PAGE_ENTRIES.unsigned_abs().into());
    let estimate = prices.and_then(|prices| prices.estimate(&manifest.sums, pages));
    let estimate = estimate.as_ref();
    let summary = context.summary(command, &location, plan.at, &manifest.sums).estimated(estimate);
    show_set(context.output.format, &SetView { set, heading, summary, estimate, all })?;
    Ok(Exit::Done)
}
