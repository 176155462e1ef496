//! Prints results as CSV with a header line. Absent values are empty.

use std::io::Write;

use super::listing::{FolderLine, ListedLine, ObjectLine};
use crate::error::Result;
use crate::model::{Aspect, Changes, Past, Version};
use crate::plan::Change;

/// The buffer for one line of text, in bytes; a longer one is written in parts.
const LINE: usize = 2 << 10;

/// Writes changes or mismatches, one per line.
#[derive(Debug)]
pub(crate) struct CsvChanges<W: Write>(csv::Writer<W>);

impl<W: Write> CsvChanges<W> {
    /// Creates a writer and writes the header.
    pub(crate) fn new(out: W) -> Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record([
            "key",
            "change",
            "then_version_id",
            "then_last_modified",
            "then_size",
            "then_etag",
            "now_version_id",
            "now_last_modified",
            "now_size",
            "now_etag",
            "cautions",
            "doubts",
        ])
        .map_err(of_stream)?;
        Ok(Self(csv))
    }

    /// Writes a change.
    pub(crate) fn change(&mut self, change: &Change) -> Result<()> {
        let mut record = vec![change.key.clone(), change.action.name().to_owned()];
        record.extend(fields(change.then.as_ref()));
        record.extend(fields(change.now.as_ref()));
        let cautions: Vec<_> = change.cautions.iter().map(|c| c.name()).collect();
        record.push(cautions.join(" "));
        let doubts: Vec<_> = change.doubts.iter().map(|d| d.name()).collect();
        record.push(doubts.join(" "));
        Ok(self.0.write_record(record).map_err(of_stream)?)
    }

    /// Flushes the buffer.
    pub(crate) fn finish(mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }
}

/// Returns the error of the stream itself, not wrapped, so that a closed pipe is recognized.
pub(super) fn of_stream(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(e) => e,
        kind => std::io::Error::other(format!("{kind:?}")),
    }
}

fn fields(version: Option<&Version>) -> [String; 4] {
    version.map_or_else(Default::default, |v| {
        [v.version_id.clone(), v.last_modified.to_string(), v.size.to_string(), v.etag.clone()]
    })
}

/// Writes the history of a key, one entry per line.
#[derive(Debug)]
pub(crate) struct CsvHistory<W: Write>(csv::Writer<W>);

impl<W: Write> CsvHistory<W> {
    /// Creates a writer and writes the header.
    pub(crate) fn new(out: W) -> Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record([
            "key",
            "type",
            "version_id",
            "last_modified",
            "size",
            "etag",
            "storage_class",
            "is_latest",
            "live_at",
            "changed",
            "unknown",
        ])
        .map_err(of_stream)?;
        Ok(Self(csv))
    }

    /// Writes an entry.
    pub(crate) fn entry(&mut self, key: &str, past: &Past) -> Result<()> {
        let version = &past.version;
        let (kind, size) = if past.delete_marker {
            ("delete_marker", String::new())
        } else {
            ("version", version.size.to_string())
        };
        let names =
            |aspects: &[Aspect]| aspects.iter().map(|aspect| aspect.name()).collect::<Vec<_>>().join(" ");
        let (changed, unknown) = match &past.changes {
            Some(Changes::Compared { changed, unknown }) => (names(changed), names(unknown)),
            Some(Changes::Oldest) | None => Default::default(),
        };
        let record = [
            key,
            kind,
            &version.version_id,
            &version.last_modified.to_string(),
            &size,
            &version.etag,
            &version.storage_class,
            if past.is_latest { "true" } else { "false" },
            if past.live_at { "true" } else { "false" },
            &changed,
            &unknown,
        ];
        Ok(self.0.write_record(record).map_err(of_stream)?)
    }

    /// Flushes the buffer.
    pub(crate) fn finish(mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }
}

/// Writes the header of a list.
pub(super) fn csv_list_header(out: &mut impl Write) -> Result<()> {
    let header =
        ["type", "key", "version_id", "last_modified", "size", "etag", "storage_class", "cautions", "doubts"];
    Ok(writeln!(out, "{}", header.join(","))?)
}

/// Appends a key or folder of a list.
pub(super) fn csv_listed(line: &ListedLine<'_>, text: &mut Vec<u8>) -> Result<()> {
    let record = match line {
        ListedLine::Folder(FolderLine { prefix, uncertain }) => {
            let mut record = <[String; 9]>::default();
            let [kind, key, .., doubts] = &mut record;
            "folder".clone_into(kind);
            (*prefix).clone_into(key);
            *doubts = if *uncertain { "uncertain".to_owned() } else { String::new() };
            record
        }
        ListedLine::Object(object) => {
            let ObjectLine { key, version_id, last_modified, size, etag, storage_class, .. } = object;
            let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
            let cautions: Vec<_> = object.cautions.iter().map(|c| c.name()).collect();
            let doubts: Vec<_> = object.doubts.iter().map(|d| d.name()).collect();
            [
                "object".to_owned(),
                (*key).to_owned(),
                text(*version_id),
                last_modified.map(|time| time.to_string()).unwrap_or_default(),
                size.map(|size| size.to_string()).unwrap_or_default(),
                text(*etag),
                text(*storage_class),
                cautions.join(" "),
                doubts.join(" "),
            ]
        }
    };
    let mut csv = csv::WriterBuilder::new().buffer_capacity(LINE).from_writer(text);
    csv.write_record(record).map_err(of_stream)?;
    Ok(csv.flush()?)
}
