use proptest::prelude::*;

use super::*;
use crate::recover::shapes::shapes;

impl RecoveryState {
    /// The state in which these steps are done.
    pub(in crate::recover) fn played(shape: &Shape, done: &[Step]) -> Self {
        let at = Instant::default();
        let mut state = Self::default();
        state.apply(&Record::Started { format: FORMAT, at, shape: shape.clone() }).unwrap();
        for step in done {
            state.apply(&Record::Begun { step: *step, at }).unwrap();
            state.apply(&Record::Done { step: *step, at, result: StepResult::default() }).unwrap();
        }
        state
    }
}

const AT: Instant = Instant::from_millis(0);

fn shape() -> Shape {
    Shape { quiesce: true, resume: true, databases: 1, in_place: vec![true], ..Shape::default() }
}

fn begun(step: Step) -> Record {
    Record::Begun { step, at: AT }
}

fn done(step: Step) -> Record {
    Record::Done { step, at: AT, result: StepResult::default() }
}

fn failed(step: Step) -> Record {
    Record::Failed { step, at: AT, why: "why".into() }
}

fn play(records: &[Record]) -> Result<RecoveryState, String> {
    let mut state = RecoveryState::default();
    let first = Record::Started { format: FORMAT, at: AT, shape: shape() };
    std::iter::once(&first).chain(records).try_for_each(|record| state.apply(record))?;
    Ok(state)
}

#[test]
fn what_cannot_stand_there_is_refused() {
    let (quiesce, start) = (Step::Quiesce, Step::Start(0));
    for records in [
        vec![Record::Started { format: FORMAT, at: AT, shape: shape() }],
        vec![done(quiesce)],
        vec![begun(start)],
        vec![begun(Step::Verify(0))],
        vec![begun(quiesce), begun(start)],
        vec![begun(quiesce), done(quiesce), begun(quiesce)],
        vec![begun(quiesce), failed(quiesce), begun(quiesce)],
        vec![Record::Run { bucket: 0, run: "x".into() }],
        vec![Record::Healing { bucket: 0, run: "x".into() }],
        vec![Record::Request { database: 0, at: AT, refused: false }],
        vec![Record::Ended { at: AT }, begun(quiesce)],
    ] {
        assert!(play(&records).is_err(), "{records:?}");
    }
    let mut none = RecoveryState::default();
    assert!(none.apply(&begun(quiesce)).is_err());
    assert!(none.apply(&Record::Started { format: FORMAT + 1, at: AT, shape: shape() }).is_err());
}

#[test]
fn a_database_whose_restore_failed_is_looked_for_again() {
    let (quiesce, start, wait) = (Step::Quiesce, Step::Start(0), Step::Wait(0));
    let request = Record::Request { database: 0, at: AT, refused: false };
    let made = StepResult { note: Some("db-A".into()), ..StepResult::default() };
    let made = Record::Done { step: start, at: AT, result: made };
    let failed = [begun(quiesce), done(quiesce), begun(start), request, made, begun(wait), failed(wait)];
    let again = play(&[&failed[..], &[Record::Resumed { at: AT }]].concat()).unwrap();
    assert_eq!((again.status(quiesce), again.status(start)), (Some(&Status::Done), None));
    assert!(shape().ready(&again).contains(&start));
    assert_eq!((again.asked_for(0), again.made(0)), (Some(AT), Some("db-A")));
    assert_eq!((again.asked_for(1), again.made(1)), (None, None));
}

#[test]
fn a_request_that_made_nothing_was_none() {
    let (quiesce, start) = (Step::Quiesce, Step::Start(0));
    let request = |refused: bool| Record::Request { database: 0, at: AT, refused };
    let begun_only = play(&[begun(quiesce), done(quiesce), begun(start)]).unwrap();
    assert_eq!(begun_only.asked_for(0), None);
    let asked = [begun(quiesce), done(quiesce), begun(start), request(false)];
    assert_eq!(play(&asked).unwrap().asked_for(0), Some(AT));
    let refused = [&asked[..], &[request(true), failed(start)]].concat();
    assert_eq!(play(&refused).unwrap().asked_for(0), None);
    // Before requests were recorded, a begun start implied one.
    let mut old = RecoveryState::default();
    let first = Record::Started { format: 1, at: AT, shape: shape() };
    [first, begun(quiesce), done(quiesce), begun(start)]
        .iter()
        .try_for_each(|record| old.apply(record))
        .unwrap();
    assert_eq!(old.asked_for(0), Some(AT));
}

#[test]
fn what_dangles_is_looked_for_again_until_the_application_goes_on() {
    let shape = Shape { references: true, resume: true, ..Shape::default() };
    let counts = crate::recover::counts([("dangling", 1)]);
    let found = Record::Done {
        step: Step::References,
        at: AT,
        result: StepResult { counts, ..StepResult::default() },
    };
    let mut state = RecoveryState::default();
    let started = Record::Started { format: FORMAT, at: AT, shape };
    let records = [started, begun(Step::References), found, begun(Step::Resume), failed(Step::Resume)];
    let resumed = Record::Resumed { at: AT };
    records.iter().chain([&resumed]).try_for_each(|record| state.apply(record)).unwrap();
    assert_eq!((state.status(Step::References), state.status(Step::Resume)), (None, None));

    let mut state = RecoveryState::default();
    let done = [&records[..4], &[done(Step::Resume)], &[resumed]].concat();
    done.iter().try_for_each(|record| state.apply(record)).unwrap();
    assert_eq!(state.status(Step::References), Some(&Status::Done));
}

#[test]
fn a_step_that_was_cut_off_or_failed_is_begun_again() {
    let quiesce = Step::Quiesce;
    let cut_off = play(&[begun(quiesce), Record::Resumed { at: AT }, begun(quiesce), done(quiesce)]).unwrap();
    assert_eq!(cut_off.status(quiesce), Some(&Status::Done));
    let again = play(&[begun(quiesce), failed(quiesce), Record::Resumed { at: AT }]).unwrap();
    assert_eq!(again.status(quiesce), None);
    assert_eq!(shape().ready(&again), [quiesce]);
}

#[test]
fn the_run_of_a_bucket_is_kept() {
    let bucket = Step::Bucket(0);
    let run = Record::Run { bucket: 0, run: "20261117T143005Z-0001".into() };
    let records = [begun(Step::Quiesce), done(Step::Quiesce), begun(bucket), run, failed(bucket)];
    let state = play(&[&records[..], &[Record::Resumed { at: AT }]].concat()).unwrap();
    assert_eq!(state.run(0), Some("20261117T143005Z-0001"));
    assert!(!state.is_done());
}

/// A run that restores late uploads is undone by an abort, but not resumed: the references are compared again.
#[test]
fn a_run_that_heals_is_one_of_all_runs_and_not_the_run_of_its_bucket() {
    let shape = Shape { references: true, in_place: vec![true], ..Shape::default() };
    let mut state = RecoveryState::played(&shape, &[Step::Bucket(0)]);
    let healing = Record::Healing { bucket: 0, run: "heal".into() };
    [begun(Step::References), healing].iter().try_for_each(|record| state.apply(record)).unwrap();
    assert_eq!((state.run(0), state.all_runs()), (None, &[(0, "heal".to_owned())][..]));
}

/// A bucket that someone wrote to is restored by a new run, and comparisons with it are repeated.
#[test]
fn what_lapses_is_taken_again_with_all_that_rests_on_it() {
    use Step::{AfterDatabase, Bucket, Configure, Quiesce, References, Resume, Settle, Start, Wait};
    let shape = Shape {
        quiesce: true,
        resume: true,
        after_database: true,
        references: true,
        databases: 1,
        in_place: vec![true],
        ..Shape::default()
    };
    let lapsed = |step: Step| {
        let mut state = RecoveryState::played(&shape, &shape.steps());
        state.runs.insert(0, "run".into());
        state.apply(&Record::Lapsed { step, at: AT, why: "why".into() }).unwrap();
        assert_eq!(state.status(step), Some(&Status::Failed("why".into())));
        state.apply(&Record::Resumed { at: AT }).unwrap();
        let open = shape.steps().into_iter().filter(|step| state.status(*step).is_none()).collect::<Vec<_>>();
        (open, state.run(0).is_some())
    };
    assert_eq!(lapsed(Quiesce), (vec![Quiesce, Resume], true));
    assert_eq!(lapsed(Bucket(0)), (vec![Bucket(0), References, Resume], false));
    let database = vec![Start(0), Wait(0), Settle(0), AfterDatabase, References, Resume, Configure(0)];
    for step in [Start(0), Wait(0), Settle(0)] {
        assert_eq!(lapsed(step), (database.clone(), true), "{step:?}");
    }
    let mut not_done = RecoveryState::played(&shape, &[Quiesce]);
    assert!(not_done.apply(&Record::Lapsed { step: Start(0), at: AT, why: String::new() }).is_err());
}

#[test]
fn only_an_abort_comes_after_what_closes_a_recovery() {
    let (overtaken, aborting) =
        (Record::Overtaken { at: AT, why: "why".into(), by_recovery: true }, Record::Aborting { at: AT });
    let undoing = Record::Undoing { run: "run".into(), by: "undo".into() };
    let (aborted, resumed) = (Record::Aborted { at: AT }, Record::Resumed { at: AT });
    for closes in [&overtaken, &aborting] {
        for other in [resumed.clone(), begun(Step::Quiesce), Record::Ended { at: AT }] {
            assert!(play(&[closes.clone(), other.clone()]).is_err(), "{closes:?} {other:?}");
        }
    }
    for early in [&undoing, &aborted] {
        assert!(
            play(std::slice::from_ref(early)).is_err() && play(&[overtaken.clone(), early.clone()]).is_err()
        );
    }
    let whole = [overtaken.clone(), aborting, undoing, aborted];
    let state = play(&whole).unwrap();
    assert_eq!((state.is_ended(), state.undone_by("run")), (true, Some("undo")));
    assert!(play(&[&whole[..], &[resumed]].concat()).is_err());
    assert_eq!(play(&[overtaken]).unwrap().overtaken(), Some("why"));
}

/// Journals written before done steps were checked.
#[test]
fn a_journal_of_the_first_format_is_read() {
    let first = Record::Started { format: 1, at: AT, shape: shape() };
    let mut state = RecoveryState::default();
    let records = [first, begun(Step::Quiesce), done(Step::Quiesce), Record::Resumed { at: AT }];
    records.iter().try_for_each(|record| state.apply(record)).unwrap();
    let lapsed = Record::Lapsed { step: Step::Quiesce, at: AT, why: "why".into() };
    state.apply(&lapsed).unwrap();
}

proptest! {
    /// An older asof ran the quiesce hook again after the resume hook; the application's writes in between remain.
    #[test]
    fn a_cut_over_is_not_forgotten_by_whatever_is_taken_again(shape in shapes(), which in any::<prop::sample::Index>()) {
        let steps = shape.steps();
        let goes_on = |step: &Step| shape.lets_go(*step);
        prop_assume!(steps.iter().any(goes_on));
        let before: Vec<_> = steps.iter().copied().filter(|step| !goes_on(step)).collect();
        prop_assert!(!RecoveryState::played(&shape, &before).may_have_been_cut_over());
        let mut state = RecoveryState::played(&shape, &steps);
        let step = *which.get(&steps);
        state.apply(&Record::Lapsed { step, at: AT, why: "why".into() }).unwrap();
        state.apply(&Record::Resumed { at: AT }).unwrap();
        while let Some(step) = shape.ready(&state).first() {
            state.apply(&begun(*step)).unwrap();
            prop_assert!(state.may_have_been_cut_over(), "{step:?} of {shape:?}");
            // Until it is run again, no step releases the application.
            prop_assert!(*step != Step::Quiesce || !state.is_resume_begun());
            state.apply(&done(*step)).unwrap();
        }
    }

    /// Every step that waits for a step, directly or not, is repeated after it. But a restored bucket stays restored
    /// whatever happens to the databases, and every step stays done if the quiesce hook is run again; and a database is
    /// configured again, and its name swapped, only if it is restored again.
    #[test]
    fn whatever_waits_for_a_step_rests_on_it(shape in shapes()) {
        use Step::{Bucket, Configure, Quiesce, Settle, Start, Swap, Verify, Wait};
        for step in shape.steps().into_iter().filter(|step| *step != Quiesce) {
            let mut reached = vec![step];
            for other in shape.steps() {
                let waits = shape.needs(other).iter().any(|needed| reached.contains(needed));
                let stays = match other {
                    Quiesce | Bucket(_) => true,
                    Verify(n) => step != Bucket(n),
                    Configure(n) | Swap(n) => !matches!(step, Start(m) | Wait(m) | Settle(m) if n == m),
                    _ => false,
                };
                if waits && !stays {
                    reached.push(other);
                    prop_assert!(rests_on(&shape, step).contains(&other), "{other:?} on {step:?} in {shape:?}");
                }
            }
        }
    }
}

fn swap() -> Swap {
    let renamed = |id: &str, from: &str, to: &str| crate::db::Renamed {
        resource_id: id.into(),
        from: from.into(),
        to: to.into(),
    };
    Swap { source: renamed("db-1", "src", "src-before"), target: renamed("db-2", "dst", "src") }
}

/// Until a swap is done, no name tells which database answers: no other step is begun, whatever must be repeated.
#[test]
fn a_swap_that_was_begun_is_finished_before_anything_else() {
    let shape = Shape { swaps: vec![true], references: true, ..shape() };
    let proven =
        [Step::Quiesce, Step::Start(0), Step::Wait(0), Step::Settle(0), Step::Bucket(0), Step::References];
    let mut state = RecoveryState::played(&shape, &proven);
    let swapping = Record::Swapping { database: 0, swap: swap() };
    assert!(state.clone().apply(&swapping).is_err());
    state.apply(&begun(Step::Swap(0))).unwrap();
    assert_eq!(state.in_use(0), InUse::No);
    state.apply(&swapping).unwrap();
    assert_eq!((state.in_use(0), state.swap(0)), (InUse::Named, Some(&swap())));
    assert!(state.has_changed_what_is_in_use());
    state.apply(&Record::Lapsed { step: Step::Bucket(0), at: AT, why: "why".into() }).unwrap();
    state.apply(&Record::Resumed { at: AT }).unwrap();
    assert_eq!(shape.ready(&state), [Step::Swap(0)]);
    state.apply(&begun(Step::Swap(0))).unwrap();
    state.apply(&done(Step::Swap(0))).unwrap();
    assert_eq!(shape.ready(&state), [Step::Bucket(0)]);
    assert!(state.clone().apply(&Record::SwappedBack { database: 0 }).is_err());
    state.apply(&Record::Aborting { at: AT }).unwrap();
    state.apply(&Record::SwappedBack { database: 0 }).unwrap();
    assert_eq!(state.swap(0), None);
}

/// Without a quiesce hook, the application finds the restored database under its usual name.
#[test]
fn a_swap_lets_an_application_write_that_nothing_has_stopped() {
    for quiesce in [true, false] {
        let shape = Shape { quiesce, swaps: vec![true], in_place: Vec::new(), ..shape() };
        let before: Vec<_> = [Step::Quiesce].into_iter().filter(|_| quiesce).collect();
        let proven = [&before[..], &[Step::Start(0), Step::Wait(0), Step::Settle(0)]].concat();
        let mut state = RecoveryState::played(&shape, &proven);
        assert_eq!(state.is_done_but_for_resume(), !quiesce);
        let written = |state: &RecoveryState| (state.is_resume_begun(), state.may_have_been_cut_over());
        state.apply(&begun(Step::Swap(0))).unwrap();
        // If refused or killed here, it has renamed nothing.
        assert_eq!(written(&state), (false, false));
        state.apply(&Record::Swapping { database: 0, swap: swap() }).unwrap();
        assert_eq!(written(&state), (!quiesce, !quiesce));
    }
}
