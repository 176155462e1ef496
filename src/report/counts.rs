//! The counts of a comparison, one row per kind.

use std::io::Write;

use super::diff::sizes_only;
use super::doubt::{caution_meaning, meaning, straddling_keys, uncertain_line};
use super::heading::Purpose;
use super::screen::Screen;
use super::tone::Tone;
use super::units::{bytes, count, plural};
use crate::error::Result;
use crate::limits;
use crate::plan::{Action, Sums};
use crate::resolve::Doubt;

/// The column of the meanings.
const MEANING: usize = 43;

/// Formats counts for a purpose and a screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub purpose: Purpose,
    pub screen: Screen,
}

/// One row: a kind of key, how many there are, and what the kind means.
pub(super) struct CountRow {
    pub word: &'static str,
    tone: Tone,
    pub keys: u64,
    pub bytes: Option<u64>,
    pub meaning: &'static str,
}

/// A line of counts.
pub(super) enum CountLine {
    Row(CountRow),
    /// A sentence about some of the keys.
    Remark(String),
}

impl CountRow {
    /// In columns, or as a phrase where columns would not fit.
    fn render(&self, screen: Screen) -> String {
        let Self { word, tone, keys, bytes: size, meaning } = self;
        let keys = count(*keys);
        let size = size.map(bytes).unwrap_or_default();
        // Nothing is red because there is none of it.
        let tone = if keys == "0" { Tone::Plain } else { *tone };
        if screen.columns.is_some_and(|columns| columns < limits::COLUMNS_OF_COUNTS) {
            let size = if size.is_empty() { size } else { format!(" ({size})") };
            let meaning = if meaning.is_empty() { String::new() } else { format!(": {meaning}") };
            return format!("  {} {keys}{size}{meaning}", tone.paint(word));
        }
        let row = format!("  {} {keys:>12} {size:>12}   {meaning}", tone.paint(&format!("{word:<12}")));
        screen.wrap(row.trim_end(), MEANING)
    }
}

impl Counts {
    pub(super) fn write(self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        if self.screen.columns.is_none_or(|columns| columns >= limits::COLUMNS_OF_COUNTS) {
            writeln!(out, "  {:<12} {:>12} {:>12}", "", "keys", "bytes")?;
        }
        for line in self.lines(sums) {
            match line {
                CountLine::Row(row) => writeln!(out, "{}", row.render(self.screen))?,
                CountLine::Remark(text) => writeln!(out, "  {text}")?,
            }
        }
        Ok(writeln!(out)?)
    }

    /// Returns the counts: by kind of change, by doubt and caution, then the remarks.
    pub(super) fn lines(self, sums: &Sums) -> Vec<CountLine> {
        let rows = self.kinds(sums).into_iter().map(CountLine::Row);
        rows.chain(self.doubts(sums)).chain(self.remarks(sums).into_iter().map(CountLine::Remark)).collect()
    }

    fn kinds(self, sums: &Sums) -> Vec<CountRow> {
        let purpose = self.purpose;
        // Other files in a directory are not looked at, and a heal deletes nothing.
        let hidden = matches!(purpose, Purpose::Directory { .. } | Purpose::Heal).then_some(Action::Delete);
        let actions = Action::ALL.into_iter().filter(|action| Some(*action) != hidden);
        let mut rows: Vec<_> = actions
            .map(|action| {
                let (tally, (word, meaning)) = (sums.of(action), purpose.words(action));
                let tone = Tone::of_change(purpose, action);
                CountRow { word, tone, keys: tally.keys, bytes: Some(tally.bytes), meaning }
            })
            .collect();
        rows.push(plain("unchanged", sums.unchanged, ""));
        if sums.excluded > 0 {
            rows.push(plain("excluded", sums.excluded, "changes of other kinds, excluded by --only"));
        }
        if sums.same_content > 0 {
            let meaning = match purpose {
                Purpose::Directory { .. } => "different time, same content",
                _ => "different version, same content",
            };
            rows.push(plain("same", sums.same_content, meaning));
        }
        rows
    }

    fn doubts(self, sums: &Sums) -> Vec<CountLine> {
        let archived = sums.with_doubt(Doubt::Archived);
        let to_thaw = matches!(self.purpose, Purpose::Restore | Purpose::Elsewhere)
            .then_some((Doubt::Archived, archived));
        let doubts = sums.uncertain().into_iter().chain(to_thaw).filter(|(_, keys)| *keys > 0);
        let doubts = doubts.map(|(doubt, keys)| CountRow {
            tone: Tone::Caution,
            ..plain(doubt.name(), keys, meaning(doubt))
        });
        let mut lines: Vec<_> = doubts.map(CountLine::Row).collect();
        lines.extend(uncertain_line(sums).map(CountLine::Remark));
        lines.extend(
            straddling_keys(sums).map(|keys| CountLine::Remark(format!("of the unchanged keys, {keys}"))),
        );
        let cautions = sums.cautions();
        lines
            .extend(cautions.map(|(caution, keys)| {
                CountLine::Row(plain(caution.name(), keys, caution_meaning(caution)))
            }));
        lines
    }

    fn remarks(self, sums: &Sums) -> Vec<String> {
        let mut remarks = Vec::new();
        if sums.unverifiable > 0 && self.purpose == Purpose::VerifyDirectory {
            remarks.push(sizes_only(sums.unverifiable));
        } else if sums.unverifiable > 0 {
            remarks.push(format!(
                "{} shown as {} may have the same content: no checksum, or no permission (s3:GetObjectVersion), to compare",
                count(sums.unverifiable),
                self.purpose.words(Action::Revert).0
            ));
        }
        if sums.unknown_keys > 0 {
            let keys = plural(sums.unknown_keys, "key", "keys");
            remarks.push(format!("{keys} requested by name never existed here"));
        }
        remarks
    }
}

fn plain(word: &'static str, keys: u64, meaning: &'static str) -> CountRow {
    CountRow { word, tone: Tone::Plain, keys, bytes: None, meaning }
}
