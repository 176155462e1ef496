//! Determines which runs are undone: an undo may itself have been undone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Run, RunState, RunStatus};
use crate::error::Result;

/// The undos of a state directory, by the run that each undoes. Of their journals, only those about one run are read at
/// a time: a plan set can have thousands.
#[derive(Debug)]
pub(crate) struct Undos {
    of: BTreeMap<String, Vec<String>>,
}

impl Undos {
    /// Finds the undos that may have made changes.
    pub(crate) fn read(state_dir: &Path) -> Result<Self> {
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, manifest) in Run::begun(state_dir)? {
            if let Some(undone) = manifest.ok().and_then(|manifest| manifest.undoes) {
                of.entry(undone).or_default().push(id);
            }
        }
        Ok(Self { of })
    }

    /// Returns the newest run that has begun to undo the run `id` and is not itself undone, finished or not.
    pub(crate) fn begun(&self, state_dir: &Path, id: &str) -> Option<String> {
        if !self.of.contains_key(id) {
            return None;
        }
        let all: Vec<_> = self.about(id).into_iter().map(|id| Run::glance(state_dir, id)).collect();
        RunStatus::begun_undo(id, &all).map(str::to_owned)
    }

    /// The run `id`, its undos, their undos, and so on; the oldest first.
    fn about<'a>(&'a self, id: &'a str) -> BTreeSet<&'a str> {
        let (mut about, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            if about.insert(id) {
                open.extend(self.of.get(id).into_iter().flatten().map(String::as_str));
            }
        }
        about
    }
}

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
