//! `asof resume`.

use super::args::ResumeArgs;
use super::carry::{Lead, PendingRun};
use super::context::Context;
use super::exit::Exit;
use super::kept::{open_run, server_again};
use super::{copies, suggest};
use crate::engine::RunManifest;
use crate::error::Result;
use crate::report::Command;

pub(super) async fn run(context: &Context, args: ResumeArgs) -> Result<Exit> {
    let ResumeArgs { run, yes: _, apply, thaw, server, output } = args;
    let mut context = context.shown(output);
    let mut run = open_run(&apply.state, &run, context.output)?;
    run.thaw(copies::thaw(thaw));
    let plan = run.open_plan()?;
    let (selected, trust_etag) = (&plan.header.selection, plan.header.checks.trust_etag);
    let server = server_again(&run.manifest().server, server);
    let client = context.client(server, Some(apply.rate)).await?;
    client.ask_clock(&run.manifest().changed().bucket).await;
    context.answered(&client, Ok(()))?;
    let RunManifest { undoes, heals, .. } = run.manifest();
    let restores = undoes.is_none() && !heals;
    let check = restores.then(|| suggest::check(run.manifest(), selected, trust_etag)).flatten();
    let ready = PendingRun {
        run,
        apply: copies::apply_options(&apply),
        lead: Lead::default(),
        sums: &plan.sums,
        command: Command::Resume,
        check,
    };
    ready.execute(&context, &client).await
}
