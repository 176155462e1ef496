//! A broker that `tests/servers/rabbitmq.sh` has started, as an application uses it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use crate::support::recipe::printed;

/// The actions of an application.
const APPLICATION: &str = include_str!("broker.py");

pub(super) struct Broker {
    pub(super) url: String,
}

impl Broker {
    pub(super) fn find() -> Self {
        let name = "ASOF_TEST_RABBITMQ_URL";
        Self { url: std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: see tests/run.sh")) }
    }

    fn command(&self, verb: &str, queue: &str) -> Command {
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", APPLICATION, &self.url, verb, queue]).stdin(Stdio::null());
        command
    }

    /// Declares a queue with these arguments, and publishes messages of these texts.
    pub(super) fn publish(&self, queue: &str, arguments: &str, texts: &[String]) {
        let mut command = self.command("publish", queue);
        let mut process = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut lines = process.stdin.take().unwrap();
        writeln!(lines, "{arguments}\n{}", texts.join("\n")).unwrap();
        drop(lines);
        assert!(process.wait().unwrap().success());
    }

    /// The messages of a queue, which stay there: each as its ID and its text.
    pub(super) fn list(&self, queue: &str) -> Vec<String> {
        printed(&mut self.command("list", queue)).lines().map(str::to_owned).collect()
    }

    /// Returns true if there is such a queue.
    pub(super) fn has(&self, queue: &str) -> bool {
        printed(&mut self.command("exists", queue)).trim() != "none"
    }

    pub(super) fn delete(&self, queue: &str) {
        printed(&mut self.command("delete", queue));
    }

    /// A consumer, until it is dropped.
    pub(super) fn consume(&self, queue: &str) -> Consumer {
        let mut process = self.command("consume", queue).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "consuming\n");
        Consumer(process)
    }
}

pub(super) struct Consumer(Child);

impl Drop for Consumer {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
