//! Marks: named past seconds in which nothing was being written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::snapshots::{LooseSnapshot, MarkEvent, loose};
use crate::db::command;
use crate::model::Instant;

/// The consistency of the rows and objects at a mark's second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Consistency {
    /// The application was quiesced: nothing was being written.
    Quiesced,
    /// The recovery file has no quiesce hook: the snapshots were begun within one second while writes continued.
    CrashConsistent,
    /// The recovery file has no quiesce hook: writes continued.
    Unquiesced,
    /// The mark was made by a version of asof that did not record it.
    #[default]
    Unknown,
}

impl Consistency {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Consistency::Quiesced => "quiesced",
            Consistency::CrashConsistent => "crash-consistent",
            Consistency::Unquiesced => "unquiesced",
            Consistency::Unknown => "unknown",
        }
    }
}

/// A mark: a named point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MarkLine {
    /// The name of the mark.
    pub name: String,
    /// The time of the mark, by the clock of the S3 server.
    pub at: Instant,
    /// The recovery file that the mark was made with; empty if there was none.
    #[serde(default)]
    pub file: String,
    /// The consistency of rows and objects at that second.
    #[serde(default)]
    pub consistency: Consistency,
    /// The snapshots of stores that were taken for the mark.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<MarkSnapshot>,
}

/// A snapshot of a store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MarkSnapshot {
    /// The name of the store.
    pub store: String,
    /// The ID that its snapshot command printed.
    pub id: String,
}

/// A line of the marks file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Event(MarkEvent),
    Mark(MarkLine),
}

/// The marks file as read: an unreadable line does not affect the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    /// The marks that have not expired, in file order.
    lines: Vec<MarkLine>,
    /// The events of the mark's snapshots, in file order.
    events: Vec<MarkEvent>,
    /// The numbers of unreadable lines, from 1.
    pub unreadable: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Mark(MarkLine),
    /// Only other recovery files have a mark of this name.
    OfOtherFiles(Vec<MarkLine>),
    /// Several recovery files have a mark of this name, and none was given.
    Several(Vec<MarkLine>),
    Nothing,
}

impl Marks {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut marks = Self::default();
        for (n, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            match serde_json::from_slice(line) {
                Ok(Line::Mark(mark)) => marks.lines.push(mark),
                Ok(Line::Event(MarkEvent::Expired { file, mark })) => {
                    marks.lines.retain(|line| (&line.file, &line.name) != (&file, &mark));
                }
                Ok(Line::Event(event)) => marks.events.push(event),
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(_) => marks.unreadable.push(n + 1),
            }
        }
        marks
    }

    /// Looks up a mark. Names are per recovery file: `before-deploy` of one file is another second, of other databases,
    /// than `before-deploy` of another.
    ///
    /// | requested with | marks of the name | |
    /// |---|---|---|
    /// | a recovery file | one of this file | that mark |
    /// | | else one of no file, as an older asof may have written | that mark |
    /// | | else those of other files | all of them, for the message; none is used |
    /// | no recovery file | of one file, or all of one second | the newest |
    /// | | of several files and seconds | all of them, for the message; none is used |
    ///
    /// The newest mark of a file and name counts: it may have replaced others.
    pub(crate) fn named(&self, name: &str, file: Option<&str>) -> Named {
        let mut all: Vec<_> = self.newest().into_values().filter(|mark| mark.name == name).collect();
        all.sort_by_key(|mark| mark.at);
        let Some(newest) = all.last() else { return Named::Nothing };
        let Some(file) = file else {
            let is_one_second = all.iter().all(|mark| mark.at == newest.at);
            return if is_one_second { Named::Mark(newest.clone()) } else { Named::Several(all) };
        };
        let of = |file: &str| all.iter().find(|mark| mark.file == file);
        of(file).or(of("")).cloned().map_or(Named::OfOtherFiles(all), Named::Mark)
    }

    /// The mark of this recovery file with this name.
    pub(crate) fn own(&self, name: &str, file: &str) -> Option<MarkLine> {
        self.newest().remove(&(file, name))
    }

    /// The marks of this recovery file, by time.
    pub(crate) fn of_file(&self, file: &str) -> Vec<MarkLine> {
        self.listed().into_iter().filter(|mark| mark.file == file).collect()
    }

    /// The snapshots of a store that marks of this recovery file have, by time.
    pub(crate) fn snapshots(&self, file: &str, store: &str) -> Vec<command::Snapshot> {
        let of_store = |mark: MarkLine| {
            let snapshot = mark.snapshots.into_iter().find(|snapshot| snapshot.store == store)?;
            Some(command::Snapshot { mark: mark.name, at: mark.at, id: snapshot.id })
        };
        self.of_file(file).into_iter().filter_map(of_store).collect()
    }

    /// The snapshots that were taken with this recovery file, or may have been, and that no mark has.
    pub(crate) fn loose(&self, file: &str) -> Vec<LooseSnapshot> {
        let kept = self.of_file(file).into_iter().flat_map(|mark| mark.snapshots).collect();
        loose(self.events.iter().filter(|event| event.file() == file), &kept)
    }

    /// All marks except replaced and expired ones, by time.
    pub(crate) fn listed(&self) -> Vec<MarkLine> {
        let mut marks: Vec<_> = self.newest().into_values().collect();
        marks.sort_by_key(|mark| mark.at);
        marks
    }

    /// The newest mark of each file and name.
    fn newest(&self) -> BTreeMap<(&str, &str), MarkLine> {
        self.lines.iter().map(|mark| ((&*mark.file, &*mark.name), mark.clone())).collect()
    }
}

#[cfg(test)]
mod tests;
