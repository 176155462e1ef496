//! What a recovery knows of the databases that it has asked for.

use crate::db::RestoreRequest;
use crate::model::Instant;
use crate::recover::Purpose;
use crate::state::Recovery;

impl Recovery {
    /// To which second, and by which tag, databases are restored.
    pub(crate) fn errand(&self) -> RestoreRequest {
        let drill = self.manifest().purpose == Purpose::Drill;
        RestoreRequest { drill, ..RestoreRequest::new(self.manifest().at, self.id()) }
    }

    /// To which second, and by which tag, a database is restored; when it was asked for, what was made for it, and which names
    /// it may have.
    pub(crate) fn errand_of(&self, database: usize) -> RestoreRequest {
        let state = self.state();
        let age = |at: Instant| self.now().since(at);
        let made = state.made(database).map(str::to_owned);
        let swap = state.swap(database).cloned();
        RestoreRequest { asked: state.asked_for(database).map(age), made, swap, ..self.errand() }
    }
}
