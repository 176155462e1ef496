//! Waiting for a database: asof asks again and again itself, since the SDK's waiters give up after half an hour and a
//! restore takes hours.

use super::{Database, Errand, Progress};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::retry::Backoff;

/// Waits until the restored database is ready, and tells `on` how far it is each time it has asked. A question that fails
/// is asked again, as long as the answers that fail in a row are few: credentials are renewed, and networks come back. `on`
/// is told of the first of them. What cannot pass by itself, such as a command that is not there, ends it at once.
pub async fn wait(
    database: &Database,
    errand: &Errand,
    cancel: &Cancel,
    on: impl FnMut(Result<&Progress, &Error>),
) -> Result<Option<String>, Error> {
    poll(database, errand, Backoff::of_database(), cancel, on).await
}

/// The same with other pauses.
pub(super) async fn poll(
    database: &Database,
    errand: &Errand,
    mut backoff: Backoff,
    cancel: &Cancel,
    mut on: impl FnMut(Result<&Progress, &Error>),
) -> Result<Option<String>, Error> {
    let mut failures = 0;
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
            () = tokio::time::sleep(backoff.pause()) => {}
            () = cancel.stopped() => {
                let name = database.name();
                let message = format!("interrupted while the database {name} was being restored");
                return Err(Error::new(ErrorKind::Interrupted, message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::db::command;
    use crate::model::Instant;
    use crate::program::Program;

    fn pauses() -> Backoff {
        Backoff::new(Duration::from_millis(1), Duration::from_millis(2))
    }

    /// A database whose progress command prints these lines, one each time, and the last one from then on.
    fn printing(dir: &std::path::Path, lines: &str) -> Database {
        let file = dir.join("lines");
        std::fs::write(&file, lines).unwrap();
        let script = "head -n 1 \"$0\"; [ $(wc -l < \"$0\") -le 1 ] || sed -i 1d \"$0\"";
        let progress = Program::new(["/bin/sh", "-c", script, file.to_str().unwrap()]);
        let settings = command::Settings {
            name: "orders".into(),
            source: None,
            target: None,
            window: None,
            restore: Program::new(["true"]),
            progress: Some(progress),
            wait: None,
            endpoint: None,
            teardown: None,
        };
        Database::Command(command::Database::new(settings, Cancel::default()))
    }

    /// A server that restores in the background does not know the new database in the first moments.
    #[tokio::test]
    async fn a_command_that_says_none_right_after_the_restore_is_asked_again() {
        let (dir, errand) = (tempfile::tempdir().unwrap(), Errand::new(Instant::default(), "r-1"));
        let database = printing(dir.path(), "none\nnone\nrestoring 40\nnone\navailable\n");
        let mut told = Vec::new();
        let on = |answer: Result<&Progress, &Error>| told.push(answer.is_ok());
        poll(&database, &errand, pauses(), &Cancel::default(), on).await.unwrap();
        // Of each row of such answers the first is told.
        assert_eq!(told, [false, true, false, true]);
        let database = printing(dir.path(), "none\n");
        let gone = poll(&database, &errand, pauses(), &Cancel::default(), |_| {}).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::Missing);
        assert!(gone.to_string().contains("progress command of the database orders says none"), "{gone}");
    }
}
