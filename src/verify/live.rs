//! Keys that are live in a place, and what makes one place's the other's. Pure.

use serde::{Deserialize, Serialize};

use crate::model::Version;
use crate::plan::{Action, Change};
use crate::resolve::{Caution, Doubt, Judge, KeyState};
use crate::spill::Pair;

/// A key that is live, and what is to be known of that.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Live {
    /// The key, as the past state names it.
    pub key: String,
    /// What it holds.
    pub version: Version,
    /// What a person should know of that.
    pub cautions: Vec<Caution>,
    /// Why it may be something else.
    pub doubts: Vec<Doubt>,
}

impl Live {
    /// What was live at T, if anything was; `doubts` are those about it.
    pub(crate) fn then(state: &KeyState<'_>, judge: &Judge, doubts: Vec<Doubt>) -> Option<Self> {
        let (key, cautions) = (state.key.to_owned(), judge.cautions(state));
        Some(Self { key, version: state.then?.clone(), cautions, doubts })
    }

    /// What is live now, by the name that it has in the past state.
    pub(crate) fn now(state: &KeyState<'_>, name: Option<String>) -> Option<Self> {
        let (cautions, doubts) = (Vec::new(), Vec::new());
        Some(Self { key: name?, version: state.then?.clone(), cautions, doubts })
    }

    /// The change that brings it to a directory in which this stands in its place.
    pub(crate) fn brought_over(self, now: Option<Version>) -> Change {
        let Self { key, version, cautions, doubts } = self;
        let action = if now.is_some() { Action::Revert } else { Action::Undelete };
        Change { cautions, doubts, ..Change::new(key, action, now, Some(version)) }
    }
}

/// The change that makes what a key is in one place what it was in another, unless both turn out to be the same object.
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
