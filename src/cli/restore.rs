//! `asof restore`.

use std::time::Instant as Clock;

use super::args::common::PastArgs;
use super::args::{DiffArgs, RestoreArgs};
use super::carry::{Lead, PendingRun, server_of, state_dir};
use super::confirm::{CHANGE, ask_doubtful, can_ask, confirm_restore};
use super::context::{Context, Output};
use super::copies::{left_out_line, restore_options};
use super::exit::Exit;
use super::job::{self, View};
use super::results::{CHANGED_MEANWHILE, Reporter};
use super::show::{self, Asked};
use super::{diff, directory};
use crate::engine::{Begun, Prepared, Said};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::plan::{Action, Only};
use crate::report::{Command, Done, Phase, Progress, Summary, nothing_to_change};

pub(super) async fn run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    match (args.to.clone(), args.dry_run) {
        (Some(Destination::Directory(path)), _) => Box::pin(directory::restore(context, &path, args)).await,
        (None, true) => Box::pin(preview(context, args)).await,
        (other, _) => Box::pin(in_bucket(context, other.and_then(Destination::into_bucket), args)).await,
    }
}

/// Shows what a restore in place would change, as `diff` and `show` do, and changes nothing.
async fn preview(context: &Context, args: RestoreArgs) -> Result<Exit> {
    no_directory(args.no_case_collisions)?;
    let RestoreArgs { location, at, plan, undelete, only, apply, common, .. } = args;
    match (plan, location, at) {
        (Some(plan), location, _) => {
            let kinds = Only::new(only.into_iter().map(Action::from));
            let asked = Asked { plan: &plan, location: location.as_ref(), all: false, kinds };
            show::view(context, asked, Output::from(common.output))
        }
        (None, Some(location), Some(at)) => {
            let diff = DiffArgs {
                past: PastArgs { location, at },
                versus: None,
                all: false,
                out: None,
                undelete,
                only,
                exit_code: false,
                state: apply.state,
                common,
            };
            diff::run(context, diff).await
        }
        (None, ..) => Err(Error::usage(NO_PLACE)),
    }
}

/// What clap has asked for already.
pub(super) const NO_PLACE: &str = "give a location and --at, or --plan";

fn no_directory(no_case_collisions: bool) -> Result<()> {
    if no_case_collisions {
        return Err(Error::usage("--no-case-collisions is for files in a directory: name one, --to ./DIR"));
    }
    Ok(())
}

async fn in_bucket(context: &Context, to: Option<Location>, args: RestoreArgs) -> Result<Exit> {
    no_directory(args.no_case_collisions)?;
    let (yes, dry_run, began) = (args.yes, args.dry_run, Clock::now());
    let output = Output::from(args.common.output.clone());
    let (plan, restore) = job::read(&args, to)?;
    let RestoreArgs { apply, copies, common, allow_mass_delete, .. } = args;
    can_ask(yes || dry_run, CHANGE)?;
    let (state_dir, kept) = (state_dir(&apply.state)?, server_of(&common.server));
    let client = context.client(common.server, Some(apply.rate)).await?;
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let prepared = restore.prepare(&client, &context.cancel).await;
    drop(progress);
    let context = &context.by_clock_of(&client, output);
    let mut prepared = prepared?;
    let (checks, sums) = (std::mem::take(&mut prepared.checks), prepared.sums.clone());
    let view = View { plan: plan.as_ref(), checks: &checks, context, output };
    if dry_run {
        return view.preview(prepared, began);
    }
    let mut options = restore_options(&copies, &apply);
    let warnings = prepared.plausibility(&options).warnings();
    view.sums(&prepared, &warnings)?;
    prepared.require_room(&options)?;
    if !yes {
        ask_doubtful(context, &sums, prepared.at, &mut options).await?;
    }
    prepared.require_certainty(&options)?;
    let left_out = options.left_out(&sums);
    if left_out > 0 {
        output.note(&left_out_line(left_out));
    }
    let lead = Lead { checks: &checks, warnings: &warnings };
    if prepared.len == left_out {
        return nothing(context, output, &prepared, lead, began);
    }
    let said = Said { allow_mass_delete, yes };
    confirm_restore(context, &prepared.changed().bucket, prepared.plausibility(&options), said).await?;
    let (selected, trust_etag) = (prepared.selected.clone(), prepared.trust_etag);
    let run = prepared.begin(&options, Begun { state_dir: &state_dir, server: kept, now: context.now })?;
    let ready = PendingRun {
        run,
        apply: options.apply,
        lead,
        sums: &sums,
        command: Command::Restore,
        selected: &selected,
        trust_etag,
        began,
    };
    ready.carry_out(context, output, &client).await
}

/// There is nothing to change.
fn nothing(
    context: &Context,
    output: Output,
    prepared: &Prepared,
    lead: Lead<'_>,
    began: Clock,
) -> Result<Exit> {
    output.note(&nothing_to_change(&prepared.sums));
    let command = Command::Restore(Done::new(None, &context.counters));
    let summary = Summary::new(
        command,
        &prepared.location,
        prepared.at,
        &prepared.sums,
        &context.counters,
        began.elapsed(),
    );
    let mut reporter = Reporter::new(output.format, CHANGED_MEANWHILE);
    reporter.checks(lead.checks)?;
    reporter.warnings(lead.warnings)?;
    reporter.finish(&summary)?;
    Ok(Exit::Done)
}
