//! The restore requests of a recovery for its databases.

use crate::db::RestoreRequest;
use crate::model::Instant;
use crate::recover::Purpose;
use crate::state::Recovery;

impl Recovery {
    /// The target time and the tag that databases are restored with.
    pub(crate) fn restore_request(&self) -> RestoreRequest {
        let drill = self.manifest().purpose == Purpose::Drill;
        RestoreRequest { drill, ..RestoreRequest::new(self.manifest().at, self.id()) }
    }

    /// The restore request of one database: the target time and tag, when it was requested, the created database, and
    /// the names it may have.
    pub(crate) fn errand_of(&self, database: usize) -> RestoreRequest {
        let state = self.state();
        let age = |at: Instant| self.now().since(at);
        let made = state.made(database).map(str::to_owned);
        let swap = state.swap(database).cloned();
        let (asked, snapshot) =
            (state.asked_for(database).map(age), self.manifest().snapshots.get(&database).cloned());
        RestoreRequest { asked, made, swap, snapshot, ..self.restore_request() }
    }
}
