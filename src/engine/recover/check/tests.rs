use std::time::{Duration, Instant};

use super::*;
use crate::cancel::Cancel;

/// A query that waits for a lock would block the application forever.
#[tokio::test]
async fn a_check_that_hangs_is_killed_and_is_a_finding() {
    let began = Instant::now();
    let hangs = Program::new(["sleep", "60"]);
    let nothing = Environment::new();
    let soon = RunLimits { deadline: Some(Duration::from_millis(100)), cancel: None };
    let found = finding(&hangs, "the check command", &nothing, soon).await.unwrap().unwrap();
    assert!(found.contains("the check command was stopped after"), "{found}");
    let cancel = Cancel::default();
    cancel.stop();
    let interrupted = RunLimits { deadline: Some(limits::CHECK_TIMEOUT), cancel: Some(&cancel) };
    let told = finding(&hangs, "it", &nothing, interrupted).await.unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Interrupted);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
