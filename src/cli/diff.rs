//! `asof diff`.

use super::args::compare::DiffArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::new_set;
use super::page::page_file;
use super::{suggest, time_arg};
use crate::engine::{
    BucketState, Comparison, Diff, Findings, Prices, SaveSet, SaveTo, Server, read_prices, seen,
};
use crate::error::Result;
use crate::model::Instant;
use crate::report::{ChangesView, Closing, Command, Heading, Purpose, diff_verdict, head};

pub(super) async fn run<const CSV: bool>(context: &Context, args: DiffArgs<CSV>) -> Result<Exit> {
    let diff = read(context, &args).await?;
    let prices = read_prices(args.prices.clone(), &context.cancel).await?;
    let DiffArgs { all, out, shards, exit_code, html, state, common, .. } = args;
    let page = page_file(html)?;
    let mut context = context.shown(common.output);
    let settings = common.server.settings(None);
    let client = context.client(settings.clone()).await?;
    let comparison = context.answered(&client, diff.inspect(&client).await)?;
    let Comparison { at, versus, state: BucketState { versioning, .. }, .. } = comparison;
    let location = &comparison.location.clone();
    let restore = match (&out, shards) {
        (Some(set), Some(_)) => suggest::work(set),
        (Some(plan), None) => suggest::restore_plan(plan),
        (None, _) => suggest::suggest("restore").about(location, at),
    };
    // Before the listing, which may take hours, so that an unwritable plan fails at once.
    let mut saving = match (out.as_deref(), shards) {
        (None, _) => None,
        (Some(path), None) => Some(comparison.save(SaveTo::File(path))?),
        (Some(path), Some(shards)) => {
            let place = new_set(path, &state, settings.clone(), location).await?;
            let server = Server::of(&settings, &client);
            Some(comparison.save(SaveTo::Set(Box::new(SaveSet { place, shards, server })))?)
        }
    };
    let heading = Heading::new(location, at, purpose(versus, out.is_some()), context.now)
        .notes(head(&comparison.checks))
        .restore(restore.to_string());
    let mut view = ChangesView::new(context.output.format, heading, all, page)?;
    view.checks(&comparison.checks)?;
    let findings = context.surveying(comparison.survey(&client, &context.cancel)).await;
    let Findings { changes, uncertain, sums } = findings?;
    let deletes = if versus.is_some() { 0 } else { sums.deletes(false) };
    view.warn(&sums.plausibility(at, deletes).warnings())?;
    let changes = changes.close()?;
    for change in changes.read()? {
        let change = change?;
        if let Some(saving) = &mut saving {
            saving.push(&change)?;
        }
        view.change(&change)?;
    }
    view.uncertain(uncertain)?;
    if let Some(saving) = saving {
        saving.finish(&changes, &sums, seen(&client)).await?;
    }
    let verdict = diff_verdict(versus, &sums, versioning);
    let prices = Prices::at(&client.endpoint(), prices).filter(|_| verdict.is_none());
    let estimate = prices.and_then(|prices| prices.estimate(&sums, context.counters.list_requests.get()));
    let summary = context.summary(Command::Diff { versus }, location, at, &sums).estimated(estimate.as_ref());
    let closing = verdict.as_deref().map_or(Closing::NextStep(estimate.as_ref()), Closing::Verdict);
    view.finish(&sums, &summary, closing)?;
    Ok(if exit_code && sums.changes() > 0 { Exit::Differences } else { Exit::Done })
}

/// Reads the query of the comparison.
async fn read<const CSV: bool>(context: &Context, args: &DiffArgs<CSV>) -> Result<Diff> {
    let read = |text: &str| time_arg::read(text, &args.state, None);
    let at = read(&args.past.at)?;
    let versus = args.versus.as_deref().map(read).transpose()?;
    let query = args.common.query(&args.past.location, at, &args.only, &context.cancel).await?;
    Diff::new(query, versus, args.undelete)
}

fn purpose(versus: Option<Instant>, saved: bool) -> Purpose {
    match versus {
        Some(versus) => Purpose::Versus(versus),
        None if saved => Purpose::Plan,
        None => Purpose::Restore,
    }
}
