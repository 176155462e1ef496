//! Determines which runs are undone: an undo may itself have been undone.

use super::{RunState, RunStatus};

impl RunStatus {
    /// Returns the newest of `all` runs that is done and undoes the run `id`, if nothing of that run is in force.
    pub(crate) fn undone_by<'a>(id: &str, all: &'a [RunStatus]) -> Option<&'a str> {
        let mut undos = all.iter().rev().filter(|run| run.undoes(id));
        let undo = undos.find(|run| run.is_done())?;
        Self::in_force(id, all).is_empty().then_some(&undo.id)
    }

    /// Returns the newest of `all` runs that has begun to undo the run `id` and is not itself undone, finished or not.
    pub(crate) fn begun_undo<'a>(id: &str, all: &'a [RunStatus]) -> Option<&'a str> {
        let begun = all.iter().rev().filter(|run| run.undoes(id) && (run.state.is_some() || run.damaged));
        let mut in_force = begun.filter(|undo| !Self::in_force(&undo.id, all).is_empty());
        in_force.next().map(|undo| &*undo.id)
    }

    /// Returns the runs to undo, the newest first, so that nothing is left of the run `id`; none if it is undone.
    ///
    /// | the run | its undo | the undo of its undo | in force |
    /// |---|---|---|---|
    /// | has begun | is done | none, or itself undone | nothing |
    /// | | is done | has begun | the undo of the undo: it has restored all that it could |
    /// | | is not done | has begun | both |
    /// | | none, or not done | none | the run |
    pub(crate) fn in_force(id: &str, all: &[RunStatus]) -> Vec<String> {
        let undos_of = |id| all.iter().rev().filter(move |run: &&RunStatus| run.undoes(id));
        let mut in_force = Vec::new();
        for undo in undos_of(id) {
            let redos = undos_of(&undo.id).filter(|redo| redo.state.is_some() || redo.damaged);
            in_force.extend(redos.flat_map(|redo| Self::in_force(&redo.id, all)));
            if undo.is_done() {
                return in_force;
            }
        }
        in_force.push(id.to_owned());
        in_force
    }

    fn undoes(&self, id: &str) -> bool {
        self.manifest.as_ref().and_then(|manifest| manifest.undoes.as_deref()) == Some(id)
    }

    fn is_done(&self) -> bool {
        self.state.as_ref().is_some_and(RunState::is_done)
    }
}
