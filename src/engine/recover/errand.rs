//! What a recovery knows of the databases that it has asked for.

use std::time::Duration;

use super::store::Recovery;
use crate::db::RestoreRequest;
use crate::model::Instant;

impl Recovery {
    /// To which second, and by which tag, a database is restored; when it was asked for, what was made for it, and which names
    /// it may have.
    pub(crate) fn errand_of(&self, database: usize) -> RestoreRequest {
        let state = self.state();
        let age = |at: Instant| {
            Duration::from_millis(
                self.now().millis().saturating_sub(at.millis()).try_into().unwrap_or_default(),
            )
        };
        let made = state.made(database).map(str::to_owned);
        let swap = state.swap(database).cloned();
        RestoreRequest { asked: state.asked_for(database).map(age), made, swap, ..self.errand() }
    }
}
