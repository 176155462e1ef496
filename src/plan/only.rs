//! The kinds of change that were asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Action;

/// The kinds of change that a plan is limited to; every kind where none is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Only(Vec<Action>);

impl Only {
    /// These kinds; none stands for all.
    pub fn new(actions: impl IntoIterator<Item = Action>) -> Self {
        let mut actions: Vec<_> = actions.into_iter().collect();
        actions.sort_unstable();
        actions.dedup();
        Self(actions)
    }

    /// Whether every kind was asked for.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this kind was asked for.
    pub fn has(&self, action: Action) -> bool {
        self.is_all() || self.0.contains(&action)
    }

    /// The kinds that are named.
    pub fn named(&self) -> &[Action] {
        &self.0
    }

    /// The kinds that both have; `None` where there is none, for an empty list stands for all.
    ///
    /// | this | other | both |
    /// |---|---|---|
    /// | all | X | X |
    /// | X | all | X |
    /// | X | Y | what X and Y share |
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
