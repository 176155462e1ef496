//! A database's own check: a command that ends well where the restored database is as it should be.

use super::Recovery;
use super::environment::environment_of;
use super::step::Parts;
use crate::error::{ErrorKind, Result};
use crate::limits;
use crate::program::{Environment, Patience, Program};
use crate::recover::{StepResult, counts};

impl Parts<'_> {
    /// | the command | |
    /// |---|---|
    /// | ends well | done |
    /// | fails | done, with a finding: the rest goes on, and the exit code tells |
    /// | takes longer than [`limits::CHECK_TIMEOUT`] | it is killed, which is the same finding |
    /// | cannot be started | the step fails |
    /// | is interrupted, by a person or by the recovery's deadline | it is killed, and run again |
    pub(super) async fn check(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let Some(program) = self.file.checks.get(n).and_then(Option::as_ref) else {
            return Ok(StepResult::default());
        };
        let what = format!("the check command of the database {}", self.database(n)?.name());
        let environment = environment_of(recovery, &self.file.databases, n);
        let patience = Patience { cancel: Some(self.cancel), deadline: Some(limits::CHECK_TIMEOUT) };
        let note = finding(program, &what, (&environment, patience)).await?;
        let failed = u64::from(note.is_some());
        Ok(StepResult { note, counts: counts([("failed_checks", failed)]), connection: None })
    }
}

/// What a check command has found to be wrong, if anything.
async fn finding(
    program: &Program,
    what: &str,
    (environment, patience): (&Environment, Patience<'_>),
) -> Result<Option<String>> {
    match program.run(what, environment, patience).await {
        Err(e) if e.kind() == ErrorKind::Local => Ok(Some(e.in_one_line())),
        ended => ended.map(|()| None),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::cancel::Cancel;

    /// A query that waits for a lock would hold the application for ever.
    #[tokio::test]
    async fn a_check_that_hangs_is_killed_and_is_a_finding() {
        let began = Instant::now();
        let hangs = Program::new(["sleep", "60"]);
        let nothing = Environment::new();
        let soon = Patience { deadline: Some(Duration::from_millis(100)), cancel: None };
        let found = finding(&hangs, "the check command", (&nothing, soon)).await.unwrap().unwrap();
        assert!(found.contains("the check command was stopped: it took longer than"), "{found}");
        let cancel = Cancel::default();
        cancel.stop();
        let interrupted = Patience { deadline: Some(limits::CHECK_TIMEOUT), cancel: Some(&cancel) };
        let told = finding(&hangs, "it", (&nothing, interrupted)).await.unwrap_err();
        assert_eq!(told.kind(), ErrorKind::Interrupted);
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
