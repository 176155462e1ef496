use proptest::prelude::*;

use super::*;
use crate::db::Reach;
use crate::error::ErrorKind;

const NOW: i64 = 1_000_000;

fn second(n: i64) -> Instant {
    Instant::from_millis(n * 1000)
}

fn window(earliest: impl Into<Option<i64>>, latest: impl Into<Option<i64>>) -> Window {
    Window::between(earliest.into().map(second), latest.into().map(second))
}

fn answer(window: Result<Window>) -> WindowAnswer<'static> {
    WindowAnswer { noun: Noun::Database, name: "orders", window }
}

fn told(window: Window, question: Question) -> Check {
    checks(&[answer(Ok(window))], question, None, second(NOW)).0.pop().unwrap()
}

#[test]
fn each_window_has_its_verdict() {
    use Verdict::{Failed, Passed, Warned};
    let at = |n| Question::At(second(n));
    let since = |n| Question::Since(second(n));
    let (recent, hour) = (NOW - 300, 3600);
    for (window, question, verdict) in [
        (window(100, recent), at(100), Passed),
        (window(100, recent), at(99), Failed),
        (window(100, recent), at(recent), Passed),
        (window(100, recent), at(recent + 1), Failed),
        // The database is restored to the beginning of T's second.
        (window(100, 200), Question::At(Instant::from_millis(200_999)), Passed),
        (window(None, 200), at(1), Passed),
        (window(None, 200), at(201), Failed),
        (window(100, None), at(NOW), Passed),
        (window(None, None), at(1), Passed),
        (window(100, recent), since(100), Passed),
        (window(100, recent), since(99), Failed),
        (window(100, NOW - hour), since(100), Passed),
        (window(100, NOW - hour - 1), since(100), Warned),
        (window(100, 200), since(201), Failed),
        (window(100, None), since(100), Passed),
        (window(None, None), since(100), Passed),
        (window(100, recent), Question::Back, Passed),
        (window(100, NOW - hour - 1), Question::Back, Warned),
        (window(None, None), Question::Back, Passed),
    ] {
        let check = told(window.clone(), question);
        assert_eq!(check.verdict, verdict, "{window:?} {question:?}: {}", check.message);
        assert_eq!(check.blocks(), verdict == Failed);
        let database = check.database.unwrap();
        assert_eq!(Window::between(database.earliest, database.latest), window);
    }
}

#[test]
fn the_words_tell_the_bounds_and_which_one_is_not_told() {
    let (first, last) = ("1970-01-01 00:01:40 UTC", "1970-01-12 13:41:40 UTC");
    let recent = NOW - 300;
    for (window, question, words) in [
        (window(100, recent), Question::Back, format!("database orders: restorable from {first} to {last}")),
        (
            window(100, None),
            Question::Back,
            format!("database orders: restorable from {first}, latest time unknown"),
        ),
        (
            window(None, recent),
            Question::Back,
            format!("database orders: restorable up to {last}, earliest time unknown"),
        ),
        (window(None, None), Question::At(second(1)), "database orders: restorable times unknown".to_owned()),
        (
            window(100, recent),
            Question::At(second(99)),
            format!(
                "the database orders cannot be restored to 1970-01-01 00:01:39 UTC: its earliest restorable time is {first}"
            ),
        ),
        (
            window(None, 100),
            Question::Since(second(0)),
            format!(
                "database orders: restorable up to {first}, earliest time unknown and no further (11 d 13 h ago): \
                     are its backups still running?"
            ),
        ),
    ] {
        assert_eq!(told(window, question).message, words);
    }
}

#[test]
fn what_cannot_be_asked_is_unknown_and_blocks() {
    for question in [Question::At(second(1)), Question::Since(second(1)), Question::Back] {
        let error = Error::new(ErrorKind::Local, "the command failed").hint("look above");
        let (checks, _) = checks(&[answer(Err(error))], question, None, second(NOW));
        let [check] = &checks[..] else { panic!("one database, one check: {checks:?}") };
        assert!(check.blocks() && check.verdict == Verdict::Unknown, "{check:?}");
        assert_eq!(
            check.message,
            "database orders: restorable times unknown (the command failed; look above)"
        );
    }
}

#[test]
fn the_latest_of_all_beginnings_is_the_answer_where_every_window_has_it() {
    use Verdict::{Failed, Passed, Unknown, Warned};
    let recent = NOW - 300;
    for (windows, bucket, since, verdicts) in [
        (vec![], None, None, vec![]),
        (vec![], Some(5), Some(5), vec![]),
        (vec![Some(window(100, recent)), Some(window(200, None))], None, Some(200), vec![Passed, Passed]),
        (
            vec![Some(window(100, recent)), Some(window(200, None))],
            Some(300),
            Some(300),
            vec![Passed, Passed],
        ),
        (vec![Some(window(None, recent))], Some(300), Some(300), vec![Passed]),
        (vec![Some(window(None, None))], None, None, vec![Passed]),
        // One ends before another begins, or before the bucket's begins.
        (vec![Some(window(1, 199)), Some(window(200, recent))], None, Some(200), vec![Failed, Passed]),
        (vec![Some(window(1, 200)), Some(window(200, recent))], None, Some(200), vec![Warned, Passed]),
        (vec![Some(window(1, 299))], Some(300), Some(300), vec![Failed]),
        (vec![None, Some(window(200, recent))], Some(300), Some(300), vec![Unknown, Passed]),
    ] {
        let known =
            |window: &Option<Window>| window.clone().ok_or_else(|| Error::new(ErrorKind::Local, "no"));
        let answers: Vec<_> = windows.iter().map(|window| answer(known(window))).collect();
        let (checks, told) = checks(&answers, Question::Back, bucket.map(second), second(NOW));
        assert_eq!(told, since.map(second), "{windows:?} {bucket:?}");
        assert_eq!(checks.iter().map(|check| check.verdict).collect::<Vec<_>>(), verdicts, "{windows:?}");
    }
}

#[test]
fn a_store_that_reaches_marks_only_is_told_as_such() {
    let window = Window { range: None, marks: vec![second(100), second(200)] };
    let answer = || WindowAnswer { noun: Noun::Store, name: "queue", window: Ok(window.clone()) };
    for (question, verdict, words) in [
        (Question::At(second(100)), Verdict::Passed, "store queue: restorable to 2 marks, the newest of "),
        (Question::At(second(150)), Verdict::Failed, "the store queue cannot be restored to "),
        (Question::Since(second(100)), Verdict::Failed, "store queue: restorable to 2 marks"),
        (Question::Back, Verdict::Warned, "store queue: restorable to 2 marks"),
    ] {
        let check = checks(&[answer()], question, None, second(NOW)).0.remove(0);
        assert_eq!((check.subject, check.verdict), (Subject::Store, verdict), "{}", check.message);
        assert!(check.message.starts_with(words), "{}", check.message);
    }
}

proptest! {
    #[test]
    fn a_time_passes_where_recover_takes_it(
        earliest in proptest::option::of(0i64..50),
        latest in proptest::option::of(0i64..50),
        millis in 0i64..50_000,
    ) {
        let (window, at) = (window(earliest, latest), Instant::from_millis(millis));
        let passed = told(window.clone(), Question::At(at)).verdict == Verdict::Passed;
        prop_assert_eq!(passed, window.reaches(at.whole_second()) == Reach::Within);
    }
}
