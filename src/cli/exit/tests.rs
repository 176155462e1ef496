use super::*;

#[test]
fn a_bug_is_told_apart_from_wrong_usage() {
    let bug = Error::internal("no bucket 3");
    assert_eq!(Exit::from(bug.kind()), Exit::Failed);
    assert_eq!(bug.to_string(), "internal error: no bucket 3");
    let [hint] = bug.hints() else { panic!("one hint: {bug:?}") };
    assert!(hint.contains("nothing more was changed"), "{hint}");
    assert!(bug.ends_the_run(), "what follows could not be trusted");
}

#[test]
fn nothing_left_to_do_turns_a_failure_into_a_success() {
    let failed = || Err(Error::usage("cannot notify"));
    let rows = [
        (Ok(Exit::Done), Ok(()), Exit::Done),
        (Ok(Exit::Done), failed(), Exit::Usage),
        (Ok(Exit::Differences), Ok(()), Exit::Differences),
        (Ok(Exit::Differences), failed(), Exit::Differences),
        (Err(Error::interrupted()), Ok(()), Exit::Interrupted),
        (Err(Error::interrupted()), failed(), Exit::Interrupted),
    ];
    for (ended, rest, exit) in rows {
        assert_eq!(Exit::of(&Exit::after(ended, rest)), exit);
    }
}

#[test]
fn the_numbers_stay() {
    let numbers = [
        (Exit::Done, 0),
        (Exit::Failed, 1),
        (Exit::Usage, 2),
        (Exit::Incomplete, 3),
        (Exit::Differences, 4),
        (Exit::Refused, 5),
        (Exit::Interrupted, 130),
    ];
    for (exit, number) in numbers {
        assert_eq!(exit as u8, number);
    }
}
