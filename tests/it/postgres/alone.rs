//! What is quiesced by one process, with a real PostgreSQL: another recovery is refused meanwhile, and a mark that is killed does
//! not leave the application stopped for good.

use std::path::Path;
use std::time::{Duration, Instant};

use super::app::App;
use super::{Database, Moment, TABLE, asof, command};
use crate::servers::say;
use crate::support::{Bucket, Run, Subject, kill};

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
    database.pitr("teardown", &id);
}

/// A mark is killed during its dump, while the application is quiesced: the next one runs the resume hook first.
pub(super) async fn a_killed_mark_is_resumed_by_the_next(
    (subject, database, bucket): (&Subject, &Database, &Bucket),
) {
    database.ask(&database.url, TABLE);
    let app = App::start(bucket, (&database.psql, &database.url), &database.place);
    let dumping = database.path("dumping");
    let file = marked(database, bucket, &format!("touch '{dumping}'; sleep 20"));
    let typed = command(subject, database, &["mark", &file, "--name", "killed"]);
    let strike = move |process: u32| {
        let began = Instant::now();
        while !Path::new(&dumping).exists() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(50));
        }
        kill(process);
    };
    let killed = async {
        let mut typed = typed;
        tokio::task::spawn_blocking(move || Run::with(&mut typed, strike)).await.unwrap()
    };
    let (killed, done) = tokio::join!(killed, app.join());
    killed.expect_killed();
    assert!(done > 0 && is_there(database, "stop") && is_there(database, "dumping"), "it was quiesced");

    let rows = database.rows(&database.url);
    let file = marked(
        database,
        bucket,
        &format!("psql -XAtq -c 'select key from uploads' '{}' > dump", database.url),
    );
    let application = async {
        // The resume hook removes both, and only the application says that it has stopped.
        until(|| !is_there(database, "stopped")).await;
        until(|| is_there(database, "stop")).await;
        std::fs::write(database.path("stopped"), "").unwrap();
    };
    let arguments = ["mark", &file, "--name", "next", "--format", "json"];
    let (next, ()) = tokio::join!(asof(subject, database, &arguments), application);
    let next = next.expect_code(0);
    assert!(
        next.stderr.contains("the mark killed, begun ")
            && next.stderr.contains("running the resume hook first"),
        "{next}"
    );
    assert!(!is_there(database, "stop"), "the application may go on: {next}");
    assert_eq!(std::fs::read_to_string(database.path("dump")).unwrap().lines().count(), rows.len());
    database.ask(&database.url, "drop table uploads");
    std::fs::remove_file(database.path("dumping")).unwrap();
    say(&format!(
        "{}: a mark was killed, and the next one has resumed the application first",
        subject.server.name
    ));
}

/// How long something is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

async fn until(is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is(), "waited for in vain");
}

fn is_there(database: &Database, name: &str) -> bool {
    database.place.join(name).exists()
}

/// A recovery file whose marks have this dump.
fn marked(database: &Database, bucket: &Bucket, dump: &str) -> String {
    let file = database.recovery_file("marked.toml", bucket, "in-place");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}[mark]\ndump = {{ shell = \"{dump}\" }}\n")).unwrap();
    file
}
