//! The origin of bursts: asof's own runs and other restores are not incidents, and bursts that are small compared with
//! the others are noise.

use super::burst::Burst;
use super::{Event, limits};

/// The maximum distance in seconds between the copies and the deletes of one restore.
const BESIDE: i64 = 10;

/// The origin of a burst.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The runs of asof with these IDs: consecutive runs may look like one burst.
    Asof(Vec<String>),
    /// A restore by any tool: most of its versions have the content of an older version of their key, or it consists of
    /// deletes next to these versions.
    Restore,
}

/// A run of asof that changed the location, and the period in which it may have done so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnRun {
    /// The run ID.
    pub id: String,
    /// The first second in which it may have changed something.
    pub from: i64,
    /// The last second in which it may have changed something.
    pub to: i64,
    /// The number of changes in its plan.
    pub changes: u64,
}

/// Returns the runs that can have made a burst together: it lies within their time, and has no more events than they
/// have changes.
fn makers(burst: &Burst, runs: &[OwnRun]) -> Option<Vec<String>> {
    let near: Vec<_> = runs.iter().filter(|run| run.from <= burst.to && burst.from <= run.to).collect();
    let from = near.iter().map(|run| run.from).min()?;
    let to = near.iter().map(|run| run.to).max()?;
    let changes = near.iter().fold(0_u64, |sum, run| sum.saturating_add(run.changes));
    let made = from <= burst.from && burst.to <= to && burst.count <= changes;
    made.then(|| near.iter().map(|run| run.id.clone()).collect())
}

/// Sets the origin of each burst.
///
/// | within the time of asof runs, and no more events than their changes | most are copies of older versions | deletes next to a burst of copies | origin |
/// |---|---|---|---|
/// | yes | | | these runs |
/// | no | yes | | a restore |
/// | no | no | yes | a restore |
/// | no | no | no | unknown |
pub(super) fn mark(bursts: &mut [Burst], runs: &[OwnRun]) {
    for burst in bursts.iter_mut() {
        burst.origin = match makers(burst, runs) {
            Some(runs) => Origin::Asof(runs),
            None if burst.copies * 2 > burst.count => Origin::Restore,
            None => Origin::Unknown,
        };
    }
    let restored: Vec<_> = bursts
        .iter()
        .filter(|b| b.origin == Origin::Restore)
        .map(|b| (b.from - BESIDE, b.to + BESIDE))
        .collect();
    for burst in bursts.iter_mut().filter(|b| b.event == Event::Delete && b.origin == Origin::Unknown) {
        if restored.iter().any(|(from, to)| *from <= burst.from && burst.to <= *to) {
            burst.origin = Origin::Restore;
        }
    }
}

/// Removes bursts that are noise compared with the others; returns their number. A burst is noise if both its events
/// and its rise are far below the largest:
///
/// | burst | compared with |
/// |---|---|
/// | of an asof run | always listed |
/// | possible incident | the possible incidents |
/// | any other | all except those of asof's runs |
pub(super) fn leave_out_noise(bursts: &mut Vec<Burst>) -> usize {
    let largest = |among: fn(&Burst) -> bool| {
        let among = bursts.iter().filter(|burst| among(burst));
        among.fold((0, 0), |(count, rise), burst| (count.max(burst.count), rise.max(burst.rise)))
    };
    let incidents = largest(Burst::may_be_incident);
    let all = largest(|burst| !matches!(burst.origin, Origin::Asof(_)));
    let before = bursts.len();
    bursts.retain(|burst| {
        let (count, rise) = if burst.may_be_incident() { incidents } else { all };
        let is_far_below = |n: u64, largest: u64| n.saturating_mul(limits::MINOR_BURST) < largest;
        let is_minor = is_far_below(burst.count, count) && is_far_below(burst.rise, rise);
        matches!(burst.origin, Origin::Asof(_)) || !is_minor
    });
    before - bursts.len()
}
