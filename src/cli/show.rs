//! `asof show`.

use std::path::Path;

use super::args::look::ShowArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::{LATEST, home, named, open_set};
use super::{set, suggest};
use crate::engine::{MANIFEST, Only, Prices, Run, open_plan, read_prices};
use crate::error::Result;
use crate::limits;
use crate::model::{Destination, Location};
use crate::report::{ChangesView, Closing, Command, Heading, Purpose, plan_notes};

pub(super) async fn run(context: &Context, args: ShowArgs) -> Result<Exit> {
    let ShowArgs { plan, all, prices, state, server, output } = args;
    let prices = read_prices(prices, &context.cancel).await?;
    let context = context.shown(output);
    let server = server.into_inner().settings(None);
    // Keeps the local copy of a run in a bucket until the end.
    let home_of_run;
    let mut resume = None;
    let plan = match plan.to_str() {
        // A file of this name takes precedence over a run.
        Some(typed) if typed == LATEST || !plan.exists() && Run::is_id(typed) => {
            home_of_run = home(&state, server.clone()).await?;
            let run = named(&home_of_run, typed, context.output).await?;
            resume = home_of_run.is_in_bucket().then(|| suggest::resume(&run));
            home_of_run.plan(&run).await?.unwrap_or(plan)
        }
        _ => plan,
    };
    let is_in_bucket = matches!(Destination::of_path(plan.clone())?, Destination::Bucket(_));
    if is_in_bucket || plan.is_dir() || plan.file_name().is_some_and(|name| name == MANIFEST) {
        let set = open_set(&plan, &state, server).await?;
        let shown = set::Shown { set: &set, path: &plan, all, prices, command: Command::Show };
        return set::show(&context, shown).await;
    }
    view(&context, &plan, Wanted { location: None, all, kinds: Only::default(), prices, resume })
}

/// The part of a plan that is shown.
pub(super) struct Wanted<'a> {
    /// The location that the plan must have.
    pub(super) location: Option<&'a Location>,
    pub(super) all: bool,
    pub(super) kinds: Only,
    /// The prices for the estimated cost.
    pub(super) prices: Option<Prices>,
    /// The command that applies it, if it is the copy of a run's plan in a bucket.
    pub(super) resume: Option<String>,
}

/// Shows a plan.
pub(super) fn view(
    context: &Context,
    plan: &Path,
    Wanted { location, all, kinds, prices, resume }: Wanted<'_>,
) -> Result<Exit> {
    let saved = open_plan(plan, location, &kinds)?;
    let (header, sums, trailer) = (saved.header, saved.sums, saved.trailer);
    let location = header.location();
    let heading = Heading::new(&location, header.at, Purpose::Plan, context.now)
        .notes(plan_notes(&header, &suggest::choice_of(&header), context.now))
        .restore(resume.unwrap_or_else(|| suggest::restore_plan(plan).only(&kinds).to_string()));
    let mut view = ChangesView::new(context.output.format, heading, all, None)?;
    view.plan(&header)?;
    view.warn(&sums.plausibility(header.at, sums.deletes(false)).warnings())?;
    for change in saved.changes {
        let (_, change) = change?;
        if header.selection.only.has(change.action) {
            view.change(&change)?;
        }
    }
    context.counters.keys.add(trailer.keys);
    context.counters.versions.add(trailer.versions);
    let pages = trailer.versions.div_ceil(limits::PAGE_ENTRIES.unsigned_abs().into());
    let estimate = prices.and_then(|prices| prices.estimate(&sums, pages));
    let summary = context.summary(Command::Show, &location, header.at, &sums).estimated(estimate.as_ref());
    view.finish(&sums, &summary, Closing::NextStep(estimate.as_ref()))?;
    Ok(Exit::Done)
}
