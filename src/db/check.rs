//! Whether databases can be restored to the times that are asked about, by the windows that they tell.
//!
//! | asked about | T | passed | warned | failed |
//! |---|---|---|---|---|
//! | one time | its whole second | the window reaches T | | it does not: `recover` would refuse |
//! | every second since a time | that time | it reaches T | and ends long before the present | it begins after T, or ends before |
//! | since when | the latest beginning of all windows, or since when the bucket can, if that is later | as above | as above | as above |
//!
//! Every window ends some minutes before the present; that it does makes nothing fail, and is told. One that ends long before
//! is the sign of backups that are not made any more, or of a database that nobody writes to.
//!
//! | what the database tells | |
//! |---|---|
//! | only one bound, or none | the other bounds nothing, as `recover` tries any time then; the message say so |
//! | no window, but an error | unknown, which is never as good as passed |

use super::Window;
use super::rds::missing_permission;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Check, DatabaseWindow, Instant, Question, Subject, Verdict, printable};

/// What a database answers that is asked for its window.
#[derive(Debug)]
pub struct WindowAnswer<'a> {
    /// Its name.
    pub database: &'a str,
    /// Its window, or why that is not known.
    pub window: Result<Window>,
}

/// The times that are asked about.
#[derive(Debug, Clone, Copy)]
struct Asked {
    /// The first of them, or the only one.
    t: Instant,
    /// Every second since is meant too.
    up_to_now: bool,
    now: Instant,
}

/// The checks of databases, by their answers; and since when every second can be restored, if that is the question. `since` is
/// what the bucket says to that, `now` the present.
pub(crate) fn checks(
    answers: &[WindowAnswer<'_>],
    question: Question,
    since: Option<Instant>,
    now: Instant,
) -> (Vec<Check>, Option<Instant>) {
    let earliest = answers.iter().filter_map(|answer| answer.window.as_ref().ok()?.earliest).max();
    let (t, since) = match question {
        Question::At(at) => (at.whole_second(), None),
        Question::Since(from) => (from, None),
        Question::Back => (since.max(earliest).unwrap_or_default(), since.max(earliest)),
    };
    let asked = Asked { t, up_to_now: !matches!(question, Question::At(_)), now };
    (answers.iter().map(|answer| check(answer, asked)).collect(), since)
}

fn check(WindowAnswer { database: name, window }: &WindowAnswer<'_>, asked: Asked) -> Check {
    let (verdict, message) = match window {
        Ok(window) => judge(name, window, asked),
        Err(e) => (Verdict::Unknown, unknown(name, e)),
    };
    let Window { earliest, latest } = window.as_ref().copied().unwrap_or_default();
    Check {
        subject: Subject::Database,
        verdict,
        message,
        permission: window.as_ref().err().and_then(missing_permission),
        database: Some(DatabaseWindow { name: (*name).to_owned(), earliest, latest }),
    }
}

fn judge(name: &str, window: &Window, asked: Asked) -> (Verdict, String) {
    let Asked { t, up_to_now, now } = asked;
    if let Some(message) = window.refusal(name, t) {
        return (Verdict::Failed, message);
    }
    let message = window.in_words(name);
    match window.latest.filter(|latest| up_to_now && now.since(*latest) > limits::DATABASE_LAG) {
        Some(latest) => {
            let age = latest.age(now);
            (Verdict::Warned, format!("{message} and no further ({age} ago): are its backups still running?"))
        }
        None => (Verdict::Passed, message),
    }
}

/// The error, and what can be done about it.
fn unknown(name: &str, e: &Error) -> String {
    format!("database {}: restorable times unknown ({})", printable(name), e.in_one_line())
}

#[cfg(test)]
mod tests;
