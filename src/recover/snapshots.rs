//! The journal of the snapshots taken for marks: lines in the marks file, each on disk before the command it announces,
//! or after the one it reports.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::marks::MarkSnapshot;

/// An event in the life of a mark's snapshots. `file` is the recovery file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum MarkEvent {
    /// A store's snapshot command starts.
    Begun { file: String, mark: String, store: String },
    /// It has printed this ID.
    Taken { file: String, mark: String, snapshot: MarkSnapshot },
    /// The snapshot command took nothing, or the user was told to look for its snapshot.
    Settled { file: String, mark: String, store: String },
    /// The release command has removed the snapshot.
    Released { file: String, snapshot: MarkSnapshot },
    /// The mark no longer exists.
    Expired { file: String, mark: String },
}

/// A snapshot that no mark has: its mark was killed, failed, was replaced or has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LooseSnapshot {
    /// The name of the mark.
    pub mark: String,
    pub store: String,
    /// Its ID; `None` if asof was killed before the snapshot command printed it.
    pub id: Option<String>,
}

impl MarkEvent {
    pub(super) fn file(&self) -> &str {
        match self {
            MarkEvent::Begun { file, .. }
            | MarkEvent::Taken { file, .. }
            | MarkEvent::Settled { file, .. }
            | MarkEvent::Released { file, .. }
            | MarkEvent::Expired { file, .. } => file,
        }
    }
}

/// The loose snapshots after these events of one recovery file, in the order they were begun. `kept` are the snapshots
/// of its marks.
///
/// | begun | taken | kept by a mark | released | |
/// |---|---|---|---|---|
/// | yes | no, and not settled | | | loose, with an unknown ID |
/// | yes | yes | yes | | not loose, even if another mark had the same snapshot |
/// | yes | yes | no | no | loose |
/// | yes | yes | no | yes | not loose |
pub(super) fn loose<'a>(
    events: impl Iterator<Item = &'a MarkEvent>,
    kept: &BTreeSet<MarkSnapshot>,
) -> Vec<LooseSnapshot> {
    let mut loose: Vec<LooseSnapshot> = Vec::new();
    for event in events {
        match event {
            MarkEvent::Begun { mark, store, .. } => {
                loose.push(LooseSnapshot { mark: mark.clone(), store: store.clone(), id: None });
            }
            MarkEvent::Taken { mark, snapshot, .. } => {
                let MarkSnapshot { store, id } = snapshot;
                let is_begun = |one: &&mut LooseSnapshot| one.is_begun(mark, store);
                if let Some(begun) = loose.iter_mut().find(is_begun) {
                    begun.id = Some(id.clone());
                }
            }
            MarkEvent::Settled { mark, store, .. } => loose.retain(|one| !one.is_begun(mark, store)),
            MarkEvent::Released { snapshot: MarkSnapshot { store, id }, .. } => {
                loose.retain(|one| one.store != *store || one.id.as_ref() != Some(id));
            }
            MarkEvent::Expired { .. } => {}
        }
    }
    let is_kept = |one: &LooseSnapshot| {
        let snapshot = |id: &String| MarkSnapshot { store: one.store.clone(), id: id.clone() };
        one.id.as_ref().is_some_and(|id| kept.contains(&snapshot(id)))
    };
    loose.retain(|one| !is_kept(one));
    loose
}

impl LooseSnapshot {
    fn is_begun(&self, mark: &str, store: &str) -> bool {
        self.id.is_none() && self.mark == mark && self.store == store
    }
}

#[cfg(test)]
mod tests;
