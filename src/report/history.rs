//! Shows the history of a key.

use std::io::{BufWriter, Stdout, Write};

use super::Format;
use super::csv::CsvHistory;
use super::json::JsonLines;
use super::table_out::TableOut;
use super::tone::Tone;
use super::units::bytes;
use crate::engine::{Entries, KeyHistory};
use crate::error::Result;
use crate::model::{Aspect, Changes, Instant, Past};

type Out = BufWriter<Stdout>;

/// The entries of a key, shown as they arrive.
pub(crate) struct HistoryView<'a> {
    history: &'a KeyHistory,
    form: Form,
}

enum Form {
    Table(TableOut),
    Json(JsonLines<Out>),
    Csv(Box<CsvHistory<Out>>),
}

impl<'a> HistoryView<'a> {
    /// Creates an empty view.
    pub(crate) fn new(format: Format, history: &'a KeyHistory) -> Result<Self> {
        let out = BufWriter::new(std::io::stdout());
        let form = match format {
            Format::Table => Form::Table(TableOut::new()),
            Format::Json => Form::Json(JsonLines::new(out)),
            Format::Csv => Form::Csv(Box::new(CsvHistory::new(out)?)),
        };
        Ok(Self { history, form })
    }

    /// Shows an entry.
    pub(crate) fn entry(&mut self, past: &Past) -> Result<()> {
        let KeyHistory { key, at, .. } = self.history;
        match &mut self.form {
            Form::Table(out) => Ok(writeln!(out, "{}", history_line(past, *at))?),
            Form::Json(lines) => lines.entry(key, past),
            Form::Csv(csv) => csv.entry(key, past),
        }
    }

    /// Writes the end.
    pub(crate) fn finish(self, entries: Entries) -> Result<()> {
        let mut out = match self.form {
            Form::Json(mut lines) => return lines.flush(),
            Form::Csv(csv) => return csv.finish(),
            Form::Table(out) => out,
        };
        if let Some(at) = self.history.at.filter(|_| entries.count > 0 && !entries.reach_back) {
            let at = at.human();
            writeln!(
                out,
                "  no entry is that old: at {at} the key did not exist, or its version has expired"
            )?;
        }
        Ok(out.flush()?)
    }
}

/// Formats an entry in one line; an arrow marks the one live at `at`.
fn history_line(past: &Past, at: Option<Instant>) -> String {
    let version = &past.version;
    let size = if past.delete_marker { "deleted".to_owned() } else { bytes(version.size) };
    let class = if past.delete_marker { "" } else { &version.storage_class };
    let mut notes = Vec::new();
    if past.is_latest {
        notes.push("current".to_owned());
    }
    if let Some(at) = at.filter(|_| past.live_at) {
        let state = if past.delete_marker { "did not exist" } else { "live" };
        notes.push(format!("<-- {state} at {}", at.human()));
    }
    notes.extend(past.changes.as_ref().map(changes_note));
    let tone = if past.delete_marker { Tone::Danger } else { Tone::Plain };
    let line = format!(
        "  {}  {}  {class:<12}  {:<36}  {}",
        version.last_modified.human(),
        tone.paint(&format!("{size:>10}")),
        version.version_id,
        notes.join("  ")
    );
    line.trim_end().to_owned()
}

/// The differences of a version from the next older one, in words.
fn changes_note(changes: &Changes) -> String {
    let names =
        |aspects: &[Aspect]| aspects.iter().map(|aspect| aspect.name()).collect::<Vec<_>>().join(", ");
    match changes {
        Changes::Oldest => "oldest version".to_owned(),
        Changes::Compared { unknown, .. } if unknown.len() == Aspect::ALL.len() => {
            "changes unknown: a version cannot be read".to_owned()
        }
        Changes::Compared { changed, unknown } => {
            let mut parts = Vec::new();
            if !changed.is_empty() {
                parts.push(format!("changed: {}", names(changed)));
            }
            if !unknown.is_empty() {
                parts.push(format!("unknown: {}", names(unknown)));
            }
            if parts.is_empty() { "unchanged".to_owned() } else { parts.join("; ") }
        }
    }
}
