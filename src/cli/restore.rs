//! `asof restore`.

use super::args::common::PastArgs;
use super::args::compare::DiffArgs;
use super::args::restore::RestoreArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::home;
use super::show::{self, Wanted};
use super::suggest::{self, suggest};
use super::{diff, directory, time_arg};
use crate::engine::{
    Begun, Header, Only, Prices, Restore, Said, Server, check_elsewhere, open_plan, read_prices,
};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::report::{
    Before, CHANGE, CHANGED_MEANWHILE, Command, Done, Preview, Reporter, can_ask, left_out_line,
    nothing_to_change, plan_notes, show_prepared,
};

pub(super) async fn run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    let context = context.shown(args.common.output.clone());
    let to = match args.to.clone() {
        Some(Destination::Directory(path)) => {
            return Box::pin(directory::restore(context, &path, args)).await;
        }
        to => to.and_then(Destination::into_bucket),
    };
    if args.no_case_collisions {
        return Err(Error::usage("--no-case-collisions needs a directory: --to ./DIR"));
    }
    if args.dry_run && to.is_none() {
        return Box::pin(dry_run(&context, args)).await;
    }
    Box::pin(in_bucket(context, to, args)).await
}

/// Shows the changes that a restore in place would make, like `diff` and `show`, and makes none.
async fn dry_run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    if let Some(plan) = &args.plan {
        let kinds = Only::new(args.only.iter().copied());
        let prices = read_prices(args.prices, &context.cancel).await?;
        let location = args.location.as_ref();
        return show::view(context, plan, Wanted { location, all: false, kinds, prices, resume: None });
    }
    let diff = DiffArgs {
        past: args.past()?,
        versus: None,
        all: false,
        out: None,
        shards: None,
        undelete: args.undelete,
        only: args.only,
        prices: args.prices,
        exit_code: false,
        html: None,
        state: args.change.apply.state,
        common: args.common,
    };
    Box::pin(diff::run(context, diff)).await
}

/// Reads the source of the restore, with the header of the plan if it restores one.
async fn read(
    context: &Context,
    args: &RestoreArgs,
    to: Option<Location>,
) -> Result<(Option<Header>, Restore)> {
    if let Some(plan) = &args.plan {
        let file = open_plan(plan, args.location.as_ref(), &Only::new(args.only.iter().copied()))?;
        return Ok((Some(file.header.clone()), Restore::Plan(Box::new(file))));
    }
    let PastArgs { location, at } = args.past()?;
    let at = time_arg::read(&at, &args.change.apply.state, None)?;
    let query = Box::new(args.common.query(&location, at, &args.only, &context.cancel).await?);
    if let Some(to) = &to {
        check_elsewhere(&location, to)?;
    }
    Ok((None, Restore::Past { query, to, undelete: args.undelete }))
}

async fn in_bucket(mut context: Context, to: Option<Location>, args: RestoreArgs) -> Result<Exit> {
    let (yes, dry_run) = (args.yes, args.dry_run);
    let (plan, restore) = read(&context, &args, to).await?;
    let RestoreArgs { change, common, allow_mass_delete, prices, .. } = args;
    can_ask(yes || dry_run, CHANGE)?;
    let prices = read_prices(prices, &context.cancel).await?;
    let settings = common.server.settings(Some(change.apply.rate));
    let home = home(&change.apply.state, settings.clone()).await?;
    restore.require_apart(&home)?;
    if !dry_run {
        // Before the listing, which may take hours.
        home.probe().await?;
    }
    let client = context.client(settings.clone()).await?;
    let server = Server::of(&settings, &client);
    let prepared = context.surveying(restore.prepare(&client, &context.cancel)).await;
    let prepared = context.answered(&client, prepared)?;
    let mut options = change.options();
    let notes = plan.as_ref().map(|plan| plan_notes(plan, &suggest::choice_of(plan), context.now));
    let warnings = prepared.plausibility(&options).warnings();
    let prices = Prices::at(&client.endpoint(), prices);
    let estimate =
        prices.and_then(|prices| prices.estimate(&prepared.sums, context.counters.list_requests.get()));
    let before = Before { notes, warnings: &warnings, estimate: estimate.as_ref(), now: context.now };
    show_prepared(context.output, &prepared, before)?;
    let (location, at, sums) = (prepared.location.clone(), prepared.at, prepared.sums.clone());
    if dry_run {
        let restore = suggest("restore").about(&location, at).to_string();
        let preview = Preview { checks: &prepared.checks, sums: &sums, changes: prepared.len, restore };
        let summary = context
            .summary(Command::Diff { versus: None }, &location, at, &sums)
            .estimated(estimate.as_ref());
        preview.show(context.output.format, prepared.changes, &summary)?;
        return Ok(Exit::Done);
    }
    prepared.require_room(&options)?;
    if !yes {
        context.prompt().doubtful(&sums, at, &mut options).await?;
    }
    prepared.require_certainty(&options)?;
    let left_out = options.left_out(&sums);
    context.metrics.restoring(&context.counters, left_out);
    if left_out > 0 {
        context.note(&left_out_line(left_out));
    }
    let checks = prepared.checks.clone();
    if prepared.len == left_out {
        context.note(&nothing_to_change(&sums));
        let command = Command::Restore(Done::new(None, &context.counters));
        let results = Reporter::begin(context.output.format, CHANGED_MEANWHILE, &checks, &warnings)?;
        results.finish(&context.summary(command, &location, at, &sums))?;
        return Ok(Exit::Done);
    }
    let said = Said { allow_mass_delete, yes };
    context.prompt().consent(&prepared.changed().bucket, prepared.plausibility(&options), said).await?;
    let (selected, trust_etag) = (prepared.selected.clone(), prepared.trust_etag);
    let run = prepared.begin(&options, Begun { state_dir: home.dir(), server, now: context.now })?;
    let run = home.keep(run, &context.cancel).await?;
    let check = suggest::check(run.manifest(), &selected, trust_etag);
    let run = PendingRun::new(run, options.apply, sums, Command::Restore);
    PendingRun { checks, warnings, check, ..run }.execute(&context, &client).await
}
