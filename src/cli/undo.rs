//! `asof undo`.

use std::io::{BufWriter, Write};
use std::time::Instant as Clock;

use super::args::UndoArgs;
use super::carry::{Lead, Ready, manner, open_run, server_again, server_of, state_dir};
use super::confirm::{CHANGE, can_ask, confirm};
use super::context::{Context, Output};
use super::exit::Exit;
use super::next::OfRun;
use super::results::{CHANGED_MEANWHILE, Reporter};
use crate::engine::{
    CarriedRun, Order, Run, find_superseded, plan_undo, require_keeping, require_removable, standing,
};
use crate::error::Result;
use crate::plan::{Only, Sums};
use crate::report::{Command, DiffView, Done, Format, Heading, Purpose, Summary};

pub(super) async fn run(context: &Context, args: UndoArgs) -> Result<Exit> {
    let UndoArgs { run, undelete, yes, apply, server, output } = args;
    let began = Clock::now();
    let output = Output::from(output);
    let state_dir = state_dir(&apply.state)?;
    let (done, order) = open_run(&apply.state, &run, output)?;
    can_ask(yes, CHANGE)?;
    let server = server_again(&order.server, server);
    let kept = server_of(&server);
    let next = OfRun::new(&apply, &kept, &server);
    let client = context.client(server, Some(apply.rate)).await?;
    let bucket = &order.changed().bucket;
    require_keeping(bucket, standing(&client, bucket).await?)?;
    let context = &context.by_clock_of(&client, output);

    let carried = CarriedRun { run: &done, order: &order };
    find_superseded(&client, carried, context.now, &context.cancel).await?;
    let back = order.undo(done.id(), kept, context.now);
    let undo = Run::create(&state_dir, &back)?;
    let sums = match plan_undo((&done, &order), (&undo, &back), undelete.into(), context.now) {
        Ok(sums) => sums,
        Err(e) => {
            undo.discard()?;
            return Err(e);
        }
    };
    let command = Command::Undo as fn(Done) -> Command;
    if sums.changes() == 0 {
        undo.discard()?;
        output.note(&format!("nothing to take back: the run {} has changed nothing", done.id()));
        let command = command(Done::new(None, &context.counters));
        let place = (&back.location, back.at);
        let summary = Summary::new(command, place, &sums, &context.counters, began.elapsed());
        Reporter::new(output.format, CHANGED_MEANWHILE).finish(&summary)?;
        return Ok(Exit::Done);
    }
    if sums.to_uncover().keys > 0
        && let Err(e) = require_removable(&client, bucket).await
    {
        undo.discard()?;
        return Err(e);
    }
    show(context, output, &back, &sums)?;
    if !yes && let Err(e) = confirm(context, "bucket", bucket).await {
        undo.discard()?;
        return Err(e);
    }
    let manner = manner(&apply);
    let ready = Ready {
        run: undo,
        order: &back,
        manner,
        lead: Lead::default(),
        sums: &sums,
        command,
        kinds: &Only::default(),
        options: "",
        next,
        began,
    };
    ready.carry_out(context, output, &client).await
}

/// Shows what will be taken back.
fn show(context: &Context, output: Output, back: &Order, sums: &Sums) -> Result<()> {
    if output.format != Format::Table || output.quiet {
        return Ok(());
    }
    let heading = Heading {
        location: back.location.clone(),
        at: back.at,
        purpose: Purpose::Undo,
        against: None,
        notes: back.undoes.iter().map(|run| format!("what the run {run} has changed, taken back")).collect(),
        restore: String::new(),
        now: context.now,
    };
    let mut out = BufWriter::new(std::io::stdout());
    DiffView::new(heading, false).sums(sums, &mut out)?;
    Ok(out.flush()?)
}
