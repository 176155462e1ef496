//! `asof work`.

use std::path::Path;

use super::args::work::WorkArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::state_dir;
use super::suggest;
use crate::engine::{
    Begun, Client, Executed, Guards, PlanSet, Run, Server, ShardProgress, ShardVariable, Sums, Work,
    shard_index,
};
use crate::error::{Error, Result};
use crate::model::{Instant, Location};
use crate::report::{CHANGED_MEANWHILE, Command, Done, Reporter, left_out_line};

pub(super) async fn run(context: &Context, args: WorkArgs) -> Result<Exit> {
    let mut context = context.logged(args.output.clone());
    require_yes(&args)?;
    let set = PlanSet::open(&args.set)?;
    let work = Work::new(&set, shard_index(args.shard, &variables())?)?;
    let state_dir = state_dir(&args.change.apply.state)?;
    let rate = rate(&args)?;
    let settings = set.manifest.server.clone().unless(args.server.clone().settings(Some(rate)));
    let client = context.client(settings.clone()).await?;
    let server = Server::of(&settings, &client);
    let progress = work.progress(&state_dir, &server)?;
    if let ShardProgress::Applied(run) = &progress {
        return applied(&context, run);
    }
    let plan = &set.manifest.plan;
    client.ask_clock(&plan.bucket).await;
    context.answered(&client, Ok(()))?;
    let apply = args.change.options().apply;
    if let ShardProgress::Begun(mut run) = progress {
        run.thaw(args.change.options().copying.thaw);
        let sums = run.open_plan()?.sums;
        return PendingRun::new(run, apply, sums, Command::Work).execute(&context, &client).await;
    }
    match begin(&context, &client, Shard { work, args, state_dir: &state_dir, server }).await? {
        Some(pending) => pending.execute(&context, &client).await,
        None => nothing(&context, &set),
    }
}

/// The worker's part of the rate.
fn rate(args: &WorkArgs) -> Result<u32> {
    let (rate, workers) = (args.change.apply.rate, args.parallelism);
    match rate / workers {
        0 => Err(Error::usage(format!(
            "--rate {rate}/s is less than one key per second for {workers} workers"
        ))
        .hint("increase --rate, or reduce --parallelism")),
        part => Ok(part),
    }
}

/// Nobody is there to be asked.
fn require_yes(args: &WorkArgs) -> Result<()> {
    if args.yes {
        return Ok(());
    }
    let show = suggest::suggest("show").path(&args.set);
    Err(Error::usage("asof work changes a bucket and does not ask: it needs --yes")
        .hint(format!("review the plan set first: {show}; then add --yes")))
}

fn variables() -> Vec<ShardVariable> {
    let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    ShardVariable::NAMES.map(|name| ShardVariable { name, value: read(name) }).into()
}

/// A shard whose run has not begun.
struct Shard<'a> {
    work: Work<'a>,
    args: WorkArgs,
    state_dir: &'a Path,
    server: Server,
}

/// Begins the shard's run; `None` if there is nothing to change.
async fn begin(context: &Context, client: &Client, shard: Shard<'_>) -> Result<Option<PendingRun>> {
    let Shard { work, args, state_dir, server } = shard;
    let options = args.change.options();
    let guards = Guards { options: &options, allow_mass_delete: args.allow_mass_delete };
    let prepared = work.prepare(client, guards, &context.cancel).await?;
    let left_out = options.left_out(&prepared.sums);
    if left_out > 0 {
        context.note(&left_out_line(left_out));
    }
    if prepared.len == left_out {
        return Ok(None);
    }
    let (checks, sums) = (prepared.checks.clone(), prepared.sums.clone());
    let run = prepared.begin(&options, Begun { state_dir, server, now: context.now })?;
    Ok(Some(PendingRun { checks, ..PendingRun::new(run, options.apply, sums, Command::Work) }))
}

/// The results of a shard that has nothing to change.
fn nothing(context: &Context, set: &PlanSet) -> Result<Exit> {
    context.note("nothing to change: no change of this shard is applied");
    let plan = &set.manifest.plan;
    end(context, &plan.location(), plan.at, Applied { run: None, sums: &Sums::default() })?;
    Ok(Exit::Done)
}

/// The results of a shard whose run is done.
fn applied(context: &Context, run: &Run) -> Result<Exit> {
    let sums = run.count_done(&context.counters)?;
    context.note(&format!("already applied: run {}", run.id()));
    let manifest = run.manifest();
    end(context, &manifest.location, manifest.at, Applied { run: Some(run.id()), sums: &sums })?;
    let executed = Executed { finished: true, unguarded: false, undoable: true };
    Ok(executed.conclusion(&context.counters).into())
}

/// The run of a shard for which nothing is left to do, if it has one.
#[derive(Clone, Copy)]
struct Applied<'a> {
    run: Option<&'a str>,
    sums: &'a Sums,
}

fn end(context: &Context, location: &Location, at: Instant, applied: Applied<'_>) -> Result<()> {
    let Applied { run, sums } = applied;
    let command = Command::Work(Done::new(run, &context.counters));
    let results = Reporter::begin(context.output.format, CHANGED_MEANWHILE, &[], &[])?;
    results.finish(&context.summary(command, location, at, sums)).map(drop)
}
