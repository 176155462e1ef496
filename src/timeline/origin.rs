//! What made a burst: asof's own runs and other restores are no incidents, and what is small beside the others is noise.

use super::burst::Burst;
use super::{Event, limits};

/// How far apart the copies and the deletes of one restore may be, in seconds.
const BESIDE: i64 = 10;

/// What made a burst, as far as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The runs of asof of these names: one after another, they may look like one burst.
    Asof(Vec<String>),
    /// A restore, by whatever: most of its versions have the content of an older version of their key, or it consists of
    /// deletes beside such versions.
    Restore,
}

/// When a run of asof changed the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnRun {
    /// Its name.
    pub id: String,
    /// The first second in which it may have changed something.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// How many changes its plan has.
    pub changes: u64,
}

/// The runs that can have made a burst between them: it lies in their time, and is no more than they could do.
fn makers(burst: &Burst, runs: &[OwnRun]) -> Option<Vec<String>> {
    let near: Vec<_> = runs.iter().filter(|run| run.from <= burst.to && burst.from <= run.to).collect();
    let from = near.iter().map(|run| run.from).min()?;
    let to = near.iter().map(|run| run.to).max()?;
    let changes = near.iter().fold(0_u64, |sum, run| sum.saturating_add(run.changes));
    let made = from <= burst.from && burst.to <= to && burst.count <= changes;
    made.then(|| near.iter().map(|run| run.id.clone()).collect())
}

/// Enters what made each burst.
///
/// | in the time of runs of asof, and no more than their changes | most are copies of older versions | deletes beside a burst of such copies | origin |
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

/// Leaves out what is noise beside the others; gives how many bursts that are. A burst is measured by its events and by its
/// rise, and is left out if it is far below the largest in both:
///
/// | burst | beside |
/// |---|---|
/// | of a run of asof | is always listed |
/// | may be an incident | those that may be one |
/// | any other | all but those of asof's runs |
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
