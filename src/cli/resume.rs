//! `asof resume`.

use std::time::Instant as Clock;

use super::args::ResumeArgs;
use super::carry::{Lead, PendingRun, open_run, server_again};
use super::context::{Context, Output};
use super::copies;
use super::exit::Exit;
use crate::error::Result;
use crate::plan::file::PlanFile;
use crate::report::Command;

pub(super) async fn run(context: &Context, args: ResumeArgs) -> Result<Exit> {
    let ResumeArgs { run, yes: _, apply, thaw, server, output } = args;
    let began = Clock::now();
    let output = Output::from(output);
    let mut run = open_run(&apply.state, &run, output)?;
    run.thaw(copies::thaw(thaw));
    let PlanFile { sums, header, .. } = PlanFile::open(&run.plan())?;
    let server = server_again(&run.manifest().server, server);
    let client = context.client(server, Some(apply.rate)).await?;
    let context = &context.by_clock(client.ask_clock(&run.manifest().changed().bucket).await, output);
    let ready = PendingRun {
        run,
        apply: copies::apply_options(&apply),
        lead: Lead::default(),
        sums: &sums,
        command: Command::Resume,
        selected: &header.selection,
        trust_etag: header.checks.trust_etag,
        began,
    };
    ready.carry_out(context, output, &client).await
}
