//! `asof resume`.

use super::args::apply::ChangeArgs;
use super::args::restore::ResumeArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, open_run, run_or_set};
use super::{resume_set, suggest};
use crate::engine::RunOrSet;
use crate::error::Result;
use crate::report::Command;

pub(super) async fn run(context: &Context, args: ResumeArgs) -> Result<Exit> {
    if run_or_set(&args.change.apply.state, &args.run)? == RunOrSet::Set {
        return Box::pin(resume_set::run(context, args)).await;
    }
    args.require_of_run()?;
    let ResumeArgs { run, change: ChangeArgs { apply, copies }, server, output, .. } = args;
    let mut context = context.shown(output);
    let settings = server.settings(Some(apply.rate));
    let home = home(&apply.state, settings.clone()).await?;
    let mut run = open_run(&home, &run, context.output).await?;
    run.thaw(copies.thaw.asked());
    let plan = run.open_plan()?;
    let manifest = run.manifest();
    let client = context.client(manifest.server.clone().unless(settings)).await?;
    client.ask_clock(&manifest.changed().bucket).await;
    context.answered(&client, Ok(()))?;
    let restores = manifest.undoes.is_none() && !manifest.heals;
    let (selected, trust_etag) = (&plan.header.selection, plan.header.checks.trust_etag);
    let check = restores.then(|| suggest::check(manifest, selected, trust_etag)).flatten();
    let run = PendingRun::new(run, apply.options(), plan.sums, Command::Resume);
    PendingRun { check, ..run }.execute(&context, &client).await
}
