//! `asof restore`.

use std::time::Instant as Clock;

use super::args::RestoreArgs;
use super::args::apply::UndeleteArg;
use super::args::common::CommonArgs;
use super::carry::{Lead, Ready, manner, no_csv, server_of, state_dir};
use super::confirm::{CHANGE, ask_doubtful, can_ask, confirm_restore};
use super::context::{Context, Output};
use super::copies::{Target, left_out, plausibility, require_certainty};
use super::directory;
use super::exit::Exit;
use super::job::{Job, Source};
use super::moment;
use super::results::{CHANGED_MEANWHILE, Reporter};
use crate::engine::{Standing, require_removable, require_room, standings};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::report::{Command, Done, Summary, nothing_to_change, plural};

pub(super) async fn run(context: &Context, args: RestoreArgs) -> Result<Exit> {
    match args.to.clone() {
        Some(Destination::Directory(path)) => directory::restore(context, &path, args).await,
        other => in_bucket(context, other.and_then(Destination::into_bucket), args).await,
    }
}

async fn in_bucket(context: &Context, to: Option<Location>, args: RestoreArgs) -> Result<Exit> {
    let RestoreArgs {
        location,
        at,
        plan,
        to: _,
        no_case_collisions,
        undelete,
        yes,
        allow_mass_delete,
        apply,
        mut copies,
        common,
    } = args;
    let CommonArgs { select, compare, multipart_window, earlier, server, output } = common;
    let began = Clock::now();
    let output = Output::from(output);
    no_csv(output)?;
    if no_case_collisions {
        return Err(Error::usage("--no-case-collisions is for files in a directory: name one, --to ./DIR"));
    }
    let (mut job, source) = match (plan, location, at) {
        (Some(plan), location, _) => Job::saved(&plan, location.as_ref(), context.now, &server)?,
        (None, Some(location), Some(at)) => {
            let at = moment::read(&at, &apply.state)?;
            let options = (&select, &compare, &earlier, &server);
            Job::typed((location, at, to), options, (undelete.into(), multipart_window))?
        }
        // clap has asked for them.
        (None, ..) => return Err(Error::usage("give a location and --at, or --plan")),
    };
    can_ask(yes, CHANGE)?;
    let (state_dir, manner, kept) = (state_dir(&apply.state)?, manner(&apply), server_of(&server));
    let client = context.client(server, Some(apply.rate)).await?;
    let (settings, there) = standings(&client, &job.location, job.to.as_ref()).await?;
    let context = &context.by_clock_of(&client, output);
    let here = Standing::from(&settings);

    let of_plan = matches!(&source, Source::Plan(file) if file.sums.to_uncover().keys > 0);
    if undelete == UndeleteArg::RemoveMarker || of_plan {
        require_removable(&client, &job.location.bucket).await?;
    }
    let kms = here.kms || there.kms;
    let work = job.find(source, context, output.display, (&client, &settings, kms)).await?;
    let warnings = plausibility(&work.sums, &job.change(), &copies).warnings();
    job.show(context, output, (&work, &warnings))?;
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
    let ready = Ready { run, order: &order, manner, lead, sums: &sums, command, options, began };
    ready.carry_out(context, output, &client).await
}
