//! The main use of asof, with a real PostgreSQL beside a real bucket: an application writes rows and their objects, a
//! table is dropped and objects are deleted, and both come back to the second before, so that no row names an object
//! that is not there. On Ceph RGW, which lists milliseconds, and on the lab, which lists whole seconds as AWS does.
//!
//! The application puts an object before it inserts or updates the row that names it, and deletes a row before its
//! object. So a row that is there has its object at every instant, and nothing has to stand still at T: the test picks a
//! second in the midst of the writing. What this order cannot give is the content of an object that is overwritten
//! under its key: a worker that was between object and row at T leaves an object one revision ahead. Of these there are
//! at most as many as there are workers; an application that gives every revision a key of its own has none.
//!
//! The naive way pairs a dump of the rows with a copy of the bucket that is ready later. 15 minutes are too long for a
//! test; here the bucket is [`APART`] later, in which the application goes on, and the number printed is of that.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::servers::{Kind, Server, say};
use crate::support::recipe::{Recipe, printed};
use crate::support::{Bucket, Moment, Run, Subject};

mod again;
mod alone;
pub(crate) mod app;
mod killed;

use app::{App, Row, Session, WORKERS};

/// The time by which the naive way's copy of the bucket is later than the rows.
const APART: Duration = Duration::from_secs(5);

/// Runs the page's example of a references command as it is.
const RECOVERY_FILE: &str = include_str!("../../src/manual/recovery-file.md");

/// The target of its recovery file.
const TARGET: &str = "orders_restored";

const TABLE: &str = "create table uploads (key text primary key, revision int not null)";

/// The database that `tests/servers/postgres.sh` has started.
pub(crate) struct Database {
    pub(crate) place: PathBuf,
    pub(crate) psql: String,
    pub(crate) url: String,
    recipe: Recipe,
}

impl Database {
    pub(crate) fn find() -> Self {
        let variable = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: see tests/run.sh"))
        };
        let (place, psql) = (variable("ASOF_TEST_POSTGRES"), variable("ASOF_TEST_POSTGRES_PSQL"));
        let place = PathBuf::from(place);
        let recipe = Recipe::with_settings("postgres-wal", &place);
        Self { place, psql, url: variable("ASOF_TEST_POSTGRES_URL"), recipe }
    }

    /// Returns the output of a statement, from this database or one that was restored from it.
    pub(crate) fn ask(&self, url: &str, statement: &str) -> String {
        printed(Command::new(&self.psql).args(["-XAtq", "-F", " ", "-c", statement, url]))
    }

    fn rows(&self, url: &str) -> Vec<Row> {
        self.rows_of(url, "uploads")
    }

    /// The rows of a table.
    pub(crate) fn rows_of(&self, url: &str, table: &str) -> Vec<Row> {
        let printed = self.ask(url, &format!("select key, revision from {table}"));
        let row = |line: &str| {
            let (key, revision) = line.split_once(' ').unwrap();
            Row { key: key.to_owned(), revision: revision.parse().unwrap() }
        };
        printed.lines().map(row).collect()
    }

    /// Opens a session, which runs one statement after another.
    pub(crate) fn session(&self) -> Session {
        Session::of_psql(&self.psql, &self.url)
    }

    fn path(&self, name: &str) -> String {
        self.place.join(name).to_str().unwrap().to_owned()
    }

    /// Does the work of a command in the recovery file, for this recovery.
    pub(crate) fn play(&self, verb: &str, run: &str) -> String {
        printed(self.recipe.command(verb).env("ASOF_TARGET", TARGET).env("ASOF_RUN", run))
    }

    /// Returns true if there is a restored cluster.
    fn is_restored(&self) -> bool {
        self.place.join("restored").join(TARGET).exists()
    }

    /// The recipe's recovery file: the bucket to the target, the database into a cluster of its own.
    pub(crate) fn recovery_file(&self, name: &str, bucket: &Bucket, target: &str) -> String {
        let source = bucket.url("");
        let (stop, stopped) = (self.path("stop"), self.path("stopped"));
        let references =
            RECOVERY_FILE.lines().find(|line| line.starts_with("command = { shell = \"psql ")).unwrap();
        let rest = format!(
            r#"
[hooks]
quiesce = {{ shell = "touch '{stop}'; until [ -e '{stopped}' ]; do sleep 0.1; done" }}
resume = ["rm", "{stop}", "{stopped}"]
[references]
{references}
bucket = "{source}"
"#
        );
        let text = self.recipe.recovery_file(&source, target, &rest);
        // On a slow machine most of the objects are new when the database is there.
        let target = "target = \"in-place\"\n";
        let text = text.replace(target, &format!("{target}allow-mass-delete = true\n"));
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }
}

/// `asof`, for which `psql` is on the PATH, and the user is named as an operator does it.
pub(crate) async fn asof(subject: &Subject, database: &Database, arguments: &[&str]) -> Run {
    let mut command = command(subject, database, arguments);
    tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
}

fn command(subject: &Subject, database: &Database, arguments: &[&str]) -> Command {
    let mut command = subject.command(&subject.server.secret, arguments);
    let bin = Path::new(&database.psql).parent().unwrap().to_str().unwrap();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    command.env("PATH", path).env("PGUSER", "asof");
    command
}

/// The second that has begun last.
pub(crate) fn last_second() -> Moment {
    Moment(chrono::Utc::now().timestamp())
}

/// The incident: the table is dropped, and a tenth of the objects deleted.
pub(crate) async fn strike(database: &Database, bucket: &Bucket) -> usize {
    database.ask(&database.url, "drop table uploads");
    let keys: Vec<_> = bucket.live_keys().await.into_iter().step_by(10).collect();
    bucket.delete_all(&keys).await;
    keys.len()
}

/// Compares the keys of these rows with the bucket's state at the start of T; returns the number of keys and of
/// dangling ones.
async fn references(subject: &Subject, bucket: &Bucket, at: Moment, rows: &[Row]) -> (u64, u64) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let keys: Vec<_> = rows.iter().map(|row| row.key.as_str()).collect();
    std::fs::write(file.path(), keys.join("\n")).unwrap();
    let before = Moment(at.0 - 1).to_string().replace('Z', ".999Z");
    let (url, at, keys) = (bucket.url(""), before, file.path().to_str().unwrap());
    let run = subject.asof(&["references", &url, "--at", &at, "--keys-from", keys, "--format", "json"]).await;
    (run.count("named"), run.count("dangling"))
}

/// While the application runs, a drill into a scratch bucket has no findings, and leaves nothing behind.
pub(crate) async fn drill(subject: &Subject, database: &Database, scratch: &Bucket, file: &str) -> Run {
    let at = last_second();
    let arguments = ["drill", file, "--at", &at.to_string(), "--format", "json"];
    let run = asof(subject, database, &arguments).await.expect_code(0);
    assert!(step(&run, "references")["counts"]["keys"].as_u64() > Some(0), "{run}");
    assert_eq!(scratch.live_keys().await, Vec::<String>::new());
    assert!(!database.is_restored(), "{run}");
    let name = &subject.server.name;
    let seconds = run.of_type("recovery")[0]["elapsed_ms"].as_u64().unwrap() / 1000;
    say(&format!("MEASURED {name}: asof drill: consistent, in {seconds} s"));
    run
}

pub(crate) fn step(run: &Run, name: &str) -> Value {
    let report = run.of_type("recovery").remove(0);
    let mut steps = report["steps"].as_array().unwrap().iter();
    let found = steps.find(|step| step["step"].as_str().unwrap().contains(name));
    found.unwrap_or_else(|| panic!("no step of the name {name} in {run}")).clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its database and bucket have to be started: tests/run.sh"]
async fn rows_and_objects_come_back_to_one_second() {
    let database = Database::find();
    for kind in [Kind::Lab, Kind::Rgw] {
        let server = Server::find(kind).await;
        #[cfg(feature = "lab")]
        if let Some(lab) = &server.lab {
            lab.clock().resume();
        }
        story(&Subject::new(server), &database).await;
    }
}

async fn story(subject: &Subject, database: &Database) {
    let name = &subject.server.name;
    let bucket = subject.bucket().await;
    database.ask(&database.url, TABLE);

    let app = App::start(0, &bucket, (&database.psql, &database.url), &database.place);
    database.play("backup", "");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let scratch = subject.bucket().await;
    let file = database.recovery_file("drill.toml", &bucket, &scratch.url("copies"));
    drill(subject, database, &scratch, &file).await;
    let dump = database.rows(&database.url);
    tokio::time::sleep(APART).await;
    let at = last_second();
    let deleted = strike(database, &bucket).await;

    let file = database.recovery_file("recovery.toml", &bucket, "in-place");
    let arguments = ["recover", &file, "--at", &at.to_string(), "--yes", "--format", "json"];
    let (run, done) = tokio::join!(asof(subject, database, &arguments), app.join());
    let run = run.expect_code(0);
    let rows = database.rows(step(&run, "apply settings")["note"].as_str().unwrap());
    assert_eq!(step(&run, "references")["counts"]["dangling"], 0, "{run}");

    let (named, dangling) = references(subject, &bucket, at, &rows).await;
    let found = app::compare(&bucket, &rows).await;
    assert_eq!((named, dangling, found.missing), (rows.len() as u64, 0, 0), "{run}");
    assert!(found.other <= WORKERS, "{} of {named} objects are of another revision", found.other);
    say(&format!(
        "MEASURED {name}: {done} writes; then a table was dropped and {deleted} objects were deleted"
    ));
    let other = format!("{} of {WORKERS} workers had put an object and not yet its row", found.other);
    say(&format!("MEASURED {name}: with asof recover: {dangling} of {named} rows dangle; {other}"));

    let (named, dangling) = references(subject, &bucket, at, &dump).await;
    let found = app::compare(&bucket, &dump).await;
    assert_eq!(
        found.missing as u64, dangling,
        "the bucket is as it was at {at}, and asof says what is missing"
    );
    assert!(dangling >= 10, "the naive way finds {dangling} of {named}");
    let (apart, times) = (APART.as_secs(), 15 * 60 / APART.as_secs());
    let told = format!("{dangling} of {named} rows dangle, {} are of another revision", found.other);
    say(&format!(
        "MEASURED {name}: without, by a dump and the bucket {apart} s later: {told}; 15 minutes are {times} times as long"
    ));
    let id = run.of_type("recovery")[0]["id"].as_str().unwrap().to_owned();
    database.play("teardown", &id);
    let with = (subject, database, &bucket);
    again::given_up_and_typed_again(with, at, &rows).await;
    alone::of_two_times_one_is_recovered(with, at).await;
    killed::a_mark_that_is_killed_leaves_nothing_quiesced(subject, database).await;
}
