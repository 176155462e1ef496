//! The critical path of a recovery: the chain of steps that decided its duration. A recovery becomes faster only if one of
//! these does.

use super::journal::RecoveryState;
use super::steps::{Shape, Step};
use crate::model::Instant;

/// The end of a step that has not ended.
const UNFINISHED: Instant = Instant::from_millis(i64::MAX);

/// Returns the steps of the critical path, the last one first.
///
/// | step | on the path |
/// |---|---|
/// | the last to end; one that has not ended is later than all that have | yes |
/// | of those that a step on the path waited for, the last to end | yes |
/// | not begun, or any other | no |
///
/// Of several that ended together, the later in the order of steps is taken.
pub(super) fn critical_path(shape: &Shape, state: &RecoveryState) -> Vec<Step> {
    path(shape, |step| state.times(step).map(|(_, ended)| ended.unwrap_or(UNFINISHED)))
}

/// The same, by the end of each step that was begun.
fn path(shape: &Shape, ended: impl Fn(Step) -> Option<Instant>) -> Vec<Step> {
    let last = |steps: Vec<Step>| {
        let begun = steps.into_iter().filter_map(|step| Some((ended(step)?, step)));
        begun.max_by_key(|(ended, _)| *ended).map(|(_, step)| step)
    };
    std::iter::successors(last(shape.steps()), |step| last(shape.needs(*step))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::shapes::shapes;
    use super::*;

    fn at(ms: i64) -> Instant {
        Instant::from_millis(ms)
    }

    #[test]
    fn the_slowest_of_those_that_ran_side_by_side_is_waited_for() {
        let shape = Shape {
            quiesce: true,
            resume: true,
            databases: 1,
            beside: vec![false],
            in_place: vec![true],
            ..Shape::default()
        };
        let bucket = |ms: i64| {
            path(&shape, move |step| match step {
                Step::Quiesce => Some(at(1)),
                Step::Start(_) => Some(at(2)),
                Step::Wait(_) => Some(at(50)),
                Step::Settle(_) => Some(at(60)),
                Step::Bucket(_) => Some(at(ms)),
                Step::Resume => Some(UNFINISHED),
                _ => None,
            })
        };
        let of_database = [Step::Resume, Step::Settle(0), Step::Wait(0), Step::Start(0), Step::Quiesce];
        assert_eq!(bucket(40), of_database);
        assert_eq!(bucket(70), [Step::Resume, Step::Bucket(0), Step::Quiesce]);
    }

    proptest! {
        /// Whatever the times, each step waited for the next, and nothing that it waited for ended later.
        #[test]
        fn each_step_waited_for_the_next(shape in shapes(), times in proptest::collection::vec(proptest::option::of(0_i64..9), 40)) {
            let steps = shape.steps();
            let ended = |step: Step| {
                let n = steps.iter().position(|other| *other == step)?;
                times.get(n).copied().flatten().map(at)
            };
            let path = path(&shape, ended);
            let last = steps.iter().filter_map(|step| ended(*step)).max();
            prop_assert_eq!(path.first().and_then(|step| ended(*step)), last);
            for (step, before) in path.iter().zip(path.iter().skip(1)) {
                let needs = shape.needs(*step);
                prop_assert!(needs.contains(before));
                prop_assert_eq!(needs.iter().filter_map(|need| ended(*need)).max(), ended(*before));
            }
        }
    }
}
