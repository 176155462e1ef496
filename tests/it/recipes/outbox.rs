//! The recipe `rabbitmq-outbox` beside a real PostgreSQL: a queue has the messages of the rows of T, each once.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::broker::Broker;
use super::sql::Database;
use super::{command, id, last_second, next_second};
use crate::support::recipe::{Recipe, printed};
use crate::support::{Bucket, Run, Subject};

const NAME: &str = "rabbitmq-outbox";
const QUEUE: &str = "uploads";

/// The number of kills of the hook, each time a little later.
const KILLS: u32 = 12;

/// The rows that were not processed at T.
const AT_T: [&str; 2] = [r#"2 {"key": "two"}"#, r#"3 {"key": "three"}"#];

pub(super) async fn refilled_from_the_restored_rows(subject: &Subject, database: &Database, bucket: &Bucket) {
    let broker = Broker::find();
    let recipe = Recipe::write(NAME, &database.place);
    recipe.set(&format!("URL={}\nQUEUE={QUEUE}\nWAIT=1", broker.url));
    let hooks = recipe.hooks();
    // The files of both recipes are in one directory.
    let both = Recipe::with_settings("postgres-wal", &database.place);
    let file = database.place.join("outbox.toml");
    std::fs::write(&file, both.recovery_file(&bucket.url(""), "in-place", &hooks)).unwrap();
    let file = file.to_str().unwrap();

    database.ask("create table outbox (id int, body json, processed bool)");
    for (id, name, processed) in [(1, "one", true), (2, "two", false), (3, "three", false)] {
        database.ask(&format!(r#"insert into outbox values ({id}, '{{"key": "{name}"}}', {processed})"#));
    }
    next_second().await;
    let at = last_second().to_string();
    next_second().await;
    database.ask("update outbox set processed = true");
    let newer: Vec<_> = (0..200).map(|n| format!("newer-{n}")).collect();
    broker.publish(QUEUE, "{}", &newer);
    let newer: Vec<_> = newer.iter().map(|text| format!("{text} {text}")).collect();

    let recover = async |more: &[&str]| {
        let words = [&["recover", file, "--yes", "--format", "json"], more].concat();
        let mut asof = command(subject, &words);
        asof.env("PGUSER", "asof");
        tokio::task::spawn_blocking(move || Run::of(&mut asof)).await.unwrap()
    };
    let consumer = broker.consume(QUEUE);
    let refused = recover(&["--at", &at]).await.expect_code(3);
    assert!(refused.stderr.contains("1 consumers still read the queue uploads"), "{refused}");
    drop(consumer);
    recipe.set("URL=amqp://guest:guest@127.0.0.1:1/%2F");
    let refused = recover(&["--at", &at]).await.expect_code(3);
    assert!(refused.stderr.contains("cannot connect to the broker"), "{refused}");
    assert_eq!(broker.list(QUEUE), newer, "nothing was touched");

    recipe.set(&format!("URL={}", broker.url));
    let run = recover(&["--at", &at]).await.expect_code(0);
    let aside = format!("{QUEUE}.asof-{}", id(&run));
    assert_eq!(broker.list(QUEUE), AT_T, "{run}");
    assert_eq!(broker.list(&aside), newer, "{run}");

    give_back(&recipe, &broker, &newer, &run);
    killed(&recipe, &broker, &newer);
    database.teardown(&run);
    database.ask("drop table outbox");
    broker.delete(QUEUE);
}

fn hook(recipe: &Recipe, verb: &str, run: &str) -> Command {
    let mut command = recipe.command(verb);
    command.env("ASOF_RUN", run);
    command
}

/// After an abort, the messages are as they were, also in their order.
fn give_back(recipe: &Recipe, broker: &Broker, newer: &[String], run: &Run) {
    printed(&mut hook(recipe, "give-back", &id(run)));
    assert_eq!(broker.list(QUEUE), newer);
    assert!(!broker.has(&format!("{QUEUE}.asof-{}", id(run))));
}

/// Killed at any moment and run again, it publishes each row once and loses no message.
fn killed(recipe: &Recipe, broker: &Broker, newer: &[String]) {
    let rows = r#"printf '%s\n' '{"id": 2, "body": {"key": "two"}}' '{"id": 3, "body": {"key": "three"}}'"#;
    recipe.set(&format!("ROWS={rows}; false"));
    let failed = hook(recipe, "republish", "killed").output().unwrap();
    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    assert_eq!(broker.list(QUEUE), newer, "the rows could not be read");
    recipe.set(&format!("ROWS={rows}"));
    for n in 1..=KILLS {
        let mut process = hook(recipe, "republish", "killed").stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(n) * 25));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    printed(&mut hook(recipe, "republish", "killed"));
    assert_eq!(broker.list(QUEUE), AT_T);
    let mut aside = broker.list(&format!("{QUEUE}.asof-killed"));
    aside.sort();
    aside.dedup();
    let mut newer = newer.to_vec();
    newer.sort();
    assert_eq!(aside, newer);
    broker.delete(&format!("{QUEUE}.asof-killed"));
}
