//! A store entry as written in the recovery file.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::database::DatabaseKind;
use super::steps::Order;
use crate::db::{Noun, command};
use crate::program::Program;

/// A store as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StoreEntry {
    name: String,
    source: Option<String>,
    target: Option<String>,
    window: Option<WindowEntry>,
    snapshot: Option<Program>,
    release: Option<Program>,
    restore: Program,
    progress: Option<Program>,
    wait: Option<Program>,
    endpoint: Option<Program>,
    teardown: Option<Program>,
    pub(super) check: Option<Program>,
    #[serde(default)]
    pub(super) order: Order,
}

/// The window of a store: `"marks"`, or the command that prints it.
struct WindowEntry(command::Restorable);

impl<'de> Deserialize<'de> for WindowEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(word) if word == "marks" => Ok(Self(command::Restorable::Marks)),
            toml::Value::String(word) => Err(D::Error::custom(format!(
                "unknown window \"{word}\": write \"marks\" or a command as a list of words"
            ))),
            other => Program::deserialize(other)
                .map(|program| Self(command::Restorable::Printed(program)))
                .map_err(D::Error::custom),
        }
    }
}

impl StoreEntry {
    /// Converts the entry if its commands fit together.
    pub(super) fn check(self) -> Result<DatabaseKind, String> {
        let name = self.name;
        for (field, text) in
            [("name", Some(&name)), ("source", self.source.as_ref()), ("target", self.target.as_ref())]
        {
            if text.is_some_and(String::is_empty) {
                return Err(format!("the store {name} has an empty {field}"));
            }
        }
        let snapshots = match (self.snapshot, self.release) {
            (Some(take), Some(release)) => Some(Box::new(command::SnapshotCommands { take, release })),
            (None, None) => None,
            (Some(_), None) => {
                return Err(format!(
                    "the store {name} has a snapshot command but no release command, which removes a snapshot that is no longer needed"
                ));
            }
            (None, Some(_)) => {
                return Err(format!("the store {name} has a release command but no snapshot command"));
            }
        };
        let window = match self.window {
            Some(WindowEntry(window)) => window,
            None if snapshots.is_some() => command::Restorable::Marks,
            None => command::Restorable::AnyTime,
        };
        if window == command::Restorable::Marks && snapshots.is_none() {
            return Err(format!(
                "the store {name} can be restored to marks only but has no snapshot command"
            ));
        }
        Ok(DatabaseKind::Command(command::Settings {
            noun: Noun::Store,
            name,
            source: self.source,
            target: self.target,
            window,
            snapshots,
            restore: self.restore,
            progress: self.progress,
            wait: self.wait,
            endpoint: self.endpoint,
            teardown: self.teardown,
        }))
    }
}
