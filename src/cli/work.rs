//! `asof work`.

use super::args::work::WorkArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, open_set};
use super::suggest;
use crate::engine::{
    Executed, PlanSet, ReadyShard, Run, Server, ShardVariable, ShardWorker, Sums, TakenShard, Work,
    shard_index, worker_rate,
};
use crate::error::{Error, Result};
use crate::model::{Instant, Location};
use crate::report::{CHANGED_MEANWHILE, Command, Done, Reporter, left_out_line};

pub(super) async fn run(context: &Context, args: WorkArgs) -> Result<Exit> {
    let mut context = context.logged(args.output.clone());
    require_yes(&args)?;
    let set = open_set(&args.set, &args.change.apply.state, args.server.clone().settings(None)).await?;
    let work = Work::new(&set, shard_index(args.shard, &variables())?)?;
    let typed = args.server.clone().settings(Some(worker_rate(args.change.apply.rate, args.parallelism)?));
    let home = home(&args.change.apply.state, typed.clone()).await?;
    let plan = &set.manifest.plan;
    home.require_apart(&plan.location())?;
    let settings = set.manifest.server.clone().unless(typed);
    let client = context.client(settings.clone()).await?;
    let options = args.change.options();
    let worker = ShardWorker {
        home: &home,
        server: Server::of(&settings, &client),
        options: &options,
        allow_mass_delete: args.allow_mass_delete,
    };
    let taken = work.take_up(&client, worker, &context.cancel).await;
    match context.answered(&client, taken)? {
        TakenShard::Applied(run) => applied(&context, &run),
        TakenShard::Nothing { left_out } => nothing(&context, &set, left_out),
        TakenShard::Ready(ready) => {
            // Held until the run ends, so that no other process resumes the run that it undoes.
            let ReadyShard { run, sums, checks, left_out, undone: _undone } = *ready;
            say_left_out(&context, left_out);
            let pending = PendingRun::new(run, options.apply, sums, Command::Work);
            PendingRun { checks, ..pending }.execute(&context, &client).await
        }
    }
}

/// Requires `--yes`: a worker has no terminal for a prompt.
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

fn say_left_out(context: &Context, left_out: u64) {
    if left_out > 0 {
        context.note(&left_out_line(left_out));
    }
}

/// Reports a shard that has nothing to change.
fn nothing(context: &Context, set: &PlanSet, left_out: u64) -> Result<Exit> {
    say_left_out(context, left_out);
    context.note("nothing to change: no change of this shard is applied");
    let plan = &set.manifest.plan;
    end(context, &plan.location(), plan.at, Applied { run: None, sums: &Sums::default() })?;
    Ok(Exit::Done)
}

/// Reports a shard whose run is done.
fn applied(context: &Context, run: &Run) -> Result<Exit> {
    let sums = run.count_done(&context.counters)?;
    context.note(&format!("already applied: run {}", run.id()));
    let manifest = run.manifest();
    end(context, &manifest.location, manifest.at, Applied { run: Some(run.id()), sums: &sums })?;
    let executed = Executed { finished: true, unguarded: false, undoable: true };
    Ok(executed.conclusion(&context.counters).into())
}

/// A shard that has nothing left to do, with its run if it has one.
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
