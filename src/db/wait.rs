//! Waiting for a database: asof asks again and again itself, since the SDK's waiters give up after half an hour and a
//! restore takes hours.

use std::time::Duration;

use super::{Database, Errand, Progress};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};
use crate::limits;

/// Waits until the restored database is ready, and tells `on` how far it is each time it has asked. A question that fails
/// is asked again, as long as the answers that fail in a row are few: credentials are renewed, and networks come back. `on`
/// is told of the first of them. What cannot pass by itself, such as a command that is not there, ends it at once.
pub async fn wait(
    database: &Database,
    errand: &Errand,
    cancel: &Cancel,
    on: impl FnMut(Result<&Progress, &Error>),
) -> Result<Option<String>, Error> {
    let pauses = (limits::FIRST_DATABASE_PAUSE, limits::MAX_DATABASE_PAUSE);
    poll(database, errand, pauses, cancel, on).await
}

/// The same with a first pause that doubles up to a longest.
pub(super) async fn poll(
    database: &Database,
    errand: &Errand,
    (first, longest): (Duration, Duration),
    cancel: &Cancel,
    mut on: impl FnMut(Result<&Progress, &Error>),
) -> Result<Option<String>, Error> {
    let (mut pause, mut failures) = (first, 0);
    loop {
        match database.progress(errand).await {
            Ok(progress) => {
                failures = 0;
                on(Ok(&progress));
                match progress {
                    Progress::Available { endpoint } => return Ok(endpoint),
                    Progress::Failed { why } => {
                        let name = database.name();
                        let message = format!("the restore of the database {name} failed: {why}");
                        return Err(Error::new(ErrorKind::Local, message));
                    }
                    Progress::Restoring { .. } => {}
                }
            }
            Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::Usage) => return Err(e),
            Err(e) if failures + 1 == limits::DATABASE_FAILURES => return Err(e),
            Err(e) => {
                if failures == 0 {
                    on(Err(&e));
                }
                failures += 1;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(longest),
            () = cancel.stopped() => {
                let name = database.name();
                let message = format!("interrupted while the database {name} was being restored");
                return Err(Error::new(ErrorKind::Interrupted, message));
            }
        }
    }
}
