use std::time::Duration;

use super::*;
use crate::db::command;
use crate::model::Instant;
use crate::program::Program;

fn pauses() -> Backoff {
    Backoff::new(Duration::from_millis(1), Duration::from_millis(2))
}

/// Creates a database whose progress command prints these lines, one per call, repeating the last.
fn printing(dir: &std::path::Path, lines: &str) -> Database {
    let file = dir.join("lines");
    std::fs::write(&file, lines).unwrap();
    let script = "head -n 1 \"$0\"; [ $(wc -l < \"$0\") -le 1 ] || sed -i 1d \"$0\"";
    let progress = Program::new(["/bin/sh", "-c", script, file.to_str().unwrap()]);
    let settings = command::Settings {
        noun: crate::db::Noun::Database,
        name: "orders".into(),
        source: None,
        target: None,
        window: command::Restorable::AnyTime,
        snapshots: None,
        restore: Program::new(["true"]),
        progress: Some(progress),
        wait: None,
        endpoint: None,
        teardown: None,
    };
    Database::Command(command::Database::new(settings, Vec::new(), Cancel::default()))
}

/// A server that restores in the background may not know the new database at first.
#[tokio::test]
async fn a_command_that_says_none_right_after_the_restore_is_asked_again() {
    let (dir, request) = (tempfile::tempdir().unwrap(), RestoreRequest::new(Instant::default(), "r-1"));
    let database = printing(dir.path(), "none\nnone\nrestoring 40\nnone\navailable\n");
    let mut told = Vec::new();
    let on = |answer: Result<&RestoreProgress, &Error>| told.push(answer.is_ok());
    poll(&database, &request, pauses(), &Cancel::default(), on).await.unwrap();
    // Only the first failure of each series is reported.
    assert_eq!(told, [false, true, false, true]);
    let database = printing(dir.path(), "none\n");
    let gone = poll(&database, &request, pauses(), &Cancel::default(), |_| {}).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Missing);
    assert!(gone.to_string().contains("progress command of the database orders prints none"), "{gone}");
}
