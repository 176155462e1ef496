use super::*;

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

fn play(records: &[Record]) -> Result<State, String> {
    let mut state = State::default();
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
        vec![Record::Request { database: 0, at: AT, refused: false }],
        vec![Record::Ended { at: AT }, begun(quiesce)],
    ] {
        assert!(play(&records).is_err(), "{records:?}");
    }
    let mut none = State::default();
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
    // Before requests were noted, a start that was begun may have asked.
    let mut old = State::default();
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
    let found = Record::Done { step: Step::References, at: AT, result: StepResult { note: None, counts } };
    let mut state = State::default();
    let started = Record::Started { format: FORMAT, at: AT, shape };
    let records = [started, begun(Step::References), found, begun(Step::Resume), failed(Step::Resume)];
    let resumed = Record::Resumed { at: AT };
    records.iter().chain([&resumed]).try_for_each(|record| state.apply(record)).unwrap();
    assert_eq!((state.status(Step::References), state.status(Step::Resume)), (None, None));

    let mut state = State::default();
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
