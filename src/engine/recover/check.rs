//! The check commands of restored databases.

use super::environment::environment_of;
use super::step::StepContext;
use crate::error::{ErrorKind, Result};
use crate::limits;
use crate::program::{Environment, Program, RunLimits};
use crate::recover::{StepResult, counts};
use crate::state::Recovery;

impl StepContext<'_> {
    /// Runs a database's check command.
    ///
    /// | the command | |
    /// |---|---|
    /// | succeeds | done |
    /// | fails | done, with a finding: the recovery continues, and the exit code reports it |
    /// | exceeds [`limits::CHECK_TIMEOUT`] | it is killed, with the same finding |
    /// | cannot be started | the step fails |
    /// | is interrupted, by the user or the recovery's deadline | it is killed, and run again on resume |
    pub(super) async fn check(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let Some(program) = self.file.checks.get(n).and_then(Option::as_ref) else {
            return Ok(StepResult::default());
        };
        let what = format!("the check command of the {}", self.database(n)?.title());
        let environment = environment_of(recovery, &self.file.databases, n);
        let run_limits = RunLimits { cancel: Some(self.cancel), deadline: Some(limits::CHECK_TIMEOUT) };
        judged(program, &what, &environment, run_limits).await
    }
}

/// Runs a check command. Its failure is counted and noted.
pub(super) async fn judged(
    program: &Program,
    what: &str,
    environment: &Environment,
    run_limits: RunLimits<'_>,
) -> Result<StepResult> {
    let note = finding(program, what, environment, run_limits).await?;
    let failed = u64::from(note.is_some());
    Ok(StepResult { note, counts: counts([("failed_checks", failed)]), ..StepResult::default() })
}

/// The failure of a check command, if any.
async fn finding(
    program: &Program,
    what: &str,
    environment: &Environment,
    run_limits: RunLimits<'_>,
) -> Result<Option<String>> {
    match program.run(what, environment, run_limits).await {
        Err(e) if e.kind() == ErrorKind::Local => Ok(Some(e.in_one_line())),
        ended => ended.map(|()| None),
    }
}

#[cfg(test)]
mod tests;
