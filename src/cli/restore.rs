//! `asof restore`.

use std::time::Instant as Clock;

use super::args::apply::UndeleteArg;
use super::args::common::PastArgs;
use super::args::{DiffArgs, RestoreArgs};
use super::carry::{Lead, Ready, manner, server_of, state_dir};
use super::confirm::{CHANGE, ask_doubtful, can_ask, confirm_restore};
use super::context::{Context, Output};
use super::copies::{Target, left_out, plausibility, require_certainty};
use super::exit::Exit;
use super::job::{Job, Saved, Source, Typed};
use super::next::{self, OfRun};
use super::results::{CHANGED_MEANWHILE, Reporter};
use super::show::{self, Asked};
use super::{diff, directory, moment};
use crate::engine::{Standing, require_removable, require_room, standings};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::plan::{Action, Only};
use crate::report::{Command, Done, Summary, nothing_to_change, plural};

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
    let RestoreArgs { location, at, plan, undelete, only, apply, copies, common, .. } = args;
    let more = next::of_apply(&apply) + &next::of_copies(&copies);
    match (plan, location, at) {
        (Some(plan), location, _) => {
            let kinds = Only::new(only.into_iter().map(Action::from));
            let options = next::of_server(&common.server) + &next::of_state(&apply.state) + &more;
            let asked = Asked { plan: &plan, location: location.as_ref(), all: false, kinds, options };
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
            diff::run(context, diff, &more).await
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

async fn in_bucket(context: &Context, to: Option<Location>, args: RestoreArgs) -> Result<Exit> {
    no_directory(args.no_case_collisions)?;
    let RestoreArgs { location, at, plan, undelete, only, dry_run, yes, allow_mass_delete, .. } = args;
    let RestoreArgs { apply, mut copies, common, .. } = args;
    let began = Clock::now();
    let output = Output::from(common.output.clone());
    let (kinds, state) = (Only::new(only.into_iter().map(Action::from)), &apply.state);
    let (mut job, source) = match (plan, location, at) {
        (Some(plan), location, _) => {
            let location = location.as_ref();
            let server = &common.server;
            Job::saved(Saved { path: &plan, location, kinds: &kinds, server, state }, context.now)?
        }
        (None, Some(location), Some(at)) => {
            let at = moment::read(&at, state)?;
            let (common, undelete) = (&common, undelete.into());
            Job::typed(Typed { location, at, to, common, kinds, undelete, state })?
        }
        (None, ..) => return Err(Error::usage(NO_PLACE)),
    };
    let server = common.server;
    let more = next::of_apply(&apply) + &next::of_copies(&copies);
    can_ask(yes || dry_run, CHANGE)?;
    let (state_dir, manner, kept) = (state_dir(&apply.state)?, manner(&apply), server_of(&server));
    let next = OfRun::new(&apply, &kept, &server);
    let client = context.client(server, Some(apply.rate)).await?;
    let (settings, there) = standings(&client, &job.location, job.to.as_ref()).await?;
    let context = &context.by_clock_of(&client, output);
    let here = Standing::from(&settings);

    let of_plan = matches!(&source, Source::Plan(file, _) if file.sums.to_uncover().keys > 0);
    if undelete == UndeleteArg::RemoveMarker || of_plan {
        require_removable(&client, &job.location.bucket).await?;
    }
    let kms = here.kms || there.kms;
    let work = job.find(source, context, output.display, (&client, &settings, kms)).await?;
    if dry_run {
        return job.preview(context, output, work, &more, began);
    }
    let warnings = plausibility(&work.sums, &job.change(), &copies).warnings();
    job.show(context, output, &work, &warnings)?;
    require_room(job.to.as_ref(), there, (&work.sums, manner.on_conflict))?;
    ask_doubtful(context, &work.sums, (job.at, yes), &mut copies).await?;
    require_certainty(&work.sums, job.at, &copies, Target::Bucket)?;
    let left_out = left_out(&work.sums, &copies);
    if left_out > 0 {
        output.note(&plural(left_out, "key in doubt is left as it is", "keys in doubt are left as they are"));
    }
    let sums = work.sums.clone();
    if work.len == left_out {
        output.note(&nothing_to_change(&sums));
        let command = Command::Restore(Done::new(None, &context.counters));
        let summary =
            Summary::new(command, (&job.location, job.at), &sums, &context.counters, began.elapsed());
        let mut reporter = Reporter::new(output.format, CHANGED_MEANWHILE);
        reporter.checks(&job.checks)?;
        reporter.warnings(&warnings)?;
        reporter.finish(&summary)?;
        return Ok(Exit::Done);
    }
    let plausibility = plausibility(&sums, &job.change(), &copies);
    confirm_restore(context, &job.place.bucket, plausibility, (allow_mass_delete, yes)).await?;
    let (run, order) = job.begin((&state_dir, kept), (work, here), &copies, context)?;
    let (options, command) = (job.options.as_str(), Command::Restore as fn(Done) -> Command);
    let lead = Lead { checks: &job.checks, warnings: &warnings };
    let (kinds, sums) = (job.kinds(), &sums);
    let ready = Ready { run, order: &order, manner, lead, sums, command, kinds, options, next, began };
    ready.carry_out(context, output, &client).await
}
