//! Doubts: reasons why an answer may be wrong, or why a change cannot be applied as planned. The user has to decide.
//!
//! | doubt | about |
//! |---|---|
//! | `lifecycle` | the answer: a rule may have removed what was live at T, see [`Expiries`] |
//! | `null-version` | the answer: what was live at T may have been overwritten |
//! | `archived` | the change: what was live at T cannot be copied while archived |
//!
//! **Null versions** are overwritten without a trace while versioning is suspended:
//!
//! | null version or marker | doubt |
//! |---|---|
//! | newer than T | yes: there may have been another at T |
//! | at T or older, or none | no: it has not been written since |
//!
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html>)

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Caution;
use super::expiry::{DAY, Expiries, after};
use super::fold::{AsOf, AsOfPair, KeyState};
use crate::model::{Instant, Version};

/// The reason why the state of a key at T is uncertain, or why it cannot be restored yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// A lifecycle rule may have removed the version live at T.
    Lifecycle,
    /// A null version newer than T may have overwritten the version live at T.
    NullVersion,
    /// The version live at T is archived and must be restored from the archive before it can be copied.
    Archived,
}

impl Doubt {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Doubt::Lifecycle => "lifecycle",
            Doubt::NullVersion => "null-version",
            Doubt::Archived => "archived",
        }
    }

    /// Returns whether the answer itself may be wrong, rather than the change being impossible to apply.
    pub fn is_of_answer(self) -> bool {
        matches!(self, Doubt::Lifecycle | Doubt::NullVersion)
    }

    /// Returns the doubt about restoring the version live at T, from its storage class. Listings do not show
    /// Intelligent-Tiering's archive tiers: those are discovered when the version is copied.
    ///
    /// | storage class | doubt |
    /// |---|---|
    /// | GLACIER, DEEP_ARCHIVE | archived |
    /// | any other, including GLACIER_IR | none |
    pub fn of_class(then: Option<&Version>) -> Option<Self> {
        let archived = then.is_some_and(|v| matches!(&*v.storage_class, "GLACIER" | "DEEP_ARCHIVE"));
        archived.then_some(Doubt::Archived)
    }
}

/// Judges the answers about keys at two cuts.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The state asked for, and the one to compare it with.
    pub as_of: AsOfPair,
    /// The entries that lifecycle rules may have removed.
    pub expiries: Expiries,
    /// Maximum time between the start of a multipart upload and T for the upload to be suspected of completing after
    /// T.
    pub multipart_window: Duration,
}

impl Judge {
    /// Creates a judge without lifecycle rules.
    pub fn of_cuts(then: AsOf, now: AsOf) -> Self {
        Self {
            as_of: AsOfPair { then, now },
            expiries: Expiries::default(),
            multipart_window: Duration::ZERO,
        }
    }

    /// Returns the doubts about a key's answers, each once. `now` is the current time: entries due for removal by then
    /// may be gone.
    pub fn doubts(&self, state: &KeyState<'_>, now: Instant) -> Vec<Doubt> {
        let answers = [(self.as_of.then, &state.evidence.0), (self.as_of.now, &state.evidence.1)];
        let at = answers.into_iter().filter_map(|(cut, evidence)| match cut {
            AsOf::At(t) if evidence.above > 0 => Some((t, evidence)),
            _ => None,
        });
        let mut doubts = Vec::new();
        for (t, evidence) in at {
            if self.expiries.may_have_removed(state.key, t, evidence, now) {
                doubts.push(Doubt::Lifecycle);
            }
            if evidence.null_above.is_some() {
                doubts.push(Doubt::NullVersion);
            }
        }
        doubts.sort_unstable();
        doubts.dedup();
        doubts
    }

    /// Returns the doubts about the answer that a key without listed entries did not exist at T.
    pub fn doubts_of_unlisted(&self, key: &str, now: Instant) -> Vec<Doubt> {
        let gone = matches!(self.as_of.then, AsOf::At(t) if self.expiries.may_have_removed_all(key, t, now));
        gone.then_some(Doubt::Lifecycle).into_iter().collect()
    }

    /// Returns the doubts about a key's answers at any time from the first cut on. As long as the key's entries
    /// descend in time, these are the doubts at the cut itself, see [`Expiries`].
    pub fn doubts_since(&self, state: &KeyState<'_>, now: Instant) -> Vec<Doubt> {
        let mut state = *state;
        let unordered = state.cautions().any(|caution| caution == Caution::Unordered);
        if let (true, AsOf::At(t), Some(nearest)) =
            (unordered, self.as_of.then, &mut state.evidence.0.nearest)
        {
            nearest.made = after(t);
            // For the same reason its date sets no bound for (B).
            nearest.multipart = true;
        }
        self.doubts(&state, now)
    }

    /// Returns the cautions about a key:
    ///
    /// | live at T | created | caution |
    /// |---|---|---|
    /// | a multipart upload | within the window before T | `multipart` |
    /// | a delete marker | at midnight UTC, less than a day before T | `lifecycle-marker` |
    ///
    /// plus those from the order of its entries.
    pub fn cautions(&self, state: &KeyState<'_>) -> Vec<Caution> {
        let mut cautions: Vec<_> = state.cautions().collect();
        cautions.extend(self.straddling(state));
        if let (Some((made, age)), None) = (self.age(state), state.then)
            && made.millis() % DAY == 0
            && age < Duration::from_hours(24).as_millis()
        {
            cautions.push(Caution::LifecycleMarker);
        }
        cautions
    }

    /// Returns the caution about a multipart upload that may have been completed after T, since S3 dates it at its
    /// start. The state of a key with such a version at T is uncertain, whether or not it has changed since.
    pub fn straddling(&self, state: &KeyState<'_>) -> Option<Caution> {
        // Decides for nearly all keys.
        if !state.evidence.0.multipart {
            return None;
        }
        let (_, age) = self.age(state)?;
        (age <= self.multipart_window.as_millis()).then_some(Caution::Multipart)
    }

    /// Returns the creation time of the entry live at T, and its age at T in milliseconds.
    fn age(&self, state: &KeyState<'_>) -> Option<(Instant, u128)> {
        let (AsOf::At(t), made) = (self.as_of.then, state.evidence.0.found?) else { return None };
        Some((made, u128::from(t.millis().abs_diff(made.millis()))))
    }
}

#[cfg(test)]
mod tests;
