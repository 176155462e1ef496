//! The target time of a recovery or a drill, to which every database and store must be restorable.

use crate::db::{Database, Reach, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Instant, TypedTime, printable};

#[derive(Debug, Clone)]
pub(crate) struct TargetTime {
    pub typed: String,
    /// The typed time; `None` for the newest second that every database can be restored to.
    pub time: Option<TypedTime>,
}

impl TargetTime {
    /// The time, if it is in the past and known before databases are queried.
    pub(super) fn known(&self, now: Instant) -> Option<Instant> {
        self.time.and_then(|typed| typed.past(now).ok())
    }

    /// Resolves the time, and requires that every database can be restored to it. Databases are restored to whole
    /// seconds, and the buckets with them.
    pub(super) fn resolve(
        &self,
        databases: &[Database],
        windows: &[Window],
        now: Instant,
    ) -> Result<Instant> {
        let at = match self.time {
            None => latest(databases, windows)?,
            Some(typed) if databases.is_empty() => typed.past(now)?,
            Some(typed) => typed.past(now)?.whole_second(),
        };
        for (database, window) in databases.iter().zip(windows) {
            require_reached(at, database, window).map_err(|e| match window.reaches(at) {
                Reach::TooLate(_) if self.time.is_some() => {
                    e.hint("nothing was changed; use recover --wait to wait for it, or choose another time")
                }
                _ => e.hint(OTHER_TIME),
            })?;
        }
        Ok(at)
    }
}

/// The hint about a time that a database cannot be restored to.
pub(super) const OTHER_TIME: &str = "nothing was changed; choose another time";

/// Refuses a time that a database cannot be restored to.
pub(super) fn require_reached(at: Instant, database: &Database, window: &Window) -> Result<()> {
    let Some(message) = window.refusal(&database.title(), at) else { return Ok(()) };
    let refused = Error::new(ErrorKind::Refused, message);
    let Reach::NotMarked { before, after } = window.reaches(at) else { return Err(refused) };
    let nearest = [before, after].into_iter().flatten().filter_map(|mark| database.mark_at(mark));
    let nearest: Vec<_> = nearest.map(|name| format!("--at mark:{}", printable(name))).collect();
    Err(match nearest.as_slice() {
        [] => refused,
        nearest => refused.hint(format!("the nearest marks: {}", nearest.join(", "))),
    })
}

/// The newest second that every database can be restored to.
fn latest(databases: &[Database], windows: &[Window]) -> Result<Instant> {
    if databases.is_empty() {
        return Err(Error::usage("latest needs a database or a store, and the file has none")
            .hint("give a time: --at TIME"));
    }
    Window::newest_of_all(windows).ok_or_else(|| {
        if windows.iter().any(|window| window.range.is_none()) {
            let message = "no mark can be restored by all databases and stores";
            return Error::new(ErrorKind::Refused, message)
                .hint("nothing was changed; make a mark of this file first");
        }
        Error::usage(
            "the newest second that all databases and stores reach is unknown: not all of them report it",
        )
        .hint("add a window command to each, or give a time: --at TIME")
    })
}
