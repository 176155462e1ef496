//! `asof restore`.

use super::args::common::{PastArgs, kinds};
use super::args::{DiffArgs, RestoreArgs};
use super::carry::{Lead, PendingRun};
use super::confirm::{CHANGE, ask_doubtful, can_ask, confirm_restore};
use super::context::Context;
use super::copies::restore_options;
use super::exit::Exit;
use super::kept::{server_of, state_dir};
use super::show::{self, Asked};
use super::suggest::{self, suggest};
use super::{diff, directory, time_arg};
use crate::engine::{Begun, Header, Prepared, Restore, Said, check_elsewhere, open_plan};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::report::{
    Before, CHANGED_MEANWHILE, Command, Done, Preview, Reporter, left_out_line, nothing_to_change,
    plan_notes, show_prepared,
};

pub(super) async fn run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    let context = context.shown(args.common.output.clone());
    match (args.to.clone(), args.dry_run) {
        (Some(Destination::Directory(path)), _) => Box::pin(directory::restore(context, &path, args)).await,
        (None, true) => Box::pin(preview(&context, args)).await,
        (other, _) => Box::pin(in_bucket(context, other.and_then(Destination::into_bucket), args)).await,
    }
}

/// Shows what a restore in place would change, as `diff` and `show` do, and changes nothing.
async fn preview(context: &Context, args: RestoreArgs) -> Result<Exit> {
    no_directory(args.no_case_collisions)?;
    let RestoreArgs { location, at, plan, undelete, only, apply, common, .. } = args;
    match (plan, location, at) {
        (Some(plan), location, _) => {
            let asked = Asked { plan: &plan, location: location.as_ref(), all: false, kinds: kinds(&only) };
            show::view(context, asked)
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
const NO_PLACE: &str = "give a location and --at, or --plan";

fn no_directory(no_case_collisions: bool) -> Result<()> {
    if no_case_collisions {
        return Err(Error::usage("--no-case-collisions is for files in a directory: name one, --to ./DIR"));
    }
    Ok(())
}

/// Reads what is to be restored, with the head of the plan where it is of one.
async fn read(
    context: &Context,
    args: &RestoreArgs,
    to: Option<Location>,
) -> Result<(Option<Header>, Restore)> {
    match (&args.plan, &args.location, &args.at) {
        (Some(path), location, _) => {
            let file = open_plan(path, location.as_ref(), &kinds(&args.only))?;
            Ok((Some(file.header.clone()), Restore::Plan(Box::new(file))))
        }
        (None, Some(location), Some(at)) => {
            let at = time_arg::read(at, &args.apply.state)?;
            let query = Box::new(args.common.query(location, at, &args.only, &context.cancel).await?);
            if let Some(to) = &to {
                check_elsewhere(location, to)?;
            }
            Ok((None, Restore::Past { query, to, undelete: args.undelete.into() }))
        }
        (None, ..) => Err(Error::usage(NO_PLACE)),
    }
}

async fn in_bucket(mut context: Context, to: Option<Location>, args: RestoreArgs) -> Result<Exit> {
    no_directory(args.no_case_collisions)?;
    let (yes, dry_run) = (args.yes, args.dry_run);
    let (plan, restore) = read(&context, &args, to).await?;
    let RestoreArgs { apply, copies, common, allow_mass_delete, .. } = args;
    can_ask(yes || dry_run, CHANGE)?;
    let state_dir = state_dir(&apply.state)?;
    let client = context.client(common.server.clone(), Some(apply.rate)).await?;
    let kept = server_of(common.server, &client);
    let prepared = context.surveying(restore.prepare(&client, &context.cancel)).await;
    let prepared = context.answered(&client, prepared)?;
    let notes = plan.as_ref().map(|plan| plan_notes(plan, &suggest::choice_of(plan), context.now));
    if dry_run {
        let warnings = prepared.sums.plausibility(prepared.at, 0).warnings();
        show_prepared(context.output, &prepared, Before { notes, warnings: &warnings, now: context.now })?;
        return preview_elsewhere(&context, prepared);
    }
    let mut options = restore_options(&copies, &apply);
    let warnings = prepared.plausibility(&options).warnings();
    show_prepared(context.output, &prepared, Before { notes, warnings: &warnings, now: context.now })?;
    prepared.require_room(&options)?;
    let (checks, sums) = (prepared.checks.clone(), prepared.sums.clone());
    if !yes {
        ask_doubtful(&context, &sums, prepared.at, &mut options).await?;
    }
    prepared.require_certainty(&options)?;
    let left_out = options.left_out(&sums);
    if left_out > 0 {
        context.note(&left_out_line(left_out));
    }
    let lead = Lead { checks: &checks, warnings: &warnings };
    if prepared.len == left_out {
        return nothing(&context, &prepared, lead);
    }
    let said = Said { allow_mass_delete, yes };
    confirm_restore(&context, &prepared.changed().bucket, prepared.plausibility(&options), said).await?;
    let (selected, trust_etag) = (prepared.selected.clone(), prepared.trust_etag);
    let run = prepared.begin(&options, Begun { state_dir: &state_dir, server: kept, now: context.now })?;
    let check = suggest::check(run.manifest(), &selected, trust_etag);
    let ready = PendingRun { run, apply: options.apply, lead, sums: &sums, command: Command::Restore, check };
    ready.execute(&context, &client).await
}

/// Shows what a restore into another place would change, and changes nothing.
fn preview_elsewhere(context: &Context, prepared: Prepared) -> Result<Exit> {
    let Prepared { location, at, checks, sums, len, changes, .. } = prepared;
    let restore = suggest("restore").about(&location, at).to_string();
    let preview = Preview { checks: &checks, sums: &sums, changes: len, restore };
    let summary = context.summary(Command::Diff { versus: None }, &location, at, &sums);
    preview.show(context.output.format, changes, &summary)?;
    Ok(Exit::Done)
}

/// There is nothing to change.
fn nothing(context: &Context, prepared: &Prepared, lead: Lead<'_>) -> Result<Exit> {
    let Prepared { location, at, sums, .. } = prepared;
    context.note(&nothing_to_change(sums));
    let command = Command::Restore(Done::new(None, &context.counters));
    let reporter = lead.begin(Reporter::new(context.output.format, CHANGED_MEANWHILE))?;
    reporter.finish(&context.summary(command, location, *at, sums))?;
    Ok(Exit::Done)
}
