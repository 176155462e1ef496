//! The application: workers that write rows and the objects that these name, until they are told to stop.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use futures::{StreamExt as _, stream};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinSet;

use crate::support::Bucket;

/// How many write side by side, each to rows of its own.
pub(super) const WORKERS: usize = 4;

/// A row, and the revision that its object is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) revision: u32,
}

impl Row {
    fn body(&self) -> String {
        format!("revision {} of {}", self.revision, self.key)
    }
}

/// The application under way. It stops when there is a file `stop` in its directory, and then makes a file `stopped`.
pub(super) struct App {
    workers: JoinSet<u32>,
    place: PathBuf,
}

impl App {
    /// Starts it for the `nth` time: each time its workers write to rows of their own.
    pub(super) fn start(nth: usize, bucket: &Bucket, (psql, url): (&str, &str), place: &Path) -> Self {
        let mut workers = JoinSet::new();
        for number in nth * WORKERS..(nth + 1) * WORKERS {
            let session = Session::open(psql, url);
            let worker = Worker { number, bucket: bucket.clone(), session, rows: Vec::new(), next: 0 };
            workers.spawn(worker.work(place.join("stop")));
        }
        Self { workers, place: place.to_owned() }
    }

    /// Waits until it has stopped, and gives how many writes it has done.
    pub(super) async fn join(self) -> u32 {
        let done = self.workers.join_all().await.into_iter().sum();
        std::fs::write(self.place.join("stopped"), "").unwrap();
        done
    }
}

struct Worker {
    number: usize,
    bucket: Bucket,
    session: Session,
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
        self.session.run(&format!("insert into uploads values ('{}', {})", row.key, row.revision)).await;
        self.rows.push(row);
    }

    async fn update(&mut self, which: usize) {
        let row = &mut self.rows[which];
        row.revision += 1;
        self.bucket.put(&row.key, &row.body()).await;
        let statement = format!("update uploads set revision = {} where key = '{}'", row.revision, row.key);
        self.session.run(&statement).await;
    }

    async fn delete(&mut self, which: usize) {
        let row = self.rows.swap_remove(which);
        self.session.run(&format!("delete from uploads where key = '{}'", row.key)).await;
        self.bucket.delete(&row.key).await;
    }
}

/// A session of psql's, which takes one statement after another.
struct Session {
    _process: Child,
    statements: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Session {
    fn open(psql: &str, url: &str) -> Self {
        let mut command = Command::new(psql);
        command.args(["-XAtq", url]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // What it says once the table has been dropped.
        let mut process = command.stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        let statements = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { _process: process, statements, answers }
    }

    /// Runs a statement, and waits until it is committed, or has failed: the application goes on all the same.
    async fn run(&mut self, statement: &str) {
        let statement = format!("{statement};\n\\echo done\n");
        self.statements.write_all(statement.as_bytes()).await.unwrap();
        assert_eq!(self.answers.next_line().await.unwrap().as_deref(), Some("done"));
    }
}

/// Rows beside the objects that a reader gets.
pub(super) struct Compared {
    /// Objects that are not there.
    pub(super) missing: usize,
    /// Objects of another revision than the row's.
    pub(super) other: usize,
}

pub(super) async fn compare(bucket: &Bucket, rows: &[Row]) -> Compared {
    let gets = stream::iter(rows).map(|row| async move { (row.body(), bucket.get(&row.key).await) });
    let got: Vec<_> = gets.buffer_unordered(16).collect().await;
    let other = |(body, found): &&(String, Option<String>)| found.as_ref().is_some_and(|found| found != body);
    Compared {
        missing: got.iter().filter(|(_, found)| found.is_none()).count(),
        other: got.iter().filter(other).count(),
    }
}
