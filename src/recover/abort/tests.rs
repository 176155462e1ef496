use super::super::record::{Record, StepResult};
use super::super::steps::{Shape, Step};
use super::*;
use crate::db::{Renamed, Swap};
use crate::model::Instant;

const AT: Instant = Instant::from_millis(0);

fn state(quiesce: bool, records: &[Record]) -> RecoveryState {
    let shape = Shape { quiesce, resume: true, databases: 2, in_place: vec![true, true], ..Shape::default() };
    let mut state = RecoveryState::played(&shape, if quiesce { &[Step::Quiesce] } else { &[] });
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
        let undo_state = |run: &str| match run {
            "a" => UndoState::Undone("undo of a".to_owned()),
            run => UndoState::InForce(vec![run.to_owned()]),
        };
        assert_eq!(abort_parts(&state, undo_state, |_| false, hook), expected, "{records:?}");
        let in_place = |part: AbortPart| if part == database() { Stays { database: 1 } } else { part };
        let expected: Vec<_> = expected.into_iter().map(in_place).collect();
        assert_eq!(abort_parts(&state, undo_state, |n| n == 1, hook), expected, "{records:?}");
    }
}

#[test]
fn names_are_given_back_first_and_what_is_newer_keeps_them() {
    use AbortPart::{LeftSwapped, Remove, Resume, SwapBack};
    let shape = Shape { quiesce: true, resume: true, databases: 1, swaps: vec![true], ..Shape::default() };
    let mut state = RecoveryState::played(&shape, &[Step::Quiesce]);
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
    let parts = |state: &RecoveryState| {
        abort_parts(state, |run| UndoState::InForce(vec![run.to_owned()]), |_| false, true)
    };
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
        // An undo of its bucket's run: nothing newer was made from the database.
        (&state, Some(false), all()),
        (&swapped, Some(false), all()),
        // A half-swapped database is nobody's source.
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

/// Without a resume hook, the application is cut over by hand once all other steps are done; no journal records that.
#[test]
fn a_cut_over_by_hand_is_remembered_when_the_recovery_is_resumed() {
    let shape = Shape { databases: 1, references: true, ..Shape::default() };
    let steps: Vec<_> = shape
        .steps()
        .into_iter()
        .filter(|step| !matches!(step, Step::References | Step::Configure(_)))
        .collect();
    let mut state = RecoveryState::played(&shape, &steps);
    let counts = crate::recover::counts([("dangling", 1)]);
    let found = StepResult { counts, ..StepResult::default() };
    let remove = [AbortPart::Remove { database: 0 }];
    state.apply(&Record::Begun { step: Step::References, at: AT }).unwrap();
    assert!(!loses_what_is_in_use(&state, &remove));
    state.apply(&Record::Done { step: Step::References, at: AT, result: found }).unwrap();
    assert!(loses_what_is_in_use(&state, &remove));
    state.apply(&Record::Resumed { at: AT }).unwrap();
    assert_eq!(state.status(Step::References), None);
    assert!(loses_what_is_in_use(&state, &remove), "it may be in use still");
}
