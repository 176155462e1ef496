//! Executes a run on the command line: progress, outcomes as they arrive, the summary, the final message.

use super::context::Context;
use super::exit::Exit;
use super::suggest;
use crate::engine::{ApplyOptions, Client, Run, Sums, Warning};
use crate::error::Result;
use crate::model::Check;
use crate::report::{CHANGED_MEANWHILE, Command, Done, Phase, Reporter, RunWords};

/// A run that is ready to be executed.
pub(super) struct PendingRun {
    pub(super) run: Run,
    /// Options for applying its changes.
    pub(super) apply: ApplyOptions,
    /// The sums of its plan.
    pub(super) sums: Sums,
    /// The command named in the summary.
    pub(super) command: fn(Done) -> Command,
    /// Checks of the bucket.
    pub(super) checks: Vec<Check>,
    /// Warnings shown before anything else.
    pub(super) warnings: Vec<Warning>,
    /// The command that verifies it, if it can be verified.
    pub(super) check: Option<String>,
}

impl PendingRun {
    pub(super) fn new(run: Run, apply: ApplyOptions, sums: Sums, command: fn(Done) -> Command) -> Self {
        Self { run, apply, sums, command, checks: Vec::new(), warnings: Vec::new(), check: None }
    }

    /// Executes the run and reports its outcome.
    pub(super) async fn execute(self, context: &Context, client: &Client) -> Result<Exit> {
        let Self { run, apply, sums, command, checks, warnings, check } = &self;
        let (manifest, counters, output) = (run.manifest(), &context.counters, context.output);
        let next = suggest::after(run, check.clone());
        let words = RunWords { run, counters, next, output };
        let _alone = run.claim().map_err(|e| words.not_begun(e))?;
        let mut results = Reporter::begin(output.format, CHANGED_MEANWHILE, checks, warnings)?;
        if let Some(warning) = run.damaged_uploads()? {
            context.note(&warning);
        }
        let progress = context.progress(Phase::Restoring);
        let on = |change: &_, outcome: &_| results.outcome(change, outcome);
        let executed = run.execute(client, *apply, &context.cancel, on).await;
        drop(progress);
        let executed = executed.map_err(|e| words.stopped(e, context.elapsed()))?;
        let done = (command)(Done::new(Some(run.id()), counters));
        let summary = context.summary(done, &manifest.location, manifest.at, sums);
        words.ended(executed, results, &summary, context.elapsed())?;
        run.store_report(&context.cancel).await?;
        Ok(executed.conclusion(counters).into())
    }
}
