//! `asof resume`.

use super::args::restore::ResumeArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::open_run;
use super::suggest;
use crate::error::Result;
use crate::report::Command;

pub(super) async fn run(context: &Context, args: ResumeArgs) -> Result<Exit> {
    let ResumeArgs { run, yes: _, apply, thaw, server, output } = args;
    let mut context = context.shown(output);
    let mut run = open_run(&apply.state, &run, context.output)?;
    run.thaw(thaw.asked());
    let plan = run.open_plan()?;
    let manifest = run.manifest();
    let client = context.client(manifest.server.clone().unless(server.settings(Some(apply.rate)))).await?;
    client.ask_clock(&manifest.changed().bucket).await;
    context.answered(&client, Ok(()))?;
    let restores = manifest.undoes.is_none() && !manifest.heals;
    let (selected, trust_etag) = (&plan.header.selection, plan.header.checks.trust_etag);
    let check = restores.then(|| suggest::check(manifest, selected, trust_etag)).flatten();
    let run = PendingRun::new(run, apply.options(), plan.sums, Command::Resume);
    PendingRun { check, ..run }.execute(&context, &client).await
}
