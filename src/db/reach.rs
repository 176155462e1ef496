//! Waiting until databases can be restored to a time that is newer than their latest one: RDS ships its logs every five minutes.

use futures::future::try_join_all;
use tokio::time::Instant as Clock;

use super::{Database, Reach, Window};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;
use crate::retry::Backoff;

/// Asks for the windows until none of them ends before `at`, at most for [`limits::DATABASE_REACH`]. `on` is told of each
/// window that does, each time that its end has moved. Gives the windows that were told last.
pub(crate) async fn until_reached(
    databases: &[Database],
    mut windows: Vec<Window>,
    at: Instant,
    cancel: &Cancel,
    mut on: impl FnMut(&Database, Instant),
) -> Result<Vec<Window>> {
    let (until, mut backoff) = (Clock::now() + limits::DATABASE_REACH, Backoff::of_database());
    let mut told = vec![None; databases.len()];
    loop {
        let mut is_reached = true;
        for ((database, window), told) in databases.iter().zip(&windows).zip(&mut told) {
            let Reach::TooLate(latest) = window.reaches(at) else { continue };
            is_reached = false;
            if told.replace(latest) != Some(latest) {
                on(database, latest);
            }
        }
        if is_reached || Clock::now() >= until {
            return Ok(windows);
        }
        if !cancel.pause(backoff.pause()).await {
            return Err(Error::new(ErrorKind::Interrupted, "interrupted; nothing was changed"));
        }
        windows = try_join_all(databases.iter().map(Database::window)).await?;
    }
}
