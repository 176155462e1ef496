//! Marks: past seconds with a name, at which nothing was being written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Instant;

/// Whether rows and objects of a mark's second agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consistency {
    /// The application was quiesced: nothing was being written.
    Quiesced,
    /// The recovery file named no quiesce hook: writers went on.
    Unquiesced,
    /// The mark is older than this note.
    #[default]
    Unknown,
}

impl Consistency {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Consistency::Quiesced => "quiesced",
            Consistency::Unquiesced => "unquiesced",
            Consistency::Unknown => "unknown",
        }
    }
}

/// A line of the marks file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkLine {
    /// Its name.
    pub name: String,
    /// The second, by the S3 server's clock.
    pub at: Instant,
    /// The recovery file that it was made with.
    pub file: String,
    /// Whether the application was quiesced.
    #[serde(default)]
    pub consistency: Consistency,
}

/// The newest mark of this name: it may have been replaced.
pub fn newest_mark(lines: &str, name: &str) -> Option<MarkLine> {
    read(lines).rev().find(|mark| mark.name == name)
}

/// The marks in the order of their seconds, without those that were replaced.
pub fn marks(lines: &str) -> Vec<MarkLine> {
    let newest: BTreeMap<_, _> = read(lines).map(|mark| (mark.name.clone(), mark)).collect();
    let mut marks: Vec<_> = newest.into_values().collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// What a full disk has torn is no mark.
fn read(lines: &str) -> impl DoubleEndedIterator<Item = MarkLine> {
    lines.lines().filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_given_again_is_the_newer_one() {
        let line = |name: &str, second: i64| {
            let at = Instant::from_millis(second * 1000);
            let (name, file, consistency) = (name.into(), "r.toml".into(), Consistency::Quiesced);
            serde_json::to_string(&MarkLine { name, at, file, consistency }).unwrap()
        };
        let lines = [line("a", 1), line("b", 2), line("a", 3), "torn {".to_owned()].join("\n");
        assert_eq!(newest_mark(&lines, "a").unwrap().at, Instant::from_millis(3000));
        assert_eq!(newest_mark(&lines, "b").unwrap().at, Instant::from_millis(2000));
        assert_eq!(newest_mark(&lines, "c"), None);
        let listed: Vec<_> = marks(&lines).into_iter().map(|mark| (mark.name, mark.at.second())).collect();
        assert_eq!(listed, [("b".to_owned(), 2), ("a".to_owned(), 3)]);
    }

    #[test]
    fn a_mark_of_an_older_asof_can_be_read() {
        let old = r#"{"name":"a","at":"2026-11-17T14:30:05Z","file":"r.toml"}"#;
        assert_eq!(newest_mark(old, "a").unwrap().consistency, Consistency::Unknown);
    }
}
