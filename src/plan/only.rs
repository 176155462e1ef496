//! The kinds of change that were selected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Action;

/// The kinds of change that a plan is limited to; if empty, every kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Only(Vec<Action>);

impl Only {
    /// Creates a selection of these kinds; an empty one stands for all.
    pub fn new(actions: impl IntoIterator<Item = Action>) -> Self {
        let mut actions: Vec<_> = actions.into_iter().collect();
        actions.sort_unstable();
        actions.dedup();
        Self(actions)
    }

    /// Returns true if every kind is selected.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if this kind is selected.
    pub fn has(&self, action: Action) -> bool {
        self.is_all() || self.0.contains(&action)
    }

    /// Returns the kinds as given; empty if every kind is selected.
    pub fn named(&self) -> &[Action] {
        &self.0
    }

    /// Returns the kinds selected by both; `None` if there is none, because an empty list stands for all.
    ///
    /// | this | other | both |
    /// |---|---|---|
    /// | all | X | X |
    /// | X | all | X |
    /// | X | Y | the kinds in X and in Y |
    #[must_use]
    pub fn and(&self, other: &Self) -> Option<Self> {
        if self.is_all() || other.is_all() {
            return Some(Self::new([&*self.0, &*other.0].concat()));
        }
        let both = Self::new(self.0.iter().copied().filter(|action| other.has(*action)));
        (!both.is_all()).then_some(both)
    }
}

#[cfg(test)]
mod tests;
