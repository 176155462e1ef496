//! The application: workers that write rows and the objects named in them, until they are stopped.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::support::Bucket;

/// The number of concurrent writers, each with rows of its own.
pub(crate) const WORKERS: usize = 4;

/// A row, and the revision that its object is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) revision: u32,
}

impl Row {
    pub(crate) fn body(&self) -> String {
        format!("revision {} of {}", self.revision, self.key)
    }
}

/// The delay between a commit and the publication of its message: the relay of an outbox is never immediate.
const LAG: Duration = Duration::from_millis(200);

/// The application under way. It stops when there is a file `stop` in its directory, and then makes a file `stopped`.
pub(crate) struct App {
    workers: JoinSet<u32>,
    relays: JoinSet<()>,
    place: PathBuf,
}

impl App {
    /// Starts it for the `nth` time: each time its workers write to rows of their own.
    pub(crate) fn start(nth: usize, bucket: &Bucket, (psql, url): (&str, &str), place: &Path) -> Self {
        Self::start_with(nth, bucket, (psql, url), place, &|| None)
    }

    /// The same with a message for each action, which a relay publishes [`LAG`] after the commit.
    pub(crate) fn start_publishing(
        nth: usize,
        bucket: &Bucket,
        (psql, url): (&str, &str),
        place: &Path,
        publisher: &dyn Fn() -> Session,
    ) -> Self {
        Self::start_with(nth, bucket, (psql, url), place, &|| Some(publisher()))
    }

    fn start_with(
        nth: usize,
        bucket: &Bucket,
        (psql, url): (&str, &str),
        place: &Path,
        publisher: &dyn Fn() -> Option<Session>,
    ) -> Self {
        let (mut workers, mut relays) = (JoinSet::new(), JoinSet::new());
        for number in nth * WORKERS..(nth + 1) * WORKERS {
            let session = Session::of_psql(psql, url);
            let events = publisher().map(|publisher| {
                let (sender, events) = unbounded_channel();
                relays.spawn(relay(events, publisher));
                sender
            });
            let (bucket, rows) = (bucket.clone(), Vec::new());
            let worker = Worker { number, bucket, session, events, rows, next: 0 };
            workers.spawn(worker.work(place.join("stop")));
        }
        Self { workers, relays, place: place.to_owned() }
    }

    /// Waits until it has stopped, and returns the number of its writes.
    pub(crate) async fn join(self) -> u32 {
        let done = self.workers.join_all().await.into_iter().sum();
        self.relays.join_all().await;
        std::fs::write(self.place.join("stopped"), "").unwrap();
        done
    }
}

struct Worker {
    number: usize,
    bucket: Bucket,
    session: Session,
    /// To the relay of its messages, if it has one.
    events: Option<UnboundedSender<Event>>,
    /// Those that are there.
    rows: Vec<Row>,
    next: usize,
}

impl Worker {
    async fn work(mut self, stop: PathBuf) -> u32 {
        let mut done = 0;
        let mut dice = fastrand::Rng::with_seed(self.number as u64);
        while !stop.exists() {
            let any = dice.usize(0..self.rows.len().max(1));
            match dice.u8(0..4) {
                0 if !self.rows.is_empty() => self.update(any).await,
                1 if !self.rows.is_empty() => self.delete(any).await,
                _ => self.insert().await,
            }
            done += 1;
        }
        done
    }

    async fn insert(&mut self) {
        let row = Row { key: format!("uploads/{}/{:05}", self.number, self.next), revision: 1 };
        self.next += 1;
        self.bucket.put(&row.key, &row.body()).await;
        let statement = format!("insert into uploads values ('{}', {})", row.key, row.revision);
        self.commit(&statement, &format!("put {} {}", row.key, row.revision)).await;
        self.rows.push(row);
    }

    async fn update(&mut self, which: usize) {
        let row = &mut self.rows[which];
        row.revision += 1;
        self.bucket.put(&row.key, &row.body()).await;
        let statement = format!("update uploads set revision = {} where key = '{}'", row.revision, row.key);
        let event = format!("put {} {}", row.key, row.revision);
        self.commit(&statement, &event).await;
    }

    async fn delete(&mut self, which: usize) {
        let row = self.rows.swap_remove(which);
        let statement = format!("delete from uploads where key = '{}'", row.key);
        self.commit(&statement, &format!("delete {}", row.key)).await;
        self.bucket.delete(&row.key).await;
    }

    /// Commits the statement. With messages, the event is in the outbox by the same commit, and published after it.
    async fn commit(&mut self, statement: &str, event: &str) {
        let Some(events) = &self.events else {
            return self.session.run(statement).await;
        };
        let outbox = format!("insert into outbox (event) values ('{event}')");
        self.session.run(&format!("begin; {statement}; {outbox}; commit")).await;
        let due = Instant::now() + LAG;
        events.send(Event { text: event.to_owned(), due }).unwrap();
    }
}

/// A change that was committed.
struct Event {
    text: String,
    due: Instant,
}

/// Publishes events in order, each when it is due, until the channel closes.
async fn relay(mut events: UnboundedReceiver<Event>, mut publisher: Session) {
    while let Some(Event { text, due }) = events.recv().await {
        sleep_until(due).await;
        publisher.run(&text).await;
    }
}

/// A process that reads one line after another, and prints `done` after each.
pub(crate) struct Session {
    _process: Child,
    lines: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// The end of each line.
    end: &'static str,
}

impl Session {
    /// Opens a session of psql, which reads statements.
    pub(crate) fn of_psql(psql: &str, url: &str) -> Self {
        let mut command = std::process::Command::new(psql);
        // psql writes errors to stderr once the table has been dropped.
        command.args(["-XAtq", url]).stderr(Stdio::null());
        Self::open(command, ";\n\\echo done\n")
    }

    pub(crate) fn open(command: std::process::Command, end: &'static str) -> Self {
        let mut command = Command::from(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.kill_on_drop(true).spawn().unwrap();
        let lines = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { _process: process, lines, answers, end }
    }

    /// Waits until a line is done: a statement is committed, or has failed and the application continues.
    pub(crate) async fn run(&mut self, line: &str) {
        self.lines.write_all(format!("{line}{}", self.end).as_bytes()).await.unwrap();
        assert_eq!(self.answers.next_line().await.unwrap().as_deref(), Some("done"));
    }
}

/// The rows, with the objects that a reader gets.
pub(crate) struct Compared {
    /// Objects that are not there.
    pub(crate) missing: usize,
    /// Objects of another revision than the row's.
    pub(crate) other: usize,
}

pub(crate) async fn compare(bucket: &Bucket, rows: &[Row]) -> Compared {
    let gets = stream::iter(rows).map(|row| async move { (row.body(), bucket.get(&row.key).await) });
    let got: Vec<_> = gets.buffer_unordered(16).collect().await;
    let other = |(body, found): &&(String, Option<String>)| found.as_ref().is_some_and(|found| found != body);
    Compared {
        missing: got.iter().filter(|(_, found)| found.is_none()).count(),
        other: got.iter().filter(other).count(),
    }
}
