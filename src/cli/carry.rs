//! Executing a run on the command line: progress, outcomes as they come, the summary, the last words.

use super::context::Context;
use super::exit::Exit;
use super::suggest;
use crate::engine::{ApplyOptions, Client, Run, Sums, Warning};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Check;
use crate::report::{
    CHANGED_MEANWHILE, Command, Done, JsonLines, NextCommands, Phase, Reporter, RunEnd, done_line,
};

/// A run that is ready to be executed.
pub(super) struct PendingRun {
    pub(super) run: Run,
    /// How its changes are made.
    pub(super) apply: ApplyOptions,
    /// The sums of its plan.
    pub(super) sums: Sums,
    /// What its summary is of.
    pub(super) command: fn(Done) -> Command,
    /// What was found out about the bucket.
    pub(super) checks: Vec<Check>,
    /// What a person has to know first.
    pub(super) warnings: Vec<Warning>,
    /// The command that checks it, if it can be checked.
    pub(super) check: Option<String>,
}

impl PendingRun {
    pub(super) fn new(run: Run, apply: ApplyOptions, sums: Sums, command: fn(Done) -> Command) -> Self {
        Self { run, apply, sums, command, checks: Vec::new(), warnings: Vec::new(), check: None }
    }

    /// Executes it, and says how it went.
    pub(super) async fn execute(self, context: &Context, client: &Client) -> Result<Exit> {
        let Self { run, apply, sums, command, checks, warnings, .. } = &self;
        let (id, manifest, counters, next) = (run.id(), run.manifest(), &context.counters, self.next());
        let _alone = run.claim().map_err(|e| match e.kind() {
            ErrorKind::Local => e.hint(format!("once that is mended: {}", next.resume)),
            _ => e,
        })?;
        let mut reporter = Reporter::begin(context.output.format, CHANGED_MEANWHILE, checks, warnings)?;
        if let Some(warning) = run.damaged_uploads()? {
            context.note(&warning);
        }
        let progress = context.progress(Phase::Restoring);
        let on = |change: &_, outcome: &_| reporter.outcome(change, outcome);
        let executed = run.execute(client, *apply, &context.cancel, on).await;
        drop(progress);
        let executed = executed.map_err(|e| self.stopped(context, &next, e))?;
        let done = (command)(Done::new(Some(id), counters));
        let summary = context.summary(done, &manifest.location, manifest.at, sums);
        let mut end = RunEnd { id, manifest, executed, counters, hints: &[], next: &next };
        context.note(&end.done_line(context.elapsed()));
        let mut report = JsonLines::new(Vec::new());
        report.summary(&summary)?;
        let hints = reporter.finish(&summary)?;
        run.write("report.json", &report.into_inner())?;
        end.hints = &hints;
        end.lines().iter().for_each(|line| context.note(line));
        Ok(executed.conclusion(counters).into())
    }

    fn next(&self) -> NextCommands {
        let (id, manifest) = (self.run.id(), self.run.manifest());
        let resume = || suggest::resume(id, manifest);
        NextCommands {
            resume: resume().to_string(),
            overwrite: resume().option("on-conflict", "overwrite").to_string(),
            thaw: resume().option("thaw", "bulk").to_string(),
            undo: suggest::undo(id, manifest).to_string(),
            check: self.check.clone(),
        }
    }

    /// An error that stopped it, with the way on.
    fn stopped(&self, context: &Context, next: &NextCommands, e: Error) -> Error {
        let (id, counters, resume) = (self.run.id(), &context.counters, &next.resume);
        let changed = counters.copied.get() + counters.deleted.get() + counters.uncovered.get();
        match e.kind() {
            ErrorKind::Corrupt if changed == 0 => e,
            ErrorKind::Credentials => {
                context.note(&format!("{}     run {id}", done_line(counters, context.elapsed(), true)));
                e.hint(format!("what was done stays done; to continue the run: {resume}"))
            }
            _ => e.hint(format!(
                "what was done is in the journal of the run {id}; once that is mended: {resume}"
            )),
        }
    }
}
