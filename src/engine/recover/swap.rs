//! Giving a restored database its source's name.

use super::environment::reached_by;
use super::step::StepContext;
use crate::error::Result;
use crate::recover::StepResult;
use crate::state::Recovery;

impl StepContext<'_> {
    /// Swaps the names of a database and its source. By which resource ids both are found is noted before anything is renamed.
    pub(super) async fn swap(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let database = self.database(n)?;
        let noted = recovery.state().swap(n).cloned();
        let swap = if let Some(swap) = noted {
            swap
        } else {
            let swap = database.plan_swap(&recovery.errand_of(n)).await?;
            recovery.swapping(n, swap.clone())?;
            swap
        };
        database.swap(&swap).await?;
        Ok(reached_by(database.connection(&recovery.errand_of(n)).await?))
    }
}
