//! Which steps rest on which: what is taken again when one of them no longer holds.

use super::steps::{Shape, Step};

/// The steps whose outcome rests on this one's, so that they are taken again after it:
///
/// | step | what rests on it, beside the resume hook |
/// |---|---|
/// | quiesce | nothing: what is restored stays restored if the hook is run again |
/// | start, wait, settle | the later ones of the same database, its swap and configure too, after-database, every check, references |
/// | bucket | its verify, references |
/// | after-database | every check, references |
/// | verify, check | references |
/// | swap | nothing |
pub(super) fn rests_on(shape: &Shape, step: Step) -> Vec<Step> {
    let rests = |other: &Step| match (step, *other) {
        (Step::Resume, _) => false,
        (Step::Quiesce | Step::References | Step::Swap(_), other) => other == Step::Resume,
        // The hook for the restored databases is run again, and may have changed any of them.
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
