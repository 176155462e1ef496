//! The cost of a plan's changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::prices::{ClassPrices, Prices, ThawTier};
use super::{Action, Change, Sums};
use crate::limits;
use crate::model::part_bytes;

/// AWS bills per GB of 2^30 bytes.
const GB: f64 = 1_073_741_824.0;

/// The copies of objects of one storage class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassWork {
    /// Objects.
    pub keys: u64,
    /// Bytes.
    pub bytes: u64,
    /// Requests that write: one for each object, or one for each part and two more.
    pub writes: u64,
}

/// The copies of a plan, by storage class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    classes: BTreeMap<String, ClassWork>,
    /// Copies of classes beyond the bound: only a server that is not AWS has so many.
    elsewhere: u64,
}

/// The estimated cost of a plan, in US dollars.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Requests and retrievals of a restore, without thawing.
    pub usd: f64,
    /// Thawing, by the tiers that are available for all archived versions; empty if there are none.
    pub thaw: BTreeMap<ThawTier, f64>,
    /// The region and the date of the prices.
    pub prices: String,
}

impl Work {
    /// Counts a change that copies a version.
    pub(super) fn add(&mut self, change: &Change) {
        let Some(then) = change.then.as_ref().filter(|_| change.action != Action::Delete) else { return };
        if !change.markers.is_empty() {
            return;
        }
        let is_new = !self.classes.contains_key(&then.storage_class);
        if is_new && self.classes.len() == limits::COUNTED_CLASSES {
            self.elsewhere += 1;
            return;
        }
        let class = self.classes.entry(then.storage_class.clone()).or_default();
        class.keys += 1;
        class.bytes += then.size;
        class.writes += writes(then.size);
    }
}

/// Requests that copy an object of so many bytes.
pub(super) fn writes(size: u64) -> u64 {
    if size <= limits::MAX_COPY_BYTES {
        return 1;
    }
    size.div_ceil(part_bytes(size, limits::PART_BYTES)) + 2
}

impl Prices {
    /// The cost of a restore: a HEAD and the copy for each object, retrievals, and the listing that checks the result,
    /// with one LIST for each key or `listed` requests for all. Deletes are free. `None` if there is nothing to pay for, or
    /// if a storage class has no price: a part of the cost would be taken for all of it.
    #[must_use]
    pub fn estimate(&self, sums: &Sums, listed: u64) -> Option<Estimate> {
        if sums.changes() == 0 || sums.work.elsewhere > 0 {
            return None;
        }
        let lists = sums.changes().min(listed);
        let mut usd = thousands(lists) * self.class.get("STANDARD")?.write;
        let mut archived = Vec::new();
        for (name, work) in &sums.work.classes {
            let class = self.class.get(name)?;
            usd += thousands(work.writes) * class.write + thousands(work.keys) * class.read;
            usd += gigabytes(work.bytes) * class.retrieval;
            if !class.thaw.is_empty() {
                archived.push(Archived { prices: class, work: *work });
            }
        }
        Some(Estimate { usd, thaw: thaw(&archived), prices: self.name.clone() })
    }
}

/// The copies of a class whose objects have to be thawed.
struct Archived<'a> {
    prices: &'a ClassPrices,
    work: ClassWork,
}

/// The cost of thawing, by the tiers that all of these classes have.
fn thaw(archived: &[Archived<'_>]) -> BTreeMap<ThawTier, f64> {
    let tiers = [ThawTier::Bulk, ThawTier::Standard, ThawTier::Expedited];
    let cost = |tier: ThawTier| {
        let costs = archived.iter().map(|Archived { prices, work }| {
            let prices = prices.thaw.get(&tier)?;
            Some(thousands(work.keys) * prices.requests + gigabytes(work.bytes) * prices.gb)
        });
        costs.sum::<Option<f64>>().map(|usd| (tier, usd))
    };
    if archived.is_empty() { BTreeMap::new() } else { tiers.into_iter().filter_map(cost).collect() }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn thousands(n: u64) -> f64 {
    n as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / GB
}

#[cfg(test)]
mod tests;
