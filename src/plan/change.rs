//! The change that brings one key from what is live to what was.
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

/// What is done to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It was deleted since T, or never came to the target: the version is copied.
    Undelete,
    /// It was overwritten since T: the version is copied over what is there.
    Revert,
    /// It was created since T: it gets a delete marker.
    Delete,
}

impl Action {
    /// All actions, in the order in which they are shown.
    pub const ALL: [Action; 3] = [Action::Undelete, Action::Revert, Action::Delete];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Action::Undelete => "undelete",
            Action::Revert => "revert",
            Action::Delete => "delete",
        }
    }
}

/// How a key comes back that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undelete {
    /// Its version is copied: history is added to.
    #[default]
    Copy,
    /// Where only delete markers lie above its version, these are removed, a thousand a request.
    RemoveMarker,
}

/// A change to one key, with everything its execution needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The key in the bucket whose past is restored.
    pub key: String,
    /// What is done.
    #[serde(rename = "change")]
    pub action: Action,
    /// What is live now, in the bucket that is changed.
    pub now: Option<Version>,
    /// What was live at T.
    pub then: Option<Version>,
    /// The delete markers above that version, newest first, where it comes back by removing them instead of by a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<String>,
    /// What a person should know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "known_cautions")]
    pub cautions: Vec<Caution>,
    /// What has to be settled before it is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

impl Change {
    /// A change of which nothing else is to be known.
    pub fn new(key: impl Into<String>, action: Action, now: Option<Version>, then: Option<Version>) -> Self {
        let (markers, cautions, doubts) = (Vec::new(), Vec::new(), Vec::new());
        Self { key: key.into(), action, now, then, markers, cautions, doubts }
    }

    /// The change that a key needs, if any; `doubts` are those about its answer. One that comes back carries the markers
    /// above it, if there is nothing else.
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

    /// Whether it carries the versions that its execution needs.
    pub fn is_whole(&self) -> bool {
        match self.action {
            Action::Undelete => self.then.is_some() && self.now.is_none(),
            Action::Revert => self.then.is_some() && self.now.is_some(),
            Action::Delete => self.then.is_none() && self.now.is_some(),
        }
    }

    /// Bytes of the object that comes back, or of the one that goes.
    pub fn bytes(&self) -> u64 {
        self.then.as_ref().or(self.now.as_ref()).map_or(0, |v| v.size)
    }
}

/// A key that nothing is done to, though what it held at T is uncertain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UncertainKey {
    /// The key.
    pub key: String,
    /// Why.
    pub doubts: Vec<Doubt>,
    /// Cautions for which its state is uncertain too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Caution>,
}

/// The cautions that this asof knows: they only inform, so one that a newer asof added is passed over.
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

/// The decision of the table above. Versions of one key in one bucket are the same if and only if their ids are.
pub fn decide(then: Option<&Version>, now: Option<&Version>) -> Option<Action> {
    match (then, now) {
        // Nearly all keys: one version that is both, of which little more is kept.
        (Some(v), Some(w)) if std::ptr::eq(v, w) || v.version_id == w.version_id => None,
        (Some(_), Some(_)) => Some(Action::Revert),
        (Some(_), None) => Some(Action::Undelete),
        (None, Some(_)) => Some(Action::Delete),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests;
