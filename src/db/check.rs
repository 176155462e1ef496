//! Checks whether databases and stores can be restored to the times in question, from the restorable windows they report.
//!
//! | question | T | passed | warned | failed |
//! |---|---|---|---|---|
//! | one time | its whole second | the window includes T | | it does not: `recover` would refuse |
//! | every second since a time | that time | it includes T | and ends long before now | it begins after T, or ends before |
//! | since when | the latest start of all windows, or the start of the bucket's, if that is later | as above | as above | as above |
//!
//! Every window ends a few minutes before now; this is reported and fails no check. A window that ends long before now
//! indicates that backups have stopped, or that nothing writes to the database.
//!
//! | the database reports | |
//! |---|---|
//! | marks only | one time must be that of a mark; every second since a time fails; since when is a warning |
//! | only one bound, or none | the missing bound restricts nothing, as `recover` then tries any time; the message says so |
//! | an error instead of a window | unknown, which is never as good as passed |

use super::rds::missing_permission;
use super::{Noun, Window};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Check, DatabaseWindow, Instant, Question, Subject, Verdict, printable};

/// The answer of a database or a store to the window query.
#[derive(Debug)]
pub struct WindowAnswer<'a> {
    /// The resource: a database or a store.
    pub noun: Noun,
    /// The name in the recovery file.
    pub name: &'a str,
    /// The window, or the error that prevented reading it.
    pub window: Result<Window>,
}

/// The times in question.
#[derive(Debug, Clone, Copy)]
struct Asked {
    /// The first time, or the only one.
    t: Instant,
    /// Includes every second from `t` until now.
    up_to_now: bool,
    /// The verdict on a store that cannot be restored to every second.
    marks_only: Verdict,
    now: Instant,
}

/// Checks each database by its answer. For [`Question::Back`], also returns the time since which every second can be
/// restored. `since` is the bucket's answer to that question.
pub(crate) fn checks(
    answers: &[WindowAnswer<'_>],
    question: Question,
    since: Option<Instant>,
    now: Instant,
) -> (Vec<Check>, Option<Instant>) {
    let earliest = answers.iter().filter_map(|answer| answer.window.as_ref().ok()?.earliest()).max();
    let (t, since) = match question {
        Question::At(at) => (at.whole_second(), None),
        Question::Since(from) => (from, None),
        Question::Back => (since.max(earliest).unwrap_or_default(), since.max(earliest)),
    };
    let marks_only = if question == Question::Back { Verdict::Warned } else { Verdict::Failed };
    let asked = Asked { t, up_to_now: !matches!(question, Question::At(_)), marks_only, now };
    (answers.iter().map(|answer| check(answer, asked)).collect(), since)
}

fn check(WindowAnswer { noun, name, window }: &WindowAnswer<'_>, asked: Asked) -> Check {
    let title = format!("{noun} {name}");
    let (verdict, message) = match window {
        Ok(window) => judge(&title, window, asked),
        Err(e) => (Verdict::Unknown, unknown(&title, e)),
    };
    let earliest = window.as_ref().ok().and_then(Window::earliest);
    let latest = window.as_ref().ok().and_then(Window::latest);
    Check {
        subject: match noun {
            Noun::Database => Subject::Database,
            Noun::Store => Subject::Store,
        },
        verdict,
        message,
        permission: window.as_ref().err().and_then(missing_permission),
        database: Some(DatabaseWindow { name: (*name).to_owned(), earliest, latest }),
    }
}

fn judge(title: &str, window: &Window, asked: Asked) -> (Verdict, String) {
    let Asked { t, up_to_now, now, marks_only } = asked;
    if up_to_now && window.range.is_none() {
        return (marks_only, format!("{}, not to every second", window.in_words(title)));
    }
    if let Some(message) = window.refusal(title, t) {
        return (Verdict::Failed, message);
    }
    let message = window.in_words(title);
    match window.latest().filter(|latest| up_to_now && now.since(*latest) > limits::DATABASE_LAG) {
        Some(latest) => {
            let age = latest.age(now);
            (Verdict::Warned, format!("{message} and no further ({age} ago): are its backups still running?"))
        }
        None => (Verdict::Passed, message),
    }
}

/// The message for a window that could not be read: the error and its hint.
fn unknown(title: &str, e: &Error) -> String {
    format!("{}: restorable times unknown ({})", printable(title), e.in_one_line())
}

#[cfg(test)]
mod tests;
