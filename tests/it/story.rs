//! The whole story, with a real PostgreSQL, Ceph RGW and `RabbitMQ`: for each action an application writes an object, a row and a
//! message; consumers make a thumbnail of each object and a row for it. A table is dropped and objects are deleted, and all of
//! it comes back to the second before: no row names an object that is not there, no message a row or an object, and no row
//! lacks its message.
//!
//! The application publishes a message after it has committed the row and, in the same transaction, the event in its outbox.
//! A message published before T has its row, therefore; a row whose message came after T gets it from the outbox, by the
//! after-database hook. Messages are read as a log: what a later one deletes is not there.
//!
//! The naive way is a dump, a copy of the bucket that is ready [`APART`] later, and the queue as it is then.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::postgres::app::{self, App, Row, WORKERS};
use crate::postgres::{Database, asof, drill, last_second, step, strike};
use crate::servers::{Kind, Server, say};
use crate::support::{Bucket, Run, Subject};

mod queue;

use queue::{Consumers, Queue, RESTORED, keys_after};

/// The time by which the naive way's copy of the bucket is later than the rows.
const APART: Duration = Duration::from_secs(15);

const TABLES: &str = "create table uploads (key text primary key, revision int not null); \
     create table thumbnails (key text primary key, revision int not null); \
     create table outbox (id bigserial primary key, event text not null)";

/// Rows, of both tables.
struct Rows {
    uploads: Vec<Row>,
    thumbnails: Vec<Row>,
}

impl Rows {
    fn read(database: &Database, url: &str) -> Self {
        let [uploads, thumbnails] = ["uploads", "thumbnails"].map(|table| database.rows_of(url, table));
        Self { uploads, thumbnails }
    }

    fn len(&self) -> usize {
        self.uploads.len() + self.thumbnails.len()
    }
}

/// The rows, objects and messages.
#[derive(Debug)]
struct Dangling {
    /// Rows that name a missing object.
    rows: usize,
    /// Uploads that the messages leave, without a row and without an object.
    messages_of_rows: usize,
    messages_of_objects: usize,
    /// Rows without a message.
    without_message: usize,
}

impl Dangling {
    async fn of(rows: &Rows, messages: &[String], bucket: &Bucket) -> Self {
        let live: BTreeSet<_> = bucket.live_keys().await.into_iter().collect();
        let named = keys_after(messages);
        let uploads: BTreeSet<_> = rows.uploads.iter().map(|row| row.key.clone()).collect();
        let both = rows.uploads.iter().chain(&rows.thumbnails);
        Self {
            rows: both.filter(|row| !live.contains(&row.key)).count(),
            messages_of_rows: named.difference(&uploads).count(),
            messages_of_objects: named.difference(&live).count(),
            without_message: uploads.difference(&named).count(),
        }
    }

    fn told(&self, rows: &Rows, messages: &[String]) -> String {
        let Self { rows: dangling, messages_of_rows, messages_of_objects, without_message } = self;
        let (rows, keys) = (rows.len(), keys_after(messages).len());
        format!(
            "{dangling} of {rows} rows name a missing object; of {keys} uploads that the messages leave, \
             {messages_of_rows} have no row and {messages_of_objects} no object; {without_message} rows lack their message"
        )
    }

    fn is_none(&self) -> bool {
        [self.rows, self.messages_of_rows, self.messages_of_objects, self.without_message] == [0; 4]
    }
}

/// The recovery file of the recipe for PostgreSQL, with the stream, and references of all three stores.
fn recovery_file(name: &str, database: &Database, queue: &Queue, bucket: &Bucket, target: &str) -> String {
    let path = database.recovery_file(name, bucket, target);
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("[references]").unwrap();
    let (dir, source) = (queue.path(""), bucket.url(""));
    let psql = |query: &str| {
        format!(
            r#"{{ shell = "psql -h \"${{ASOF_HOST:?}}\" -p \"$ASOF_PORT\" -d \"$ASOF_DBNAME\" -XAtc '{query}'" }}"#
        )
    };
    let (rows, uploads) = (
        psql("select key from uploads union all select key from thumbnails"),
        psql("select key from uploads"),
    );
    let (publish, keys) = (queue.path("publish-from-outbox.sh"), queue.path("keys-of-messages.sh"));
    let (url, store) = (&queue.url, queue.store());
    let whole = format!(
        r#"{before}
after-database = ["sh", "{publish}", "{dir}", "{url}"]
{store}
[[references]]
name = "rows"
command = {rows}
bucket = "{source}"
[[references]]
name = "messages"
command = ["sh", "{keys}", "{dir}"]
bucket = "{source}"
[[references]]
name = "uploads"
command = {uploads}
[[references]]
between = ["messages", "uploads"]
[[references]]
between = ["uploads", "messages"]
"#
    );
    std::fs::write(&path, whole).unwrap();
    path
}

/// Asserts that asof reports all comparisons as made and no dangling references.
fn assert_consistent(run: &Run) {
    let compared = step(run, "references")["comparisons"].as_array().unwrap().clone();
    assert_eq!(compared.len(), 4, "{run}");
    for one in compared {
        let counts = &one["counts"];
        assert!(counts["keys"].as_u64() > Some(0) && counts["dangling"] == 0, "{run}");
    }
}

/// A drill that copies no object: the application reads those of the restored rows through a view.
async fn drill_through_a_view(
    subject: &Subject,
    database: &Database,
    queue: &Queue,
    bucket: &Bucket,
    scratch: &Bucket,
) {
    let file = recovery_file("view.toml", database, queue, bucket, "view");
    let (script, read) = (queue.path("read-rows.sh"), queue.path("read"));
    let text = std::fs::read_to_string(&file).unwrap();
    let name = &bucket.name;
    std::fs::write(
        &file,
        format!("{text}[drill]\ncheck = [\"bash\", \"{script}\", \"{name}\", \"{read}\"]\n"),
    )
    .unwrap();
    let run = drill(subject, database, scratch, &file).await;
    assert_consistent(&run);
    assert_eq!(step(&run, "check command of the drill")["counts"]["failed_checks"], 0, "{run}");
    let number = std::fs::read_to_string(read).unwrap().trim().to_owned();
    assert!(number.parse::<u32>().unwrap() > 20, "{number} objects were read");
    say(&format!(
        "MEASURED {}: a drill without copies: {number} objects read through the view",
        subject.server.name
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its servers have to be started: tests/run.sh"]
async fn rows_objects_and_messages_come_back_to_one_second() {
    let subject = &Subject::new(Server::find(Kind::Rgw).await);
    let database = &Database::find();
    let queue = &Queue::find(&database.place);
    let bucket = &subject.bucket().await;
    database.ask(&database.url, TABLES);

    let began = Instant::now();
    let stores = (database.psql.as_str(), database.url.as_str());
    let app = App::start_publishing(0, bucket, stores, &database.place, &|| queue.publisher());
    let mut consumers = Consumers::start(queue, bucket, database);
    database.play("backup", "");
    tokio::time::sleep(Duration::from_secs(2)).await;

    let scratch = subject.bucket().await;
    let file = recovery_file("drill.toml", database, queue, bucket, &scratch.url("copies"));
    assert_consistent(&drill(subject, database, &scratch, &file).await);
    assert!(!queue.is_restored(), "the drill has torn down its stream");
    drill_through_a_view(subject, database, queue, bucket, &scratch).await;

    let dump = Rows::read(database, &database.url);
    tokio::time::sleep(APART).await;
    let at = last_second();
    let as_it_is = queue.in_use();
    let lasted = began.elapsed();
    consumers.assert_running();
    let deleted = strike(database, bucket).await;

    let file = recovery_file("recovery.toml", database, queue, bucket, "in-place");
    let arguments = ["recover", &file, "--at", &at.to_string(), "--yes", "--format", "json"];
    let stopped = async {
        let consumed = consumers.join().await;
        (app.join().await, consumed)
    };
    let (run, (actions, consumed)) = tokio::join!(asof(subject, database, &arguments), stopped);
    let run = run.expect_code(0);
    assert_consistent(&run);

    let rows = Rows::read(database, step(&run, "database orders: apply settings")["note"].as_str().unwrap());
    let messages = queue.messages(RESTORED);
    let lacking = std::fs::read_to_string(queue.path("lacking")).unwrap().lines().count();
    let found = Dangling::of(&rows, &messages, bucket).await;
    assert!(
        lacking > 0,
        "no commit of before T had its message after T: nothing was published from the outbox"
    );
    assert!(found.is_none() && rows.uploads.len() > 100 && rows.thumbnails.len() > 100, "{found:?}: {run}");
    let other = app::compare(bucket, &rows.uploads).await.other;
    assert!(other <= WORKERS, "{other} objects are of another revision than their rows");

    let name = &subject.server.name;
    let rate = as_it_is.len() as u64 * 1000 / u64::try_from(lasted.as_millis()).unwrap();
    say(&format!(
        "MEASURED {name}: {actions} actions ({rate} a second), {consumed} consumed; then a table was dropped and {deleted} objects were deleted"
    ));
    let told = found.told(&rows, &messages);
    say(&format!("MEASURED {name}: with asof recover: {told}; {lacking} messages came from the outbox"));
    let naive = Dangling::of(&dump, &as_it_is, bucket).await;
    assert!(!naive.is_none(), "{naive:?}");
    let apart = APART.as_secs();
    let told = naive.told(&dump, &as_it_is);
    say(&format!(
        "MEASURED {name}: without, by a dump, the bucket {apart} s later and the queue as it is: {told}"
    ));

    let id = run.of_type("recovery")[0]["id"].as_str().unwrap().to_owned();
    database.play("teardown", &id);
    queue.teardown(&id);
    assert!(!queue.is_restored(), "its stream is torn down");
}
