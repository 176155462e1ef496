//! Dependencies between the outcomes of steps: which steps are repeated when one no longer holds.

use super::steps::{Shape, Step};

/// The steps that depend on this one's outcome and are repeated after it:
///
/// | step | dependent steps, besides the resume hook |
/// |---|---|
/// | quiesce | none: restored data stays restored if the hook is run again |
/// | start, wait, settle | the later ones of the same database, including its swap and configure; after-database, every check, references |
/// | bucket | its verify, references |
/// | after-database | every check, references |
/// | verify, check | references |
/// | swap | none |
pub(super) fn rests_on(shape: &Shape, step: Step) -> Vec<Step> {
    let rests = |other: &Step| match (step, *other) {
        (Step::Resume, _) => false,
        (Step::Quiesce | Step::References | Step::Swap(_), other) => other == Step::Resume,
        // The after-database hook is run again and may change any of the databases.
        (Step::Start(_) | Step::Wait(_) | Step::Settle(_), Step::Check(_)) if shape.after_database => true,
        (Step::Start(n), Step::Wait(m) | Step::Settle(m))
        | (Step::Wait(n), Step::Settle(m))
        | (
            Step::Start(n) | Step::Wait(n) | Step::Settle(n),
            Step::Configure(m) | Step::Check(m) | Step::Swap(m),
        )
        | (Step::Bucket(n), Step::Verify(m)) => n == m,
        (Step::Start(_) | Step::Wait(_) | Step::Settle(_), Step::AfterDatabase)
        | (Step::AfterDatabase, Step::Check(_))
        | (_, Step::References | Step::Resume) => true,
        _ => false,
    };
    shape.steps().into_iter().filter(rests).collect()
}
