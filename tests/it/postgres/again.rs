//! A recovery that is abandoned and started again, with a real PostgreSQL: no command reports success while rows and
//! objects are of different times.

use super::app::{self, Row};
use super::{Database, Moment, asof, step};
use crate::servers::say;
use crate::support::{Bucket, Run, Subject};

/// Recovers to the same T again, after a recovery that failed and was undone by hand, and one that was aborted. `rows`
/// are those of T.
pub(super) async fn given_up_and_typed_again(
    (subject, database, bucket): (&Subject, &Database, &Bucket),
    at: Moment,
    rows: &[Row],
) {
    let file = database.recovery_file("recovery.toml", bucket, "in-place");
    let whole = std::fs::read_to_string(&file).unwrap();
    let failing = whole.replace("[references]", "after-database = [\"false\"]\n[references]");
    let recover = async |more: &[&str]| {
        // No application runs that the quiesce hook would wait for.
        std::fs::write(database.path("stopped"), "").unwrap();
        let at = at.to_string();
        let arguments = [&["recover", &file, "--yes", "--format", "json"], more].concat();
        let with_time = [&arguments[..], &["--at", &at]].concat();
        asof(subject, database, if more.is_empty() { &with_time } else { &arguments }).await
    };
    let delete_some = async || {
        let keys: Vec<_> = bucket.live_keys().await.into_iter().step_by(20).collect();
        bucket.delete_all(&keys).await;
    };

    delete_some().await;
    std::fs::write(&file, &failing).unwrap();
    let failed = recover(&[]).await.expect_code(3);
    undo(subject, &failed).await;
    delete_some().await;
    std::fs::write(&file, &whole).unwrap();
    let refused = recover(&[]).await.expect_code(5);
    assert!(refused.stderr.contains("was undone by run"), "{refused}");
    recover(&["--abort"]).await.expect_code(0);
    assert!(!database.is_restored(), "the database that was restored is removed");

    std::fs::write(&file, &failing).unwrap();
    recover(&[]).await.expect_code(3);
    recover(&["--abort"]).await.expect_code(0);
    assert!(!database.is_restored(), "the database that was restored is removed");

    std::fs::write(&file, &failing).unwrap();
    recover(&[]).await.expect_code(3);
    delete_some().await;
    std::fs::write(&file, &whole).unwrap();
    let run = recover(&[]).await.expect_code(0);
    assert!(run.stderr.contains("changed since it was restored"), "{run}");
    let found = app::compare(bucket, rows).await;
    assert_eq!((found.missing, &step(&run, "references")["counts"]["dangling"]), (0, &0.into()), "{run}");
    let id = run.of_type("recovery")[0]["id"].as_str().unwrap().to_owned();
    database.play("teardown", &id);
    say(&format!("{}: given up twice, written to once, and recovered", subject.server.name));
}

/// Undoes the bucket's run that a report names.
async fn undo(subject: &Subject, failed: &Run) {
    let note = step(failed, "bucket")["note"].as_str().unwrap().to_owned();
    let run = note.split(' ').nth(1).unwrap().trim_end_matches(';').to_owned();
    subject.asof(&["undo", &run, "--yes", "--format", "json"]).await.expect_code(0);
}
