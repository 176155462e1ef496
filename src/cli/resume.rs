//! `asof resume`.

use std::time::Instant as Clock;

use super::args::ResumeArgs;
use super::carry::{Lead, Ready, manner, no_csv, server_again, state_dir};
use super::context::{Context, Output};
use super::exit::Exit;
use super::{copies, next};
use crate::engine::Run;
use crate::error::Result;
use crate::plan::file::PlanFile;
use crate::report::{Command, Done};

pub(super) async fn run(context: &Context, args: ResumeArgs) -> Result<Exit> {
    let ResumeArgs { run, apply, thaw, server, output } = args;
    let began = Clock::now();
    let output = Output::from(output);
    no_csv(output)?;
    let (run, mut order) = Run::open(&state_dir(&apply.state)?, &run)?;
    order.copying.thaw = copies::thaw(thaw).or(order.copying.thaw);
    let sums = PlanFile::open(&run.plan())?.sums;
    let server = server_again(&order.server, server);
    let options = next::of_server(&server);
    let client = context.client(server, Some(apply.rate)).await?;
    let context = &context.by_clock(client.ask_clock(&order.changed().bucket).await, output);
    let (manner, command) = (manner(&apply), Command::Resume as fn(Done) -> Command);
    let ready = Ready {
        run,
        order: &order,
        manner,
        lead: Lead::default(),
        sums: &sums,
        command,
        options: &options,
        began,
    };
    ready.carry_out(context, output, &client).await
}
