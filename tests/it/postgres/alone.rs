//! Exclusive work on an application, with a real PostgreSQL: while one recovery has quiesced it, another is refused.

use std::time::{Duration, Instant};

use super::{Database, Moment, asof};
use crate::support::{Bucket, Subject};

/// A recovery to another second, typed while one has quiesced the application, is refused and names the first.
pub(super) async fn of_two_times_one_is_recovered(
    (subject, database, bucket): (&Subject, &Database, &Bucket),
    at: Moment,
) {
    let file = database.recovery_file("recovery.toml", bucket, "in-place");
    let recover = async |at: Moment| {
        let at = at.to_string();
        asof(subject, database, &["recover", &file, "--at", &at, "--yes", "--format", "json"]).await
    };
    let second = async {
        until(|| is_there(database, "stop")).await;
        let second = recover(Moment(at.0 - 1)).await;
        std::fs::write(database.path("stopped"), "").unwrap();
        second
    };
    let (first, second) = tokio::join!(recover(at), second);
    let (first, second) = (first.expect_code(0), second.expect_code(5));
    let id = first.of_type("recovery")[0]["id"].as_str().unwrap().to_owned();
    let told =
        format!("the recovery {id} to {} (PID ", at.to_string().replace('T', " ").replace('Z', " UTC"));
    assert!(second.stderr.contains(&told), "{told} in {second}");
    database.play("teardown", &id);
}

/// The longest wait.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

pub(super) async fn until(is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is(), "waited for in vain");
}

pub(super) fn is_there(database: &Database, name: &str) -> bool {
    database.place.join(name).exists()
}
