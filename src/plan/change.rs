//! The change that brings a key from its live state to its state at T.
//!
//! | live at T | live now | change |
//! |---|---|---|
//! | V | V itself | none |
//! | V | another version W | `revert` |
//! | V | nothing | `undelete` |
//! | nothing | W | `delete` |
//! | nothing | nothing | none |

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::Version;
use crate::resolve::{Caution, Doubt, Judge, KeyState};

/// The kind of a change to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The key was deleted since T, or does not exist in the target: the version live at T is copied.
    Undelete,
    /// The key was overwritten since T: the version live at T is copied over the present one.
    Revert,
    /// The key was created since T: it is deleted with a delete marker.
    Delete,
}

impl Action {
    /// All actions, in display order.
    pub const ALL: [Action; 3] = [Action::Undelete, Action::Revert, Action::Delete];

    /// Returns the name used in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Action::Undelete => "undelete",
            Action::Revert => "revert",
            Action::Delete => "delete",
        }
    }
}

/// The way to restore deleted keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undelete {
    /// Copy the version: this only adds to the history.
    #[default]
    Copy,
    /// Remove the delete markers if nothing else lies above the version: a thousand per request.
    RemoveMarker,
}

/// A change to one key, with everything needed to apply it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The key in the source bucket.
    pub key: String,
    /// The kind of change.
    #[serde(rename = "change")]
    pub action: Action,
    /// The version live now in the target bucket.
    pub now: Option<Version>,
    /// The version live at T.
    pub then: Option<Version>,
    /// The delete markers above that version, newest first, if the key is restored by removing them instead of by a
    /// copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<String>,
    /// Cautions about the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "known_cautions")]
    pub cautions: Vec<Caution>,
    /// Doubts that must be resolved before the change is applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

impl Change {
    /// Creates a change without markers, cautions or doubts.
    pub fn new(key: impl Into<String>, action: Action, now: Option<Version>, then: Option<Version>) -> Self {
        let (markers, cautions, doubts) = (Vec::new(), Vec::new(), Vec::new());
        Self { key: key.into(), action, now, then, markers, cautions, doubts }
    }

    /// Returns the change that a key needs, if any; `doubts` are those about its state. An undelete carries the delete
    /// markers above the version if nothing else lies above it.
    pub fn of(state: &KeyState<'_>, judge: &Judge, mut doubts: Vec<Doubt>) -> Option<Self> {
        let action = decide(state.then, state.now)?;
        let cautions = judge.cautions(state);
        doubts.extend(Doubt::of_class(state.then));
        let markers = if action == Action::Undelete { state.markers.to_vec() } else { Vec::new() };
        Some(Self {
            markers,
            cautions,
            doubts,
            ..Self::new(state.key, action, state.now.cloned(), state.then.cloned())
        })
    }

    /// Returns true if the change carries the versions needed to apply it.
    pub fn is_whole(&self) -> bool {
        match self.action {
            Action::Undelete => self.then.is_some() && self.now.is_none(),
            Action::Revert => self.then.is_some() && self.now.is_some(),
            Action::Delete => self.then.is_none() && self.now.is_some(),
        }
    }

    /// Size in bytes of the version to restore or, for a delete, of the version deleted.
    pub fn bytes(&self) -> u64 {
        self.then.as_ref().or(self.now.as_ref()).map_or(0, |v| v.size)
    }
}

/// A key without a change whose state at T is uncertain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UncertainKey {
    /// The key.
    pub key: String,
    /// The doubts.
    pub doubts: Vec<Doubt>,
    /// The cautions that make the state uncertain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Caution>,
}

/// Deserializes the cautions that this version of asof knows. Cautions only inform, so one added by a newer asof is
/// ignored.
fn known_cautions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Caution>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        Known(Caution),
        Unknown(IgnoredAny),
    }
    let named = Vec::<Named>::deserialize(deserializer)?;
    let known = named.into_iter().filter_map(|named| match named {
        Named::Known(caution) => Some(caution),
        Named::Unknown(IgnoredAny) => None,
    });
    Ok(known.collect())
}

/// Decides by the table above. Two versions of a key in one bucket are the same if and only if their IDs are equal.
pub fn decide(then: Option<&Version>, now: Option<&Version>) -> Option<Action> {
    match (then, now) {
        // The case of nearly all keys: a single version for both times, of which little else is kept.
        (Some(v), Some(w)) if std::ptr::eq(v, w) || v.version_id == w.version_id => None,
        (Some(_), Some(_)) => Some(Action::Revert),
        (Some(_), None) => Some(Action::Undelete),
        (None, Some(_)) => Some(Action::Delete),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests;
