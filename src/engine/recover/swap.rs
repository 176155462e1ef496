//! Giving a restored database its source's name, and taking that back.

use super::abort::Aborted;
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

    /// Takes that back. It is noted only when the source was seen under its own name.
    pub(super) async fn swap_back(&self, recovery: &Recovery, n: usize) -> Result<Aborted> {
        if let Some(swap) = recovery.state().swap(n) {
            self.database(n)?.swap_back(swap).await?;
            recovery.swapped_back(n)?;
        }
        Ok(Aborted::Done(None))
    }
}
