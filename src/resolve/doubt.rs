//! What makes it doubtful that an answer is right, or that a change can be carried out as it stands. A person has to say
//! what is done.
//!
//! | doubt | what is in doubt |
//! |---|---|
//! | `lifecycle` | the answer: what was live at T may have been removed by a rule, see [`Expiries`] |
//! | `null-version` | the answer: what was live at T may have been overwritten |
//! | `archived` | the change: what was live at T cannot be copied as it lies |
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

    /// Whether the answer itself may be wrong, rather than that it cannot be carried out.
    pub fn is_of_answer(self) -> bool {
        matches!(self, Doubt::Lifecycle | Doubt::NullVersion)
    }

    /// The doubt about bringing back what was live at T, by its storage class. A listing does not tell of
    /// Intelligent-Tiering's archives: those are found out when the version is copied.
    ///
    /// | storage class | doubt |
    /// |---|---|
    /// | GLACIER, DEEP_ARCHIVE | archived |
    /// | any other, GLACIER_IR too | none |
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
    /// What may have gone from the bucket's history.
    pub expiries: Expiries,
    /// How long before T an upload in parts is suspected of not having been complete at T.
    pub multipart_window: Duration,
}

impl Judge {
    /// One who knows of no lifecycle rules.
    pub fn of_cuts(then: AsOf, now: AsOf) -> Self {
        Self {
            as_of: AsOfPair { then, now },
            expiries: Expiries::default(),
            multipart_window: Duration::ZERO,
        }
    }

    /// The doubts about a key's answers, each once. `now` is the present: what is due then may be gone.
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

    /// The doubts about a key of which no entry is listed, that it did not exist at T.
    pub fn doubts_of_unlisted(&self, key: &str, now: Instant) -> Vec<Doubt> {
        let gone = matches!(self.as_of.then, AsOf::At(t) if self.expiries.may_have_removed_all(key, t, now));
        gone.then_some(Doubt::Lifecycle).into_iter().collect()
    }

    /// The doubts about a key's answers at any time from the first cut on. They are those at the cut itself, see
    /// [`Expiries`], as long as the key's entries descend in time.
    pub fn doubts_since(&self, state: &KeyState<'_>, now: Instant) -> Vec<Doubt> {
        let mut state = *state;
        let unordered = state.cautions().any(|caution| caution == Caution::Unordered);
        if let (true, AsOf::At(t), Some(nearest)) =
            (unordered, self.as_of.then, &mut state.evidence.0.nearest)
        {
            nearest.made = after(t);
            // Nor does its date set a bound for (B).
            nearest.multipart = true;
        }
        self.doubts(&state, now)
    }

    /// What a person should know of a key:
    ///
    /// | live at T | made | caution |
    /// |---|---|---|
    /// | a version uploaded in parts | at most the window before T | `multipart` |
    /// | a delete marker | at a midnight UTC, less than a day before T | `lifecycle-marker` |
    ///
    /// and those that the order of its entries gives.
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

    /// The caution of a multipart upload that may have been completed after T: S3 dates it when it is started. A key that
    /// holds such a version at T is not known to be as it was, whether or not it has changed since.
    pub fn straddling(&self, state: &KeyState<'_>) -> Option<Caution> {
        // Decides for nearly all keys.
        if !state.evidence.0.multipart {
            return None;
        }
        let (_, age) = self.age(state)?;
        (age <= self.multipart_window.as_millis()).then_some(Caution::Multipart)
    }

    /// When the entry live at T was made, and how many milliseconds that was before T.
    fn age(&self, state: &KeyState<'_>) -> Option<(Instant, u128)> {
        let (AsOf::At(t), made) = (self.as_of.then, state.evidence.0.found?) else { return None };
        Some((made, u128::from(t.millis().abs_diff(made.millis()))))
    }
}

#[cfg(test)]
mod tests;
