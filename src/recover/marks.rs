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
    /// The recovery file that it was made with; empty in a line that names none.
    #[serde(default)]
    pub file: String,
    /// Whether the application was quiesced.
    #[serde(default)]
    pub consistency: Consistency,
}

/// The marks file as it was read: a line that cannot be read spoils none of the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// In the order in which they were written.
    lines: Vec<MarkLine>,
    /// The numbers of the lines that cannot be read, from 1.
    pub unreadable: Vec<usize>,
}

/// What a mark's name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// This mark.
    Mark(MarkLine),
    /// Only other recovery files have a mark of the name: these.
    OfOtherFiles(Vec<MarkLine>),
    /// Several recovery files have one, and nothing says which is meant: these.
    Several(Vec<MarkLine>),
    /// No mark.
    Nothing,
}

impl Marks {
    /// Reads the marks file.
    pub fn read(bytes: &[u8]) -> Self {
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
    pub fn named(&self, name: &str, file: Option<&str>) -> Named {
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
    pub fn own(&self, name: &str, file: &str) -> Option<MarkLine> {
        self.newest().remove(&(file, name))
    }

    /// In the order of their seconds, without those that were replaced.
    pub fn listed(&self) -> Vec<MarkLine> {
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
mod tests {
    use super::*;

    fn mark(name: &str, file: &str, second: i64) -> MarkLine {
        let at = Instant::from_millis(second * 1000);
        MarkLine { name: name.into(), at, file: file.into(), consistency: Consistency::Quiesced }
    }

    fn marks(lines: &[MarkLine]) -> Marks {
        let lines: Vec<_> = lines.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
        Marks::read(lines.join("\n").as_bytes())
    }

    #[test]
    fn a_name_that_was_given_again_is_the_newer_one() {
        let marks = marks(&[mark("a", "r.toml", 1), mark("b", "r.toml", 2), mark("a", "r.toml", 3)]);
        for file in [None, Some("r.toml")] {
            assert_eq!(marks.named("a", file), Named::Mark(mark("a", "r.toml", 3)));
            assert_eq!(marks.named("b", file), Named::Mark(mark("b", "r.toml", 2)));
            assert_eq!(marks.named("c", file), Named::Nothing);
        }
        assert_eq!(marks.listed(), [mark("b", "r.toml", 2), mark("a", "r.toml", 3)]);
    }

    #[test]
    fn a_name_is_looked_for_among_the_marks_of_the_file() {
        let (a, b, old) = (mark("m", "a", 1), mark("m", "b", 2), mark("m", "", 3));
        let twin = mark("m", "b", 1);
        for (lines, file, named) in [
            (vec![a.clone(), b.clone()], Some("a"), Named::Mark(a.clone())),
            (vec![b.clone(), a.clone()], Some("b"), Named::Mark(b.clone())),
            (vec![b.clone()], Some("a"), Named::OfOtherFiles(vec![b.clone()])),
            (vec![a.clone(), b.clone()], Some("c"), Named::OfOtherFiles(vec![a.clone(), b.clone()])),
            (vec![old.clone()], Some("a"), Named::Mark(old.clone())),
            (vec![old.clone(), b.clone()], Some("a"), Named::Mark(old.clone())),
            (vec![a.clone(), old.clone()], Some("a"), Named::Mark(a.clone())),
            (vec![a.clone()], None, Named::Mark(a.clone())),
            (vec![a.clone(), b.clone()], None, Named::Several(vec![a.clone(), b])),
            (vec![a.clone(), twin.clone()], None, Named::Mark(twin)),
            (vec![], Some("a"), Named::Nothing),
            (vec![], None, Named::Nothing),
        ] {
            assert_eq!(marks(&lines).named("m", file), named, "{lines:?} {file:?}");
        }
    }

    #[test]
    fn two_files_have_names_of_their_own() {
        let marks = marks(&[mark("m", "a", 1), mark("m", "b", 2)]);
        assert_eq!(marks.listed().len(), 2);
        assert_eq!(marks.own("m", "a"), Some(mark("m", "a", 1)));
        assert_eq!(marks.own("m", "c"), None);
    }

    #[test]
    fn a_mark_of_an_older_asof_can_be_read() {
        for old in [
            r#"{"name":"a","at":"2026-11-17T14:30:05Z","file":"r.toml"}"#,
            r#"{"name":"a","at":"2026-11-17T14:30:05Z"}"#,
        ] {
            let Named::Mark(mark) = Marks::read(old.as_bytes()).named("a", Some("r.toml")) else {
                panic!("{old}")
            };
            assert_eq!(mark.consistency, Consistency::Unknown);
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_and_the_others_are_used() {
        let line = |mark: &MarkLine| serde_json::to_vec(mark).unwrap();
        let lines = [
            line(&mark("a", "r", 1)),
            b"{\"name\":\"\xFF\"}".to_vec(),
            line(&mark("b", "r", 2)),
            b"torn {".to_vec(),
        ];
        let marks = Marks::read(&lines.join(&b'\n'));
        assert_eq!(marks.unreadable, [2, 4]);
        assert_eq!(marks.listed(), [mark("a", "r", 1), mark("b", "r", 2)]);
        let ended = Marks::read(&[line(&mark("a", "r", 1)), Vec::new()].join(&b'\n'));
        assert_eq!(ended.unreadable, Vec::<usize>::new());
    }
}
