//! Reads a plan file; the whole file is verified before its first change is returned.

use std::fs::File;
use std::io;
use std::iter::Peekable;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::lines::{FrameStart, Frames, Lines, Source};
use super::trailer::{damage, stated_crc32};
use super::{FORMAT, Format, Header, Kind, Trailer};
use crate::error::{Error, ErrorKind, Result};
use crate::model::printable;
use crate::plan::{Change, Sums};

/// A verified plan.
#[derive(Debug)]
pub struct PlanFile {
    /// The header.
    pub header: Header,
    /// The counts of the plan.
    pub sums: Sums,
    /// The trailer.
    pub trailer: Trailer,
    /// The CRC-32 at its end, in hexadecimal.
    pub crc32: String,
    /// The changes.
    pub changes: Changes,
    source: Source,
    frames: Frames,
}

impl PlanFile {
    /// Opens and verifies a plan. Reads it twice, in constant memory: its bytes for the CRC-32, its lines for their
    /// contents and number. Fails if it is not a complete plan in a supported format.
    pub fn open(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|e| unreadable(path, &e))?;
        if !file.metadata().is_ok_and(|there| there.is_file()) {
            let message = format!("cannot read the plan {}: it is not a regular file", path.display());
            return Err(Error::usage(message).hint("save it to a file: it is read more than once"));
        }
        let beginning = file.try_clone().map_err(|e| unreadable(path, &e))?;
        check_format(&mut Lines::of(Source::new(beginning), path)?)?;
        if let Some(what) = damage(&mut file).map_err(|e| unreadable(path, &e))? {
            return Err(damaged(path, what));
        }
        let crc32 = stated_crc32(&mut file).map_err(|e| unreadable(path, &e))?;
        let source = Source::new(file);
        let mut lines = Lines::of(source.at(0), path)?;
        let header: Header = lines.first()?;
        let Checked { sums, trailer, frames } = check_changes(&mut lines, &header)?;
        let changes = range(&source, path, &frames, 0..trailer.changes())?;
        Ok(Self { header, sums, trailer, crc32, changes, source, frames })
    }

    #[cfg(test)]
    pub(super) fn frames(&self) -> &Frames {
        &self.frames
    }

    /// Returns the changes of this range.
    pub(super) fn range(&self, numbers: Range<u64>) -> Result<Changes> {
        range(&self.source, &self.changes.lines.path, &self.frames, numbers)
    }
}

/// Starts reading at the first of these changes, from the last frame before it.
fn range(source: &Source, path: &Path, frames: &Frames, Range { start, end }: Range<u64>) -> Result<Changes> {
    let frame = frames.before(start);
    let mut lines = Lines::of(source.at(frame.map_or(0, |frame| frame.offset)), path)?;
    // In plans before format 1.1, one frame holds the header and every change.
    let skipped = frame.map_or(start + 1, |frame| start - frame.n);
    for _ in 0..skipped {
        lines.next()?;
    }
    Ok(Changes { lines, next: start, end })
}

/// Returns the CRC-32 at the end of a plan, which identifies it. Does not verify the file.
pub fn named_crc32(path: &Path) -> Result<String> {
    File::open(path).and_then(|mut file| stated_crc32(&mut file)).map_err(|e| unreadable(path, &e))
}

/// Returns true if the file at `path` may be replaced, because it is empty or starts like a plan, in any format and
/// however damaged further on.
pub(super) fn may_replace(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    if file.metadata().is_ok_and(|there| there.len() == 0) {
        return true;
    }
    let beginning = Lines::of(Source::new(file), path).and_then(|mut lines| lines.first::<Beginning>());
    beginning.is_ok_and(|beginning| matches!(beginning.kind, Kind::Plan))
}

/// Fails if the file is not a plan or has another major version: in that case even the rest of the header is unknown.
fn check_format(lines: &mut Lines) -> Result<()> {
    let path = lines.path.clone();
    let begins = lines.next().ok().flatten().and_then(|line| serde_json::from_slice::<Beginning>(line).ok());
    match begins {
        Some(Beginning { kind: Kind::Plan, format, .. }) if format.major == FORMAT.major => Ok(()),
        Some(Beginning { kind: Kind::Plan, format, asof }) => Err(Error::usage(format!(
            "the plan {} has format {format}, written by asof {asof}; this version, {}, reads {}.x",
            path.display(),
            env!("CARGO_PKG_VERSION"),
            FORMAT.major
        ))
        .hint("apply it with the version that wrote it, or create it again: asof diff … --out")),
        _ => Err(Error::usage(format!("{} is not a plan, or its header is damaged", path.display()))
            .hint(MAKE_ONE)),
    }
}

/// The result of verifying a plan.
struct Checked {
    sums: Sums,
    trailer: Trailer,
    frames: Frames,
}

/// Verifies all changes and the trailer, and notes the frames.
fn check_changes(lines: &mut Lines, header: &Header) -> Result<Checked> {
    let path = lines.path.clone();
    let mut counted = Sums::default();
    let mut frames = Frames::default();
    let mut last: Option<String> = None;
    loop {
        let Some(line) = lines.next()? else { return Err(damaged(&path, "it has no trailer")) };
        match parse::<Begin>(line, &path)?.kind {
            Kind::Plan => return Err(damaged(&path, "it has two headers")),
            Kind::Trailer => break,
            Kind::Change => {}
        }
        let change: Change = parse(line, &path)?;
        if let Some(offset) = lines.frame_start() {
            frames.add(FrameStart { n: counted.changes(), offset });
        }
        let in_order = last.is_none_or(|last| last < change.key) && change.key.starts_with(&header.prefix);
        if !in_order || !change.is_whole() {
            let key = printable(&change.key);
            return Err(damaged(&path, &format!("the change of {key} is out of order or has no version")));
        }
        counted.add(&change);
        last = Some(change.key);
    }
    let trailer: Trailer = parse(&lines.line, &path)?;
    if lines.next()?.is_some() {
        return Err(damaged(&path, "it has data after its trailer"));
    }
    match trailer.complete(counted) {
        Some(sums) => Ok(Checked { sums, trailer, frames }),
        None => Err(damaged(&path, "its trailer does not match its changes")),
    }
}

/// The fields that the header of every format has.
#[derive(Deserialize)]
struct Beginning {
    #[serde(rename = "type")]
    kind: Kind,
    format: Format,
    #[serde(default)]
    asof: String,
}

/// The field that every line has.
#[derive(Deserialize)]
struct Begin {
    #[serde(rename = "type")]
    kind: Kind,
}

/// The changes of a plan, with their indexes.
#[derive(Debug)]
pub struct Changes {
    lines: Lines,
    next: u64,
    end: u64,
}

impl Changes {
    /// Returns the number of changes that are still to be read.
    pub fn len(&self) -> u64 {
        self.end - self.next
    }

    /// Returns true if no changes are left to be read.
    pub fn is_empty(&self) -> bool {
        self.next == self.end
    }

    /// Converts to a lookup by key.
    pub fn by_key(self) -> ByKey {
        ByKey(self.peekable())
    }

    fn read(&mut self) -> Result<Change> {
        let line = self.lines.next().ok().flatten();
        line.and_then(|line| serde_json::from_slice(line).ok()).filter(Change::is_whole).ok_or_else(|| {
            Error::new(
                ErrorKind::Corrupt,
                format!("the plan {} was altered while it was being read", self.lines.path.display()),
            )
            .hint("see the remaining changes: asof diff")
        })
    }
}

impl Iterator for Changes {
    type Item = Result<(u64, Change)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.end {
            return None;
        }
        let index = self.next;
        let change = self.read();
        self.next = if change.is_ok() { index + 1 } else { self.end };
        Some(change.map(|change| (index, change)))
    }
}

/// The changes of a plan by key; keys must be looked up in order.
#[derive(Debug)]
pub struct ByKey(Peekable<Changes>);

impl ByKey {
    /// Returns the change of a key, if there is one.
    pub fn get(&mut self, key: &str) -> Result<Option<(u64, Change)>> {
        let before = |change: &Result<(u64, Change)>| matches!(change, Ok((_, change)) if *change.key < *key);
        while self.0.next_if(before).is_some() {}
        let is_error_or_it =
            |change: &Result<(u64, Change)>| !matches!(change, Ok((_, change)) if change.key != key);
        self.0.next_if(is_error_or_it).transpose()
    }
}

pub(super) fn parse<T: DeserializeOwned>(line: &[u8], path: &Path) -> Result<T> {
    serde_json::from_slice(line).map_err(|e| damaged(path, "it has an unreadable line").because(e))
}

const MAKE_ONE: &str = "create one: asof diff s3://BUCKET --at TIME --out PLAN";

pub(super) fn unreadable(path: &Path, e: &io::Error) -> Error {
    Error::usage(format!("cannot read the plan {}: {e}", path.display())).hint(MAKE_ONE)
}

pub(super) fn damaged(path: &Path, what: &str) -> Error {
    Error::usage(format!("the plan {} is damaged: {what}", path.display()))
        .hint("nothing was changed; use an undamaged copy, or create it again: asof diff … --out")
}
