//! Marks: past seconds with a name, at which nothing was being written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Instant;

/// Whether the rows and objects of a mark's second are consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Consistency {
    /// The application was quiesced: nothing was being written.
    Quiesced,
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
    /// Whether the application was quiesced.
    #[serde(default)]
    pub consistency: Consistency,
}

/// The marks file as it was read: a line that cannot be read spoils none of the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    /// In the order in which they were written.
    lines: Vec<MarkLine>,
    /// The numbers of the lines that cannot be read, from 1.
    pub unreadable: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Mark(MarkLine),
    /// Only other recovery files have a mark of the name: these.
    OfOtherFiles(Vec<MarkLine>),
    /// Several recovery files have one, and nothing says which is meant: these.
    Several(Vec<MarkLine>),
    Nothing,
}

impl Marks {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut marks = Self::default();
        for (n, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            match serde_json::from_slice(line) {
                Ok(mark) => marks.lines.push(mark),
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(_) => marks.unreadable.push(n + 1),
            }
        }
        marks
    }

    /// The mark of a name. Each recovery file has names of its own: `before-deploy` of one is another second, of other
    /// databases, than `before-deploy` of the next.
    ///
    /// | asked for with | marks of the name | |
    /// |---|---|---|
    /// | a recovery file | one of this file | that |
    /// | | else one of no file, as an older asof may have written | that |
    /// | | else those of other files | these, for the message: none of them is taken |
    /// | no recovery file | of one file, or all of one second | the newest |
    /// | | of several files and seconds | these, for the message: none of them is taken |
    ///
    /// Of one file and name the newest counts: it may have been replaced.
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

    /// The mark of a recovery file's own that has a name.
    pub(crate) fn own(&self, name: &str, file: &str) -> Option<MarkLine> {
        self.newest().remove(&(file, name))
    }

    /// In the order of their seconds, without those that were replaced.
    pub(crate) fn listed(&self) -> Vec<MarkLine> {
        let mut marks: Vec<_> = self.newest().into_values().collect();
        marks.sort_by_key(|mark| mark.at);
        marks
    }

    /// By file and name, the newest of each.
    fn newest(&self) -> BTreeMap<(&str, &str), MarkLine> {
        self.lines.iter().map(|mark| ((&*mark.file, &*mark.name), mark.clone())).collect()
    }
}

#[cfg(test)]
mod tests;
