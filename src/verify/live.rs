//! Live keys, and the changes that make one location like another. Pure.

use serde::{Deserialize, Serialize};

use crate::model::Version;
use crate::plan::{Action, Change};
use crate::resolve::{Caution, Doubt, Judge, KeyState};
use crate::spill::Pair;

/// A live key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Live {
    /// The key in the source.
    pub key: String,
    /// The live version.
    pub version: Version,
    /// Cautions about the version.
    pub cautions: Vec<Caution>,
    /// Doubts about the version.
    pub doubts: Vec<Doubt>,
}

impl Live {
    /// Returns the version live at T, if there was one; `doubts` are those about it.
    pub(crate) fn then(state: &KeyState<'_>, judge: &Judge, doubts: Vec<Doubt>) -> Option<Self> {
        let (key, cautions) = (state.key.to_owned(), judge.cautions(state));
        Some(Self { key, version: state.then?.clone(), cautions, doubts })
    }

    /// Returns the version live now, under the key's name in the source.
    pub(crate) fn now(state: &KeyState<'_>, name: Option<String>) -> Option<Self> {
        let (cautions, doubts) = (Vec::new(), Vec::new());
        Some(Self { key: name?, version: state.then?.clone(), cautions, doubts })
    }

    /// Returns the change that brings it to a directory that has `now` at its path.
    pub(crate) fn brought_over(self, now: Option<Version>) -> Change {
        let Self { key, version, cautions, doubts } = self;
        let action = if now.is_some() { Action::Revert } else { Action::Undelete };
        Change { cautions, doubts, ..Change::new(key, action, now, Some(version)) }
    }
}

/// Returns the change that makes a key's state in one location that of the other, unless both turn out to be the same
/// object.
pub(crate) fn difference(pair: Pair<Live, Live>) -> Change {
    let (mut change, then) = match pair {
        Pair::First(then) => (then.clone().brought_over(None), Some(then.version)),
        Pair::Both(then, now) => (then.clone().brought_over(Some(now.version)), Some(then.version)),
        Pair::Second(Live { key, version, cautions, doubts }) => {
            let extra = Change::new(key, Action::Delete, Some(version), None);
            (Change { cautions, doubts, ..extra }, None)
        }
    };
    change.doubts.extend(Doubt::of_class(then.as_ref()));
    change
}
