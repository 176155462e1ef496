//! One run of the binary: its exit code, its lines of JSON and what it said on the side.

use std::fmt;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::schema::hold_to_schema;
use super::text;

#[derive(Debug)]
pub(crate) struct Run {
    command: String,
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::with(command, |_| {})
    }

    /// Calls `act` with the process's id once it has been started.
    pub(crate) fn with(command: &mut Command, act: impl FnOnce(u32)) -> Self {
        let shown: Vec<_> =
            command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let process =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        act(process.id());
        let output = process.wait_with_output().unwrap();
        Self {
            command: format!("asof {}", shown.join(" ")),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.code
    }

    /// The run itself, if it ended with this code.
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "exit code of {self}");
        self
    }

    /// The run itself, if a signal ended it.
    pub(crate) fn expect_killed(self) -> Self {
        assert_eq!(self.code, None, "not killed: {self}");
        self
    }

    /// The objects on stdout with this `type`.
    pub(crate) fn of_type(&self, wanted: &str) -> Vec<Value> {
        self.json().into_iter().filter(|line| line["type"] == wanted).collect()
    }

    /// All objects on stdout. The first names the schema.
    pub(crate) fn json(&self) -> Vec<Value> {
        let parse =
            |line| serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line:?} in {self}"));
        let lines: Vec<Value> = self.stdout.lines().map(parse).collect();
        if let Some(first) = lines.first() {
            assert_eq!(first["schema"], 1, "the first object of {self}");
        }
        assert!(lines.iter().all(|line| line["type"].is_string()), "every object has a type in {self}");
        lines.iter().for_each(hold_to_schema);
        lines
    }

    /// The one summary at the end.
    pub(crate) fn summary(&self) -> Value {
        let summaries = self.of_type("summary");
        assert_eq!(summaries.len(), 1, "summaries in {self}");
        summaries.into_iter().next().unwrap()
    }

    /// A number of the summary.
    pub(crate) fn count(&self, member: &str) -> u64 {
        let summary = self.summary();
        summary[member].as_u64().unwrap_or_else(|| panic!("{member} is not a number in {summary} of {self}"))
    }

    /// Key and change of every change, in the order printed, which must be that of the keys.
    pub(crate) fn changes(&self) -> Vec<(String, String)> {
        let lines = self.of_type("change");
        let changes: Vec<_> = lines
            .iter()
            .map(|line| (text(line, "key").to_owned(), text(line, "change").to_owned()))
            .collect();
        assert!(
            changes.is_sorted_by(|a, b| a.0.as_bytes() < b.0.as_bytes()),
            "changes in key order in {self}"
        );
        changes
    }

    /// The keys whose change is `change`.
    pub(crate) fn keys_to(&self, change: &str) -> Vec<String> {
        self.changes().into_iter().filter(|(_, is)| is == change).map(|(key, _)| key).collect()
    }

    /// The change line of one key.
    pub(crate) fn change(&self, key: &str) -> Value {
        let found = self.of_type("change").into_iter().find(|line| line["key"] == key);
        found.unwrap_or_else(|| panic!("no change of {key:?} in {self}"))
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4000;
        let short: String = self.stdout.chars().take(SHOWN).collect();
        write!(f, "{}\n  code: {:?}\n  stdout: {short}\n  stderr: {}", self.command, self.code, self.stderr)
    }
}
