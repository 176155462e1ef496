//! The application's queue, a `RabbitMQ` stream, and the consumers of its messages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::task::JoinSet;

use crate::postgres::Database;
use crate::postgres::app::{Row, Session, WORKERS};
use crate::support::Bucket;
use crate::support::recipe::{Recipe, printed};

/// The stream to which the application publishes, and which its recovery file restores.
const STREAM: &str = "messages";

pub(super) const RESTORED: &str = "messages_restored";

/// The programs in addition to the recipe's.
const PROGRAMS: [(&str, &str); 4] = [
    ("read-rows.sh", include_str!("read-rows.sh")),
    ("queue.py", include_str!("queue.py")),
    ("publish-from-outbox.sh", include_str!("publish-from-outbox.sh")),
    ("keys-of-messages.sh", include_str!("keys-of-messages.sh")),
];

/// The stream on the broker that `tests/servers/rabbitmq.sh` has started.
pub(super) struct Queue {
    pub(super) dir: PathBuf,
    pub(super) url: String,
    recipe: Recipe,
}

impl Queue {
    pub(super) fn find(place: &Path) -> Self {
        let dir = place.join("queue");
        std::fs::create_dir(&dir).unwrap();
        for (name, text) in PROGRAMS {
            std::fs::write(dir.join(name), text).unwrap();
        }
        let url = std::env::var("ASOF_TEST_RABBITMQ_URL").expect("see tests/run.sh");
        let recipe = Recipe::write("rabbitmq-stream", &dir);
        recipe.set(&format!("URL={url}\n"));
        let queue = Self { dir, url, recipe };
        printed(&mut queue.client("declare"));
        queue
    }

    /// The recipe's `[[store]]`.
    pub(super) fn store(&self) -> String {
        let text = self.recipe.recovery_file("s3://any", "in-place", "");
        let store = &text[text.find("[[store]]").unwrap()..];
        store.replace("./rabbitmq-stream.py", &self.path("rabbitmq-stream.py"))
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.dir.join(name).to_str().unwrap().to_owned()
    }

    fn client(&self, verb: &str) -> Command {
        let mut command = Command::new("/usr/bin/python3");
        command.arg(self.dir.join("queue.py")).args([&self.url, verb, STREAM]);
        command
    }

    /// Publishes each line that it gets.
    pub(super) fn publisher(&self) -> Session {
        Session::open(self.client("publish"), "\n")
    }

    /// Every message of a stream.
    pub(super) fn messages(&self, stream: &str) -> Vec<String> {
        let printed = printed(self.recipe.command("print").arg(stream));
        printed.lines().map(str::to_owned).collect()
    }

    /// The messages in use.
    pub(super) fn in_use(&self) -> Vec<String> {
        self.messages(STREAM)
    }

    /// Returns true if the stream restored by a recovery or a drill still exists.
    pub(super) fn is_restored(&self) -> bool {
        self.recipe.command("print").arg(RESTORED).output().unwrap().status.success()
    }

    pub(super) fn teardown(&self, run: &str) {
        printed(self.recipe.command("teardown").env("ASOF_TARGET", RESTORED).env("ASOF_RUN", run));
    }
}

/// The uploads that are there after these messages.
pub(super) fn keys_after(messages: &[String]) -> BTreeSet<String> {
    let mut there = BTreeSet::new();
    for message in messages {
        match message.split(' ').collect::<Vec<_>>()[..] {
            ["put", key, _] => there.insert(key.to_owned()),
            ["delete", key] => there.remove(key),
            _ => panic!("the message {message}"),
        };
    }
    there
}

/// The consumers under way: each makes a thumbnail of every object of one worker, and then a row for it. They stop when there
/// is a file `stop` in the application's directory.
pub(super) struct Consumers(JoinSet<u32>);

impl Consumers {
    pub(super) fn start(queue: &Queue, bucket: &Bucket, database: &Database) -> Self {
        let mut tasks = JoinSet::new();
        for number in 0..WORKERS {
            let consumer = Consumer {
                prefix: format!("uploads/{number}/"),
                bucket: bucket.clone(),
                session: database.session(),
                stop: database.place.join("stop"),
            };
            tasks.spawn(consumer.consume(queue.client("follow")));
        }
        Self(tasks)
    }

    /// All go on: one that has ended would leave the application quiescing for ever.
    pub(super) fn assert_running(&mut self) {
        if let Some(ended) = self.0.try_join_next() {
            panic!("a consumer has ended: {ended:?}");
        }
    }

    /// Waits until they have stopped, and returns how many messages they have consumed.
    pub(super) async fn join(self) -> u32 {
        self.0.join_all().await.into_iter().sum()
    }
}

struct Consumer {
    /// The keys of its worker.
    prefix: String,
    bucket: Bucket,
    session: Session,
    stop: PathBuf,
}

impl Consumer {
    async fn consume(mut self, follower: Command) -> u32 {
        let mut follower = tokio::process::Command::from(follower);
        let mut process = follower.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut messages = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut done = 0;
        while !self.stop.exists() {
            let Ok(next) = tokio::time::timeout(Duration::from_millis(100), messages.next_line()).await
            else {
                continue;
            };
            let message = next.unwrap().expect("the broker has ended");
            let words: Vec<_> = message.split(' ').collect();
            if words[1].starts_with(&self.prefix) {
                self.take(&words).await;
                done += 1;
            }
        }
        done
    }

    async fn take(&mut self, words: &[&str]) {
        match *words {
            ["put", key, revision] => {
                let thumbnail = Row { key: format!("thumbnails/{key}"), revision: revision.parse().unwrap() };
                self.bucket.put(&thumbnail.key, &thumbnail.body()).await;
                let Row { key, .. } = thumbnail;
                let values = format!("('{key}', {revision})");
                let update = "on conflict (key) do update set revision = excluded.revision";
                self.session.run(&format!("insert into thumbnails values {values} {update}")).await;
            }
            [_, key] => {
                self.session.run(&format!("delete from thumbnails where key = 'thumbnails/{key}'")).await;
                self.bucket.delete(&format!("thumbnails/{key}")).await;
            }
            _ => panic!("the message {words:?}"),
        }
    }
}
