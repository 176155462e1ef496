//! The target time of a recovery or a drill, which every database has to reach.

use crate::db::{Database, Reach, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Instant, TypedTime};

#[derive(Debug, Clone)]
pub(crate) struct TargetTime {
    pub typed: String,
    /// The time that they mean; none for the newest second that every database reaches.
    pub time: Option<TypedTime>,
}

impl TargetTime {
    /// The time, if it is known before databases are asked, and past.
    pub(super) fn known(&self, now: Instant) -> Option<Instant> {
        self.time.and_then(|typed| typed.past(now).ok())
    }

    /// The time, which every database has to reach. Databases are restored to whole seconds, and the buckets with them.
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
                    e.hint("nothing was changed; recover --wait waits until it does, or choose another time")
                }
                _ => e.hint(OTHER_TIME),
            })?;
        }
        Ok(at)
    }
}

/// What to do about a time that a database does not reach.
pub(super) const OTHER_TIME: &str = "nothing was changed; choose another time";

/// Refuses a time that a database cannot be restored to.
pub(super) fn require_reached(at: Instant, database: &Database, window: &Window) -> Result<()> {
    match window.refusal(database.name(), at) {
        None => Ok(()),
        Some(message) => Err(Error::new(ErrorKind::Refused, message)),
    }
}

/// The newest second that every database reaches.
fn latest(databases: &[Database], windows: &[Window]) -> Result<Instant> {
    if databases.is_empty() {
        return Err(Error::usage("latest is what every database reaches, and the file names none")
            .hint("name a time: --at TIME"));
    }
    Window::newest_of_all(windows).ok_or_else(|| {
        Error::usage("the newest time that every database reaches is not known: not all of them say it")
            .hint("give each a window command, or name a time: --at TIME")
    })
}
