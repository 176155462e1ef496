//! Lists what was live at T, as `aws s3 ls` lists what is.

use std::io::{BufWriter, Stdout, Write};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::csv::{csv_list_header, csv_listed};
use super::json::{JsonLines, Line, SummaryLine, append_line, millis};
use super::table_out::TableOut;
use super::units::bytes;
use crate::counters::Counters;
use crate::engine::{FolderAt, KeyAt, ViewEntry};
use crate::error::Result;
use crate::model::{Instant, Location, printable};
use crate::resolve::{Caution, Doubt};

/// The look of a table of keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListStyle {
    /// The number of bytes at the beginning of each key that are not shown.
    pub hidden: usize,
    /// Sizes in units.
    pub sizes: Sizes,
    /// The lines after the list.
    pub ending: Ending,
}

/// The form of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sizes {
    /// As numbers of bytes.
    Bytes,
    /// In the largest unit that fits.
    Units,
}

/// The end of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing.
    None,
    /// The number of keys and their size.
    Totals,
}

/// The counts of a list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Listed {
    /// Keys, uncertain ones included.
    pub keys: u64,
    /// Folders.
    pub folders: u64,
    /// The size of the keys.
    pub bytes: u64,
    /// Uncertain keys and folders.
    pub uncertain: u64,
}

/// The lines of a list, and their counts.
pub(crate) struct ListLines {
    format: Format,
    style: ListStyle,
    /// The counts of the lines so far.
    pub listed: Listed,
}

impl ListLines {
    /// Appends an entry's line.
    pub(crate) fn line(&mut self, entry: &ViewEntry, text: &mut Vec<u8>) -> Result<()> {
        let line = ListedLine::of(entry);
        self.listed.add(&line);
        match self.format {
            Format::Table => Ok(self.style.row(&line, text)?),
            Format::Json => append_line(text, line.into()),
            Format::Csv => csv_listed(&line, text),
        }
    }
}

/// The list on stdout.
pub(crate) enum ListOut {
    Table(TableOut),
    Json(JsonLines<BufWriter<Stdout>>),
    Csv(BufWriter<Stdout>),
}

impl ListOut {
    /// Begins a list.
    pub(crate) fn new(format: Format, style: ListStyle) -> Result<(ListLines, Self)> {
        let mut out = BufWriter::new(std::io::stdout());
        let form = match format {
            Format::Table => Self::Table(TableOut::new()),
            Format::Json => Self::Json(JsonLines::new(out)),
            Format::Csv => {
                csv_list_header(&mut out)?;
                Self::Csv(out)
            }
        };
        Ok((ListLines { format, style, listed: Listed::default() }, form))
    }

    /// Shows lines, at once: a list of a large bucket is seen to grow.
    pub(crate) fn show(&mut self, text: &[u8]) -> Result<()> {
        match self {
            Self::Table(out) => Ok(out.write_all(text).and_then(|()| out.flush())?),
            Self::Json(lines) => lines.text(text).and_then(|()| lines.flush()),
            Self::Csv(out) => Ok(out.write_all(text).and_then(|()| out.flush())?),
        }
    }

    /// Writes the end.
    pub(crate) fn finish(self, lines: &ListLines, about: &ListAbout<'_>, counters: &Counters) -> Result<()> {
        let ListLines { style, listed, .. } = lines;
        match self {
            Self::Json(mut lines) => lines.last(SummaryLine::List(listed.summary(about, counters))),
            Self::Csv(mut out) => Ok(out.flush()?),
            Self::Table(mut out) => {
                if style.ending == Ending::Totals {
                    writeln!(out, "\nTotal Objects: {}", listed.keys)?;
                    writeln!(out, "   Total Size: {}", style.sizes.of(listed.bytes))?;
                }
                Ok(out.flush()?)
            }
        }
    }
}

/// The subject of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListAbout<'a> {
    /// The bucket and prefix.
    pub location: &'a Location,
    /// The target time.
    pub at: Instant,
    /// The duration of the command.
    pub elapsed: Duration,
}

impl Listed {
    fn add(&mut self, line: &ListedLine<'_>) {
        match line {
            ListedLine::Folder(folder) => {
                self.folders += 1;
                self.uncertain += u64::from(folder.uncertain);
            }
            ListedLine::Object(object) => {
                self.keys += 1;
                self.bytes += object.size.unwrap_or_default();
                self.uncertain += u64::from(!object.doubts.is_empty());
            }
        }
    }

    /// Returns whether nothing was listed.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys + self.folders == 0
    }

    fn summary<'a>(&self, about: &ListAbout<'a>, counters: &Counters) -> ListSummary<'a> {
        let Self { keys, folders, bytes, uncertain } = *self;
        let ListAbout { location: Location { bucket, prefix }, at, elapsed } = *about;
        let list_requests = counters.list_requests.get();
        let elapsed_ms = millis(elapsed);
        ListSummary {
            command: "ls",
            bucket,
            prefix,
            at,
            keys,
            folders,
            bytes,
            uncertain,
            list_requests,
            elapsed_ms,
        }
    }
}

impl Sizes {
    fn of(self, size: u64) -> String {
        match self {
            Self::Bytes => size.to_string(),
            Self::Units => bytes(size),
        }
    }
}

impl ListStyle {
    /// Appends an entry's line: time and size in the columns of `aws s3 ls`, and the name.
    fn row<'a>(&self, line: &ListedLine<'a>, text: &mut Vec<u8>) -> std::io::Result<()> {
        let shown = |name: &'a str| printable(name.get(self.hidden..).unwrap_or(name));
        match line {
            ListedLine::Folder(FolderLine { prefix, uncertain }) => {
                let note = if *uncertain { "   (uncertain)" } else { "" };
                writeln!(text, "{:>30} {}{note}", "PRE", shown(prefix))
            }
            ListedLine::Object(ObjectLine { key, last_modified, size, doubts, cautions, .. }) => {
                let time = last_modified.map(Instant::human).unwrap_or_default();
                let time = time.strip_suffix(" UTC").unwrap_or(&time);
                let size = size.map_or_else(|| "?".to_owned(), |size| self.sizes.of(size));
                write!(text, "{time:<19} {size:>10} {}", shown(key))?;
                let doubts = doubts.iter().map(|doubt| format!("uncertain: {}", doubt.name()));
                let notes = doubts.chain(cautions.iter().map(|caution| caution.name().to_owned()));
                let notes = notes.collect::<Vec<_>>();
                if notes.is_empty() { writeln!(text) } else { writeln!(text, "   ({})", notes.join(", ")) }
            }
        }
    }
}

/// A listed entry.
pub(super) enum ListedLine<'a> {
    Folder(FolderLine<'a>),
    Object(ObjectLine<'a>),
}

impl<'a> From<ListedLine<'a>> for Line<'a> {
    fn from(line: ListedLine<'a>) -> Self {
        match line {
            ListedLine::Folder(folder) => Self::Folder(folder),
            ListedLine::Object(object) => Self::Object(object),
        }
    }
}

impl<'a> ListedLine<'a> {
    fn of(entry: &'a ViewEntry) -> Self {
        match entry {
            ViewEntry::Folder { prefix, state } => {
                Self::Folder(FolderLine { prefix, uncertain: *state == FolderAt::Uncertain })
            }
            ViewEntry::Key { key, state } => {
                let (live, doubts) = match state {
                    KeyAt::Live(live) => (Some(live), &[][..]),
                    KeyAt::Uncertain { live, doubts } => (live.as_ref(), &doubts[..]),
                    KeyAt::Absent => (None, &[][..]),
                };
                let version = live.map(|live| &live.version);
                Self::Object(ObjectLine {
                    key,
                    version_id: version.map(|version| &*version.version_id),
                    last_modified: version.map(|version| version.last_modified),
                    size: version.map(|version| version.size),
                    etag: version.map(|version| &*version.etag),
                    storage_class: version.map(|version| &*version.storage_class),
                    doubts,
                    cautions: live.map(|live| &live.cautions[..]).unwrap_or_default(),
                })
            }
        }
    }
}

/// A folder that contained a live key at T.
#[derive(Serialize, JsonSchema)]
pub(super) struct FolderLine<'a> {
    /// The beginning of the keys, up to and including the `/`.
    pub prefix: &'a str,
    /// True if no key in it is known to have been live, but some may have been.
    pub uncertain: bool,
}

/// A key that was live at T, or may have been. The version is null if none was live according to the listing.
#[derive(Serialize, JsonSchema)]
pub(super) struct ObjectLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The version ID.
    pub version_id: Option<&'a str>,
    /// The creation time of the version.
    pub last_modified: Option<Instant>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// The ETag, without quotes.
    pub etag: Option<&'a str>,
    /// The storage class, such as `STANDARD`.
    pub storage_class: Option<&'a str>,
    /// The reasons why the state at T is uncertain.
    pub doubts: &'a [Doubt],
    /// Cautions about the version.
    pub cautions: &'a [Caution],
}

/// The counts of `asof ls`.
#[derive(Serialize, JsonSchema)]
pub(super) struct ListSummary<'a> {
    #[schemars(extend("const" = "ls"))]
    command: &'static str,
    /// The bucket.
    bucket: &'a str,
    /// The prefix.
    prefix: &'a str,
    /// The target time.
    at: Instant,
    /// Keys listed, uncertain ones included.
    keys: u64,
    /// Folders listed.
    folders: u64,
    /// The size of the keys listed, in bytes.
    bytes: u64,
    /// Keys and folders listed whose state at T is uncertain.
    uncertain: u64,
    /// List requests sent.
    list_requests: u64,
    /// The duration of the command in milliseconds.
    elapsed_ms: u64,
}
