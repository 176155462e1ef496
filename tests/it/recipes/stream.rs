//! The recipe `rabbitmq-stream` on a real `RabbitMQ`: a new stream has the messages of T, each once.

use std::path::PathBuf;
use std::process::Command;

use super::broker::Broker;
use super::{Victim, asof, command, id, killed_when, lab, last_second, next_second};
use crate::postgres::app::Session;
use crate::support::recipe::{Recipe, printed};
use crate::support::{Bucket, Moment, Run, Subject};

const NAME: &str = "rabbitmq-stream";

/// The streams of its recovery file.
const SOURCE: &str = "messages";
const TARGET: &str = "messages_restored";

/// So many that copying them takes seconds.
const MANY: usize = 4000;

/// The messages published at each of two seconds, and the recipe that restores them.
struct Scene {
    dir: PathBuf,
    broker: Broker,
    recipe: Recipe,
    bucket: Bucket,
    file: String,
    first: Moment,
    second: Moment,
}

impl Scene {
    fn declare(&self, stream: &str) {
        printed(&mut self.script("declare", stream));
    }

    async fn publish(&self, stream: &str, messages: &[String]) {
        let mut publisher = Session::open(self.script("publish", stream), "\n");
        for message in messages {
            publisher.run(message).await;
        }
    }

    /// The application's own script.
    fn script(&self, verb: &str, stream: &str) -> Command {
        let script = self.dir.join("queue.py");
        std::fs::write(&script, include_str!("../story/queue.py")).unwrap();
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).args([&self.broker.url, verb, stream]);
        command
    }

    fn arguments(&self, at: Moment) -> Vec<String> {
        let words = ["recover", &self.file, "--yes", "--format", "json", "--at", &at.to_string()];
        words.map(str::to_owned).to_vec()
    }

    async fn recover(&self, subject: &Subject, at: Moment) -> Run {
        let arguments = self.arguments(at);
        asof(subject, &arguments.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// The messages of the restored stream; `None` if there is none.
    fn restored(&self) -> Option<Vec<String>> {
        let mut print = self.recipe.command("print");
        let output = print.arg(TARGET).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| text.lines().map(str::to_owned).collect())
    }

    fn teardown(&self, run: &str) {
        printed(self.recipe.command("teardown").env("ASOF_TARGET", TARGET).env("ASOF_RUN", run));
    }
}

fn messages(begin: &str, number: usize) -> Vec<String> {
    (0..number).map(|n| format!("{begin}-{n}")).collect()
}

async fn scene(subject: &Subject) -> Scene {
    let (broker, bucket, dir) = (Broker::find(), subject.bucket().await, tempfile::tempdir().unwrap().keep());
    let recipe = Recipe::write(NAME, &dir);
    recipe.set(&format!("URL={}", broker.url));
    let file = dir.join("recovery.toml");
    std::fs::write(&file, recipe.recovery_file(&bucket.url(""), "in-place", "[hooks]\n")).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let none = Moment(0);
    let mut scene = Scene { dir, broker, recipe, bucket, file, first: none, second: none };
    let absent = scene.recover(subject, last_second()).await.expect_code(1);
    assert!(absent.stderr.contains("there is no stream messages"), "{absent}");
    next_second().await;
    scene.declare(SOURCE);
    scene.bucket.put("one", "one").await;
    scene.publish(SOURCE, &messages("one", MANY)).await;
    next_second().await;
    scene.first = last_second();
    scene.bucket.put("two", "two").await;
    scene.publish(SOURCE, &messages("two", 3)).await;
    next_second().await;
    scene.second = last_second();
    scene.bucket.put("three", "three").await;
    scene.publish(SOURCE, &messages("three", 3)).await;
    next_second().await;
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its server has to be started: tests/run.sh"]
async fn rabbitmq_stream() {
    let subject = lab().await;
    let scene = scene(&subject).await;
    scene.recipe.set("URL=amqp://guest:guest@127.0.0.1:1/%2F");
    let refused = scene.recover(&subject, scene.first).await.expect_code(1);
    assert!(refused.stderr.contains("cannot connect to the broker"), "{refused}");
    scene.recipe.set(&format!("URL={}", scene.broker.url));

    scene.declare(TARGET);
    scene.publish(TARGET, &messages("mine", 1)).await;
    let taken = scene.recover(&subject, scene.second).await.expect_code(5);
    assert!(taken.stderr.contains("was not made by this recovery"), "{taken}");
    assert_eq!(scene.restored().unwrap(), ["mine-0"], "it is left as it was");
    scene.broker.delete(TARGET);

    let run = scene.recover(&subject, scene.second).await.expect_code(0);
    let at_second = [messages("one", MANY), messages("two", 3)].concat();
    assert_eq!(scene.restored().unwrap(), at_second, "{run}");
    assert_eq!(scene.bucket.live_keys().await, ["one", "two"], "{run}");
    scene.recover(&subject.again(), scene.first).await.expect_code(5);
    scene.teardown("another");
    assert_eq!(
        scene.restored().unwrap(),
        at_second,
        "neither a recovery nor a teardown of others changes it"
    );
    scene.teardown(&id(&run));
    assert_eq!(scene.restored(), None, "it is torn down");

    for victim in [Victim::All, Victim::Asof] {
        killed_halfway(&subject.again(), &scene, victim).await;
    }
    retained(&scene).await;
    for stream in [SOURCE, "retained"] {
        scene.broker.delete(stream);
    }
    std::fs::remove_dir_all(&scene.dir).unwrap();
}

/// Killed while it copies, with the command or without: the same command ends it, and no message is there twice.
async fn killed_halfway(subject: &Subject, scene: &Scene, victim: Victim) {
    let arguments = scene.arguments(scene.first);
    let mut typed = command(subject, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let recipe = scene.recipe.clone();
    let is_copying = move || {
        let printed = recipe.command("print").arg(TARGET).output().unwrap();
        printed.status.success() && !printed.stdout.is_empty()
    };
    killed_when(&mut typed, is_copying, victim).await;
    let run = scene.recover(subject, scene.first).await.expect_code(0);
    assert_eq!(scene.restored().unwrap(), messages("one", MANY), "{victim:?}: {run}");
    scene.teardown(&id(&run));
}

/// Messages that the retention of a stream has removed cannot be restored, and the window says so.
async fn retained(scene: &Scene) {
    let short =
        r#"{"x-queue-type": "stream", "x-max-length-bytes": 20000, "x-stream-max-segment-size-bytes": 5000}"#;
    scene.broker.publish("retained", short, &[]);
    let window = || printed(scene.recipe.command("window").env("ASOF_SOURCE", "retained"));
    assert!(window().starts_with("- @"), "nothing was removed: {}", window());
    scene.publish("retained", &messages("long", MANY)).await;
    assert!(window().starts_with('@'), "the first message is not there any more: {}", window());
}
