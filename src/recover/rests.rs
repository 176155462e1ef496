//! Dependencies between the outcomes of steps: which steps are repeated when one no longer holds.

use super::steps::{Order, Shape, Step};

/// The steps that depend on this one's outcome and are repeated after it:
///
/// | step | dependent steps, besides the resume hook |
/// |---|---|
/// | quiesce | none: restored data stays restored if the hook is run again |
/// | start, wait, settle | the later ones of the same database, including its swap and configure; after-database, every check, references |
/// | bucket | its verify, references |
/// | after-database | every check, references |
/// | verify, check | references |
/// | any of these, and references | the drill check |
/// | swap | none |
///
/// A store that waits for any of them is restored again too, with everything that waits for the store.
pub(super) fn rests_on(shape: &Shape, step: Step) -> Vec<Step> {
    let steps = shape.steps();
    let own: Vec<_> = steps.iter().copied().filter(|other| rests(shape, step, *other)).collect();
    let restored = |n: usize| own.contains(&Step::Start(n));
    let of_store =
        |other: &Step| matches!(*other, Step::Settle(n) | Step::Wait(n) | Step::Check(n) if restored(n));
    let after =
        shape.after_database && own.iter().any(|other| matches!(other, Step::Start(n) if !shape.is_last(*n)));
    let of_hook = |other: &Step| after && matches!(other, Step::AfterDatabase | Step::Check(_));
    steps.into_iter().filter(|other| own.contains(other) || of_store(other) || of_hook(other)).collect()
}

/// Returns true if the outcome of `other` depends on that of `step`, leaving out what a repeated store brings with it.
fn rests(shape: &Shape, step: Step, other: Step) -> bool {
    match (step, other) {
        (Step::Resume, _) => false,
        (Step::Quiesce | Step::Swap(_) | Step::DrillCheck, other) => other == Step::Resume,
        (_, Step::DrillCheck) => true,
        (step, Step::Start(n)) => awaits(shape, n, step),
        (Step::References, other) => other == Step::Resume,
        // The after-database hook is run again and may change any of the databases.
        (Step::Start(n) | Step::Wait(n) | Step::Settle(n), Step::Check(_))
            if shape.after_database && !shape.is_last(n) =>
        {
            true
        }
        (Step::Start(n), Step::Wait(m) | Step::Settle(m))
        | (Step::Wait(n), Step::Settle(m))
        | (
            Step::Start(n) | Step::Wait(n) | Step::Settle(n),
            Step::Configure(m) | Step::Check(m) | Step::Swap(m),
        )
        | (Step::Bucket(n), Step::Verify(m)) => n == m,
        // Nothing but the resume hook waits for a store that waits for the references.
        (Step::Start(n) | Step::Wait(n) | Step::Settle(n) | Step::Check(n), other) if shape.is_last(n) => {
            other == Step::Resume
        }
        (Step::Start(_) | Step::Wait(_) | Step::Settle(_), Step::AfterDatabase)
        | (Step::AfterDatabase, Step::Check(_))
        | (_, Step::References | Step::Resume) => true,
        _ => false,
    }
}

/// Returns true if the restore of a store awaits this step, directly or not, and its outcome.
fn awaits(shape: &Shape, store: usize, step: Step) -> bool {
    match (shape.order(store), step) {
        (Order::AfterReferences, Step::Start(n) | Step::Wait(n) | Step::Settle(n)) => !shape.is_last(n),
        (Order::AfterBuckets | Order::AfterReferences, Step::Bucket(_))
        | (Order::AfterReferences, Step::Verify(_) | Step::AfterDatabase | Step::References) => true,
        _ => false,
    }
}
