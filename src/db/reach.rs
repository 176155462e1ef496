//! Waits until databases can be restored to a time after their latest restorable time: RDS ships its logs every five
//! minutes.

use futures::future::try_join_all;
use tokio::time::Instant as Clock;

use super::{Database, Reach, Window};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;
use crate::retry::Backoff;

/// Polls the windows until none of them ends before `at`, for at most [`limits::DATABASE_REACH`]. Calls `on` for each
/// window that does, every time its end has moved. Returns the last windows read.
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
