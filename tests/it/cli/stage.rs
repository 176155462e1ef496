//! The stage of the cases: a lab with a small past, the binary in an environment of its own, and its output as one
//! text.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use asof::lab::{Fault, Lab, Operation, Options, Put, Rule, When};

use crate::support::binary;
use crate::support::schema::hold_to_schema;

/// The bucket that most cases are about.
pub(crate) const BUCKET: &str = "prod-uploads";

/// A lab, with a clock that only the case moves, and a home directory.
#[derive(Debug)]
pub(crate) struct Stage {
    // Declared before the runtime that it lives on, and so dropped before.
    pub(crate) lab: Arc<Lab>,
    _runtime: tokio::runtime::Runtime,
    home: tempfile::TempDir,
}

impl Stage {
    /// With one empty, versioned bucket.
    pub(crate) fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let lab = runtime.block_on(Lab::start(Options::default())).unwrap();
        let stage = Self { lab: Arc::new(lab), _runtime: runtime, home: tempfile::tempdir().unwrap() };
        stage.time("2024-04-01T00:00:00Z");
        assert!(stage.lab.create_bucket(BUCKET));
        stage
    }

    /// After an incident at 07:08:10 on 6 May 2024, one second after the last good one: under two prefixes and at the top
    /// level, keys deleted, overwritten and made.
    pub(crate) fn after_incident() -> Self {
        let stage = Self::new();
        for day in 1..=7 {
            stage.time(&format!("2024-04-0{day}T09:00:00Z"));
            stage.put(&photo(day), &"photo".repeat(day * 1000));
        }
        stage.put("avatars/7/me.png", "the face of 7");
        stage.put("avatars/8/me.png", "the face of 8");
        stage.put("readme.txt", "read me");
        stage.time("2024-05-06T07:08:10Z");
        for day in 1..=6 {
            stage.delete(&photo(day));
        }
        stage.put("avatars/7/me.png", "garbage");
        stage.put("readme.txt", "");
        stage.put("uploads/junk.tmp", "junk");
        stage.time("2024-05-06T08:00:00Z");
        stage
    }

    /// Stops the lab's clock at this instant.
    pub(crate) fn time(&self, instant: &str) {
        let instant = chrono::DateTime::parse_from_rfc3339(instant).unwrap();
        self.lab.clock().set(instant.timestamp_millis());
    }

    pub(crate) fn put(&self, key: &str, body: &str) {
        self.lab.put(BUCKET, key, Put::of(body.to_owned())).unwrap();
    }

    pub(crate) fn delete(&self, key: &str) {
        self.lab.delete(BUCKET, key).unwrap();
    }

    /// Lets every request for an operation fail.
    pub(crate) fn strike(&self, operation: Operation, fault: Fault) {
        self.lab.faults().push(Rule::on(operation, fault, When::Always));
    }

    /// A file in the home directory.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The path of a file of the home directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The directory in which the binary runs.
    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// `asof` with these words.
    pub(crate) fn asof(&self, words: &str) -> Asof<'_> {
        let mut command = Command::new(binary());
        command
            .args(words.split_whitespace())
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", &self.lab.credentials().access_key)
            .env("AWS_SECRET_ACCESS_KEY", &self.lab.credentials().secret_key)
            .env("AWS_REGION", self.lab.region())
            .env("AWS_ENDPOINT_URL", self.lab.url())
            .stdin(Stdio::null());
        Asof { stage: self, command, stdin: None, hidden: Vec::new() }
    }

    /// Returns the number of requests that may have written something.
    pub(crate) fn writes(&self) -> u64 {
        let reads = |name: &str| ["Get", "Head", "List"].iter().any(|verb| name.starts_with(verb));
        let requests = self.lab.requests().all();
        requests.iter().filter(|(operation, _)| !reads(operation.name())).map(|(_, count)| count).sum()
    }

    /// The bodies of a bucket's objects as they are now, for a look at what a restore has done.
    pub(crate) fn keys(&self, bucket: &str) -> Vec<String> {
        self.lab.live(bucket).into_keys().collect()
    }
}

fn photo(day: usize) -> String {
    format!("uploads/2024/04/{day:02}.jpg")
}

/// A run to be.
#[derive(Debug)]
pub(crate) struct Asof<'a> {
    stage: &'a Stage,
    pub(crate) command: Command,
    stdin: Option<Vec<u8>>,
    hidden: Vec<(String, &'static str)>,
}

impl Asof<'_> {
    /// One more argument, white space and all.
    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn stdin(mut self, content: &str) -> Self {
        self.stdin = Some(content.as_bytes().to_vec());
        self
    }

    /// Shows `placeholder` instead of a text that differs from run to run.
    pub(crate) fn hide(mut self, text: &str, placeholder: &'static str) -> Self {
        self.hidden.push((text.to_owned(), placeholder));
        self
    }

    /// Runs it, and returns its output and its exit code.
    pub(crate) fn run(mut self) -> String {
        let output = self.output();
        self.show(&output)
    }

    /// Runs it, and holds it to not having sent any request that writes.
    pub(crate) fn changes_nothing(self) -> String {
        let stage = self.stage;
        let before = stage.writes();
        let shown = self.run();
        assert_eq!(stage.writes(), before, "it has written: {:?}\n{shown}", stage.lab.requests().all());
        shown
    }

    fn output(&mut self) -> Output {
        let Some(content) = self.stdin.take() else { return self.command.output().unwrap() };
        let pipes = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        child.stdin.take().unwrap().write_all(&content).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Returns the output and the exit code as one text, without the parts that differ between runs.
    pub(crate) fn show(&self, output: &Output) -> String {
        let printed = String::from_utf8_lossy(&output.stdout);
        let objects = printed.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        objects.filter(|line| line["type"].is_string()).for_each(|line| hold_to_schema(&line));
        let mut text = format!("exit code {}\n", output.status.code().unwrap());
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                let content = std::str::from_utf8(bytes).unwrap();
                write!(text, "--- {name}\n{content}").unwrap();
            }
        }
        self.steady(&text)
    }

    /// Returns the text without the parts that differ between runs.
    pub(crate) fn steady(&self, text: &str) -> String {
        let home = self.stage.home.path().to_string_lossy();
        let text = text.replace(&self.stage.lab.url(), "http://SERVER").replace(&*home, "HOME");
        let text = self.hidden.iter().fold(text, |text, (hidden, shown)| text.replace(hidden, shown));
        let text: String = text.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        [
            ("(", " ago)", "AGE"),
            ("done in ", " s:", "N"),
            ("\"elapsed_ms\":", "}", "0"),
            ("clock it is ", "\n", "NOW"),
            ("request id is ", "\n", "ID"),
            (" (os error ", ")", "N"),
            ("listed ", " UTC", "TIME"),
            ("complete for T ≥ ", " UTC", "TIME"),
            ("\"listed\":\"", "\"", "TIME"),
            ("\"began\":\"", "\"", "TIME"),
        ]
        .iter()
        .fold(hide_runs(text), |text, (before, after, with)| between(&text, before, after, with))
    }
}

/// The lines of `shown` that are not in `other`, and how many lie between them that are, in the same order.
pub(crate) fn besides(other: &str, shown: &str) -> String {
    let (mut others, mut same, mut text) = (other.lines(), 0, String::new());
    let counted = |text: &mut String, same: &mut usize| {
        if *same > 0 {
            writeln!(text, "= {same}").unwrap();
        }
        *same = 0;
    };
    for line in shown.lines() {
        let mut ahead = others.clone();
        if ahead.any(|other| other == line) {
            others = ahead;
            same += 1;
        } else {
            counted(&mut text, &mut same);
            writeln!(text, "{line}").unwrap();
        }
    }
    counted(&mut text, &mut same);
    text
}

/// Replaces every run ID, like `20261117T143005Z-7f3a`, by `RUN`.
fn hide_runs(text: String) -> String {
    let is_run = |at: usize| {
        text.as_bytes().get(at..at + 21).is_some_and(|name| {
            name[8] == b'T'
                && &name[15..17] == b"Z-"
                && name.iter().filter(|c| c.is_ascii_hexdigit()).count() == 18
        })
    };
    let Some(at) = (0..text.len()).find(|at| is_run(*at)) else { return text };
    text[..at].to_owned() + "RUN" + &hide_runs(text[at + 21..].to_owned())
}

/// Replaces every short text of one line between `before` and `after` by `with`.
fn between(text: &str, before: &str, after: &str, with: &str) -> String {
    let mut parts = text.split(before);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result.push_str(before);
        match part.split_once(after) {
            Some((inner, rest)) if inner.len() < 40 && !inner.contains(['\n', '(']) => {
                result.push_str(with);
                result.push_str(after);
                result.push_str(rest);
            }
            _ => result.push_str(part),
        }
    }
    result
}
