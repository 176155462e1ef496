//! What aborting a recovery takes.

use super::journal::State;

/// A part of an abort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbortPart {
    /// A run of a bucket is undone.
    Undo {
        /// The bucket's number in the file.
        bucket: usize,
        /// The run.
        run: String,
    },
    /// A run was undone already.
    Undone {
        /// The run.
        run: String,
        /// By this one.
        by: String,
    },
    /// A run is left as it is: something newer has changed its bucket.
    Left {
        /// The run.
        run: String,
    },
    /// A restored database has its source's name, or is getting it: both get their own again.
    SwapBack {
        /// The database's number in the file.
        database: usize,
    },
    /// A restored database has got its source's name, and a later recovery may have renamed it, or uses it: it is left.
    LeftSwapped {
        /// The database's number in the file.
        database: usize,
    },
    /// The restored database is removed, if it is there and carries the recovery's tag.
    Remove {
        /// The database's number in the file.
        database: usize,
    },
    /// A database is left that was restored in place: nothing takes that back, and its teardown command would remove the
    /// one in use.
    Stays {
        /// The database's number in the file.
        database: usize,
    },
    /// The resume hook is run.
    Resume,
}

/// What aborting a recovery takes, in this order; `undone_by` names the finished run that undid another, `stays` the
/// databases that are restored in place, `has_hook` says whether the file names a resume hook.
///
/// | | overtaken | |
/// |---|---|---|
/// | each database whose names are swapped, or half swapped | no, or by a run or an undo | gets its own name back, then its source |
/// | each database whose names are half swapped | by a recovery | the same: nothing may have the source's name |
/// | each of its runs, the newest first | no | is undone, unless it was |
/// | each of its runs | yes | is left: the undo would change what is newer |
/// | each database whose names are swapped | by a recovery | is left, and not removed: it is the source of what is newer |
/// | each database that was asked for, in place | | stays |
/// | each other database that was asked for | | is removed |
/// | the application may be quiesced | | the resume hook is run; a later recovery that has overtaken this one sees to that itself |
pub fn abort_parts(
    state: &State,
    undone_by: impl Fn(&str) -> Option<String>,
    stays: impl Fn(usize) -> bool,
    has_hook: bool,
) -> Vec<AbortPart> {
    let overtaken = state.overtaken().is_some();
    let undo = |(bucket, run): &(usize, String)| {
        let (bucket, run) = (*bucket, run.clone());
        match undone_by(&run) {
            Some(by) => AbortPart::Undone { run, by },
            None if overtaken => AbortPart::Left { run },
            None => AbortPart::Undo { bucket, run },
        }
    };
    let left = |n: usize| state.is_overtaken_by_recovery() && state.is_swapped(n);
    let databases = state.shape().map_or(0, |shape| shape.databases);
    let back = (0..databases).filter(|n| state.swap(*n).is_some() && !left(*n));
    let mut parts: Vec<_> = back.map(|database| AbortPart::SwapBack { database }).collect();
    parts.extend(state.all_runs().iter().rev().map(undo));
    let asked = (0..databases).filter(|n| state.was_asked_for(*n));
    let removed = |database: usize| match () {
        () if left(database) => AbortPart::LeftSwapped { database },
        () if stays(database) => AbortPart::Stays { database },
        () => AbortPart::Remove { database },
    };
    parts.extend(asked.map(removed));
    if state.may_be_quiesced() && has_hook {
        parts.push(AbortPart::Resume);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::record::{Record, StepResult};
    use super::super::steps::{Shape, Step};
    use super::*;
    use crate::db::{Renamed, Swap};
    use crate::model::Instant;

    const AT: Instant = Instant::from_millis(0);

    fn state(quiesce: bool, records: &[Record]) -> State {
        let shape =
            Shape { quiesce, resume: true, databases: 2, in_place: vec![true, true], ..Shape::default() };
        let mut state = State::played(&shape, if quiesce { &[Step::Quiesce] } else { &[] });
        for step in [Step::Start(1), Step::Bucket(0)] {
            if quiesce || step == Step::Start(1) {
                state.apply(&Record::Begun { step, at: AT }).unwrap();
            }
        }
        state.apply(&Record::Request { database: 1, at: AT, refused: false }).unwrap();
        records.iter().try_for_each(|record| state.apply(record)).unwrap();
        state
    }

    #[test]
    fn the_table_holds() {
        use AbortPart::{Left, Remove, Resume, Stays, Undo, Undone};
        let run = |run: &str| Record::Run { bucket: 0, run: run.into() };
        let overtaken = |by_recovery| Record::Overtaken { at: AT, why: "why".into(), by_recovery };
        let undo = |run: &str| Undo { bucket: 0, run: run.into() };
        let undone = || Undone { run: "a".into(), by: "undo of a".into() };
        let left = |run: &str| Left { run: run.into() };
        let database = || Remove { database: 1 };
        for (quiesced, records, hook, expected) in [
            (true, vec![run("b"), run("c")], true, vec![undo("c"), undo("b"), database(), Resume]),
            (true, vec![run("a"), run("b")], true, vec![undo("b"), undone(), database(), Resume]),
            (true, vec![run("a"), run("b"), overtaken(true)], true, vec![left("b"), undone(), database()]),
            (true, vec![run("a"), overtaken(false)], true, vec![undone(), database(), Resume]),
            (true, vec![run("b")], false, vec![undo("b"), database()]),
            (false, vec![], true, vec![database()]),
        ] {
            let state = state(quiesced, &records);
            let undone_by = |run: &str| (run == "a").then(|| "undo of a".to_owned());
            assert_eq!(abort_parts(&state, undone_by, |_| false, hook), expected, "{records:?}");
            let in_place = |part: AbortPart| if part == database() { Stays { database: 1 } } else { part };
            let expected: Vec<_> = expected.into_iter().map(in_place).collect();
            assert_eq!(abort_parts(&state, undone_by, |n| n == 1, hook), expected, "{records:?}");
        }
    }

    #[test]
    fn names_are_given_back_first_and_what_is_newer_keeps_them() {
        use AbortPart::{LeftSwapped, Remove, Resume, SwapBack};
        let shape =
            Shape { quiesce: true, resume: true, databases: 1, swaps: vec![true], ..Shape::default() };
        let mut state = State::played(&shape, &[Step::Quiesce]);
        let begun = |step| Record::Begun { step, at: AT };
        let done = |step| Record::Done { step, at: AT, result: StepResult::default() };
        let renamed = |name: &str| Renamed { resource_id: name.into(), from: name.into(), to: "to".into() };
        let swap = Swap { source: renamed("src"), target: renamed("dst") };
        for record in [
            begun(Step::Start(0)),
            Record::Request { database: 0, at: AT, refused: false },
            done(Step::Start(0)),
            begun(Step::Wait(0)),
            done(Step::Wait(0)),
            begun(Step::Settle(0)),
            done(Step::Settle(0)),
            begun(Step::Swap(0)),
        ] {
            state.apply(&record).unwrap();
        }
        let parts = |state: &State| abort_parts(state, |_| None, |_| false, true);
        assert_eq!(parts(&state), [Remove { database: 0 }, Resume]);
        state.apply(&Record::Swapping { database: 0, swap }).unwrap();
        let overtaken = |by_recovery| Record::Overtaken { at: AT, why: "why".into(), by_recovery };
        let swapped = {
            let mut state = state.clone();
            state.apply(&done(Step::Swap(0))).unwrap();
            state
        };
        let back = || vec![SwapBack { database: 0 }, Remove { database: 0 }];
        let all = || [back(), vec![Resume]].concat();
        for (state, by_recovery, expected) in [
            (&state, None, all()),
            (&swapped, None, all()),
            // An undo of its bucket's run: nothing newer was made of the database.
            (&state, Some(false), all()),
            (&swapped, Some(false), all()),
            // Half a swap is nobody's source.
            (&state, Some(true), back()),
            (&swapped, Some(true), vec![LeftSwapped { database: 0 }]),
        ] {
            let mut state = state.clone();
            if let Some(by) = by_recovery {
                state.apply(&overtaken(by)).unwrap();
            }
            assert_eq!(parts(&state), expected, "overtaken by a recovery: {by_recovery:?}");
        }
    }
}
