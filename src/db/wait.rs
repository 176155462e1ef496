//! Waits for a database. asof polls by itself because the SDK's waiters give up after half an hour, and a restore
//! takes hours.

use super::{Database, RestoreProgress, RestoreRequest};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::retry::Backoff;

/// Waits until the restored database is ready, and reports its progress to `on` after each poll. Failed polls are
/// retried up to a limit of consecutive failures, since credentials get renewed and networks recover; `on` gets the
/// first failure of each series. Errors that cannot pass by themselves, such as a missing command, end the wait at
/// once.
pub(crate) async fn wait(
    database: &Database,
    request: &RestoreRequest,
    cancel: &Cancel,
    on: impl FnMut(Result<&RestoreProgress, &Error>),
) -> Result<Option<String>, Error> {
    poll(database, request, Backoff::of_database(), cancel, on).await
}

/// Does the same with a custom backoff.
pub(super) async fn poll(
    database: &Database,
    request: &RestoreRequest,
    mut backoff: Backoff,
    cancel: &Cancel,
    mut on: impl FnMut(Result<&RestoreProgress, &Error>),
) -> Result<Option<String>, Error> {
    let mut failures = 0;
    loop {
        match database.progress(request).await {
            Ok(progress) => {
                failures = 0;
                on(Ok(&progress));
                match progress {
                    RestoreProgress::Available { endpoint } => return Ok(endpoint),
                    RestoreProgress::Failed { why } => {
                        let message = format!("the restore of the {} failed: {why}", database.title());
                        return Err(Error::new(ErrorKind::Local, message));
                    }
                    RestoreProgress::Restoring { .. } => {}
                }
            }
            Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::Usage | ErrorKind::Internal) => {
                return Err(e);
            }
            Err(e) if failures + 1 == limits::DATABASE_FAILURES => return Err(e),
            Err(e) => {
                if failures == 0 {
                    on(Err(&e));
                }
                failures += 1;
            }
        }
        if !cancel.pause(backoff.pause()).await {
            let message = format!("interrupted while the {} was being restored", database.title());
            return Err(Error::new(ErrorKind::Interrupted, message));
        }
    }
}

#[cfg(test)]
mod tests;
