//! The snapshots of a store: taken and removed by commands.

use super::Database;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;
use crate::program::{Environment, Program, RunLimits};

/// The commands for the snapshots of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SnapshotCommands {
    /// Takes a snapshot for a mark and prints its ID.
    pub take: Program,
    /// Removes a snapshot.
    pub release: Program,
}

/// A snapshot of a store, taken for a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// The name of the mark.
    pub mark: String,
    /// The time of the mark.
    pub at: Instant,
    pub id: String,
}

impl Database {
    /// The ID of the snapshot at this time, if a mark has one.
    pub(crate) fn snapshot_at(&self, at: Instant) -> Option<&str> {
        self.snapshots.iter().rfind(|snapshot| snapshot.at == at).map(|snapshot| &*snapshot.id)
    }

    /// The name of the mark at this time, if it has a snapshot.
    pub(crate) fn mark_at(&self, at: Instant) -> Option<&str> {
        self.snapshots.iter().rfind(|snapshot| snapshot.at == at).map(|snapshot| &*snapshot.mark)
    }

    /// Takes a snapshot for the mark at this time. Returns its ID.
    pub(crate) async fn take_snapshot(&self, mark: &str, at: Instant) -> Result<String> {
        let mut environment = self.of_mark(mark);
        environment.push(("ASOF_AT".to_owned(), at.to_string()));
        environment.push(("ASOF_AT_EPOCH".to_owned(), at.second().to_string()));
        let what = self.what("snapshot");
        let printed = self.commands()?.take.read(&what, &environment, RunLimits::default()).await?;
        read_id(&printed).map_err(|why| {
            Error::new(ErrorKind::Invalid, format!("{what} printed {why}")).hint(format!(
                "it must print the ID of the snapshot on one line; remove the snapshot that it took for the mark {mark} by hand"
            ))
        })
    }

    /// Removes a snapshot that was taken for this mark.
    pub(crate) async fn release(&self, mark: &str, id: &str) -> Result<()> {
        let mut environment = self.of_mark(mark);
        environment.push(("ASOF_SNAPSHOT".to_owned(), id.to_owned()));
        let run_limits = RunLimits { deadline: Some(limits::LAST_COMMAND), cancel: None };
        self.commands()?.release.run(&self.what("release"), &environment, run_limits).await
    }

    fn of_mark(&self, mark: &str) -> Environment {
        let mut environment = self.names();
        environment.push(("ASOF_MARK".to_owned(), mark.to_owned()));
        environment
    }

    fn commands(&self) -> Result<&SnapshotCommands> {
        let none = || Error::internal(format!("the {} has no snapshot command", self.title()));
        self.settings.snapshots.as_deref().ok_or_else(none)
    }
}

/// Reads the ID of a snapshot, or returns why the text is not one. It goes into a file of lines, into the environment of
/// commands, and onto the screen.
fn read_id(printed: &str) -> std::result::Result<String, String> {
    let id = printed.trim();
    match id {
        "" => Err("no ID".to_owned()),
        id if id.len() > limits::SNAPSHOT_ID => {
            Err(format!("an ID of {} bytes; at most {} are allowed", id.len(), limits::SNAPSHOT_ID))
        }
        id if id.contains(char::is_control) => Err("an ID with control characters".to_owned()),
        id => Ok(id.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_short_line() {
        let long = "x".repeat(limits::SNAPSHOT_ID + 1);
        for (printed, id) in [
            ("snap-1\n", Ok("snap-1")),
            ("  arn:aws:x/y z \r\n", Ok("arn:aws:x/y z")),
            (&long[1..], Ok(&long[1..])),
            ("", Err("no ID")),
            (" \n", Err("no ID")),
            ("a\nb", Err("an ID with control characters")),
            ("a\u{1b}[2Jb", Err("an ID with control characters")),
            ("a\0b", Err("an ID with control characters")),
            (&long, Err("an ID of 1025 bytes; at most 1024 are allowed")),
        ] {
            assert_eq!(read_id(printed), id.map(str::to_owned).map_err(str::to_owned), "{printed:?}");
        }
    }
}
