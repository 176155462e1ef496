//! The change that brings one key from what is live to what was.
//!
//! | live at T | live now | change |
//! |---|---|---|
//! | V | V itself | none |
//! | V | another version W | `revert` |
//! | V | nothing | `undelete` |
//! | nothing | W | `delete` |
//! | nothing | nothing | none |

use serde::{Deserialize, Serialize};

use crate::model::Version;
use crate::resolve::{Caution, Doubt, KeyState};

/// What is done to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// What a person should know of it.
    pub cautions: Vec<Caution>,
    /// What has to be settled before it is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

impl Change {
    /// The change that a key needs, if any.
    pub fn of(state: &KeyState<'_>) -> Option<Self> {
        let action = decide(state.then, state.now)?;
        Some(Self {
            key: state.key.to_owned(),
            action,
            now: state.now.cloned(),
            then: state.then.cloned(),
            cautions: state.cautions().collect(),
            doubts: Doubt::of(state.then),
        })
    }

    /// Bytes of the object that comes back, or of the one that goes.
    pub fn bytes(&self) -> u64 {
        self.then.as_ref().or(self.now.as_ref()).map_or(0, |v| v.size)
    }
}

/// The decision of the table above. Versions of one key in one bucket are the same if and only if their ids are.
pub fn decide(then: Option<&Version>, now: Option<&Version>) -> Option<Action> {
    match (then, now) {
        (Some(v), Some(w)) if v.version_id == w.version_id => None,
        (Some(_), Some(_)) => Some(Action::Revert),
        (Some(_), None) => Some(Action::Undelete),
        (None, Some(_)) => Some(Action::Delete),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds() {
        let version = |id: &str| Version { version_id: id.to_owned(), ..Version::default() };
        let (v, w) = (version("v"), version("w"));
        for (then, now, expected) in [
            (Some(&v), Some(&v), None),
            (Some(&v), Some(&w), Some(Action::Revert)),
            (Some(&v), None, Some(Action::Undelete)),
            (None, Some(&w), Some(Action::Delete)),
            (None, None, None),
        ] {
            assert_eq!(decide(then, now), expected, "{then:?} {now:?}");
        }
    }
}
