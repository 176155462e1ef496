//! A database's own check: a command that ends well where the restored database is as it should be.

use super::Recovery;
use super::environment::environment_of;
use super::step::Parts;
use crate::error::{ErrorKind, Result};
use crate::program::Patience;
use crate::recover::{StepResult, counts};

impl Parts<'_> {
    /// | the command | |
    /// |---|---|
    /// | ends well | done |
    /// | fails | done, with a finding: the rest goes on, and the exit code tells |
    /// | cannot be started | the step fails |
    /// | is interrupted | it is run again |
    pub(super) async fn check(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let Some(program) = self.file.checks.get(n).and_then(Option::as_ref) else {
            return Ok(StepResult::default());
        };
        let what = format!("the check command of the database {}", self.database(n)?.name());
        let environment = environment_of(recovery, &self.file.databases, n);
        let patience = Patience { cancel: Some(self.cancel), deadline: None };
        let (failed, note) = match program.run(&what, &environment, patience).await {
            Err(e) if e.kind() == ErrorKind::Local => (1, Some(e.in_one_line())),
            ended => (0, ended.map(|()| None)?),
        };
        Ok(StepResult { note, counts: counts([("failed_checks", failed)]), connection: None })
    }
}
