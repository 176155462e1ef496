//! A mark that is killed while it has quiesced the application, with a real PostgreSQL: the next command reports it,
//! the application writes again, and the marked second is recovered row by row and object by object.

use std::path::Path;
use std::time::{Duration, Instant};

use super::alone::{PATIENCE, is_there, until};
use super::app::{self, App, Row};
use super::{Database, TABLE, asof, command, last_second, step, strike};
use crate::servers::say;
use crate::support::{Bucket, Run, Subject, kill};

/// The time for which the application writes before it is stopped again.
const WRITES: Duration = Duration::from_secs(1);

pub(super) async fn a_mark_that_is_killed_leaves_nothing_quiesced(subject: &Subject, database: &Database) {
    database.ask(&database.url, TABLE);
    let bucket = &subject.bucket().await;
    let start = |nth| App::start(nth, bucket, (&database.psql, &database.url), &database.place);
    let file = &marked(database, bucket);

    let app = start(0);
    tokio::time::sleep(WRITES).await;
    let (killed, before) = tokio::join!(killed_in_its_dump(subject, database, file), app.join());
    killed.expect_killed();
    assert!(before > 0 && is_there(database, "stop"), "it has not quiesced the application");

    let told = "the mark killed, begun ";
    let at = last_second().to_string();
    let preview = asof(subject, database, &["recover", file, "--at", &at, "--dry-run"]).await.expect_code(0);
    for words in [told, "may still be quiesced", "resume it now: asof mark "] {
        assert!(preview.stderr.contains(words), "{words} in {preview}");
    }
    assert!(is_there(database, "stop"), "a preview changes nothing: {preview}");

    let goes_on = async {
        until(|| !is_there(database, "stopped")).await;
        start(1).join().await
    };
    let next = ["mark", file, "--name", "next", "--format", "json"];
    let (next, between) = tokio::join!(asof(subject, database, &next), goes_on);
    let next = next.expect_code(0);
    assert!(next.stderr.contains(told) && next.stderr.contains("running the resume hook first"), "{next}");
    assert!(between > 0 && !is_there(database, "stop"), "the application may go on: {next}");
    let marked = sorted(database.rows(&database.url));

    let app = start(2);
    tokio::time::sleep(WRITES).await;
    strike(database, bucket).await;
    let recover = ["recover", file, "--at", "mark:next", "--yes", "--format", "json"];
    let (run, after) = tokio::join!(asof(subject, database, &recover), app.join());
    let run = run.expect_code(0);
    assert!(after > 0 && !run.stderr.contains("may still be quiesced"), "{after} writes: {run}");
    let rows = sorted(database.rows(step(&run, "apply settings")["note"].as_str().unwrap()));
    assert_eq!(rows, marked, "{run}");
    let found = app::compare(bucket, &rows).await;
    assert_eq!((found.missing, found.other), (0, 0), "{run}");
    assert_eq!(step(&run, "references")["counts"]["dangling"], 0, "{run}");
    database.play("teardown", run.of_type("recovery")[0]["id"].as_str().unwrap());
    let writes = format!("{before} writes before, {between} after it was resumed");
    say(&format!("{}: a mark was killed, {writes}; {} rows recovered", subject.server.name, rows.len()));
}

/// A recovery file whose marks have a dump that does not end while there is a file `hang`.
fn marked(database: &Database, bucket: &Bucket) -> String {
    let file = database.recovery_file("marked.toml", bucket, "in-place");
    let text = std::fs::read_to_string(&file).unwrap();
    let quiesce = "quiesce = { shell = \"";
    let text = text.replace(quiesce, &format!("{quiesce}sleep {}; ", WRITES.as_secs()));
    let (hang, dumping) = (database.path("hang"), database.path("dumping"));
    let dump = format!("[ ! -e '{hang}' ] || {{ touch '{dumping}'; sleep 5; }}");
    std::fs::write(&file, format!("{text}[mark]\ndump = {{ shell = \"{dump}\" }}\n")).unwrap();
    file
}

async fn killed_in_its_dump(subject: &Subject, database: &Database, file: &str) -> Run {
    let (hang, dumping) = (database.path("hang"), database.path("dumping"));
    std::fs::write(&hang, "").unwrap();
    let mut typed = command(subject, database, &["mark", file, "--name", "killed"]);
    let seen = dumping.clone();
    let strike = move |process: u32| {
        let began = Instant::now();
        while !Path::new(&seen).exists() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(50));
        }
        kill(process);
    };
    let run = tokio::task::spawn_blocking(move || Run::with(&mut typed, strike)).await.unwrap();
    std::fs::remove_file(dumping).unwrap();
    std::fs::remove_file(hang).unwrap();
    run
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}
