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
struct CountRow<'a> {
    word: &'a str,
    tone: Tone,
    keys: u64,
    bytes: Option<u64>,
    meaning: &'a str,
}

impl CountRow<'_> {
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
        self.kinds(sums, out)?;
        self.doubts(sums, out)?;
        self.remarks(sums, out)?;
        Ok(writeln!(out)?)
    }

    fn row(self, row: &CountRow<'_>, out: &mut impl Write) -> Result<()> {
        Ok(writeln!(out, "{}", row.render(self.screen))?)
    }

    fn kinds(self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        let purpose = self.purpose;
        // Other files in a directory are not looked at, and a heal deletes nothing.
        let hidden = matches!(purpose, Purpose::Directory { .. } | Purpose::Heal).then_some(Action::Delete);
        for action in Action::ALL.into_iter().filter(|action| Some(*action) != hidden) {
            let (tally, (word, meaning)) = (sums.of(action), purpose.words(action));
            let tone = Tone::of_change(purpose, action);
            self.row(&CountRow { word, tone, keys: tally.keys, bytes: Some(tally.bytes), meaning }, out)?;
        }
        let plain = |word, keys, meaning| CountRow { word, tone: Tone::Plain, keys, bytes: None, meaning };
        self.row(&plain("unchanged", sums.unchanged, ""), out)?;
        if sums.excluded > 0 {
            let meaning = "changes of other kinds, excluded by --only";
            self.row(&plain("excluded", sums.excluded, meaning), out)?;
        }
        if sums.same_content > 0 {
            let meaning = match purpose {
                Purpose::Directory { .. } => "different time, same content",
                _ => "different version, same content",
            };
            self.row(&plain("same", sums.same_content, meaning), out)?;
        }
        Ok(())
    }

    fn doubts(self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        let archived = sums.with_doubt(Doubt::Archived);
        let to_thaw = matches!(self.purpose, Purpose::Restore | Purpose::Elsewhere)
            .then_some((Doubt::Archived, archived));
        for (doubt, keys) in sums.uncertain().into_iter().chain(to_thaw).filter(|(_, keys)| *keys > 0) {
            let (word, tone) = (doubt.name(), Tone::Caution);
            self.row(&CountRow { word, tone, keys, bytes: None, meaning: meaning(doubt) }, out)?;
        }
        if let Some(line) = uncertain_line(sums) {
            writeln!(out, "  {line}")?;
        }
        if let Some(keys) = straddling_keys(sums) {
            writeln!(out, "  of the unchanged keys, {keys}")?;
        }
        for (caution, keys) in sums.cautions() {
            let (word, meaning) = (caution.name(), caution_meaning(caution));
            self.row(&CountRow { word, tone: Tone::Plain, keys, bytes: None, meaning }, out)?;
        }
        Ok(())
    }

    fn remarks(self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        if sums.unverifiable > 0 && self.purpose == Purpose::VerifyDirectory {
            writeln!(out, "  {}", sizes_only(sums.unverifiable))?;
        } else if sums.unverifiable > 0 {
            writeln!(
                out,
                "  {} shown as {} may have the same content: no checksum, or no permission (s3:GetObjectVersion), to compare",
                count(sums.unverifiable),
                self.purpose.words(Action::Revert).0
            )?;
        }
        if sums.unknown_keys > 0 {
            let keys = plural(sums.unknown_keys, "key", "keys");
            writeln!(out, "  {keys} requested by name never existed here")?;
        }
        Ok(())
    }
}
