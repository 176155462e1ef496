//! The keys that a database's rows name, as they are printed: read, checked, and put in order on disk.
//!
//! As many as fit are sorted in memory and written as a run; where they come in order already, the run goes on. Runs are
//! merged when there are many, and in the end.

use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::BufRead;

use super::sorted::{Cursor, SortedKeys, SortedWriter};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{KeyShapes, Location, printable};

/// What comes after each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Terminator {
    /// A line feed.
    #[default]
    Line,
    /// A NUL, as of `find -print0`: keys may have line feeds in them.
    Null,
}

impl Terminator {
    fn byte(self) -> u8 {
        match self {
            Terminator::Line => b'\n',
            Terminator::Null => 0,
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Terminator::Line => "line",
            Terminator::Null => "entry",
        }
    }
}

/// Reads keys, each whole, and gives them in order and without repetition: see [`each_key`].
pub fn read_keys(
    input: impl BufRead,
    terminator: Terminator,
    location: &Location,
    name: &str,
) -> Result<SortedKeys> {
    let mut sorter = Sorter::new();
    each_key(input, terminator, (location, name), |key| sorter.push(key))?;
    sorter.finish()
}

/// Reads keys, each whole, and hands each to `on`. Empty lines are passed over; a key that does not lie under `location` is an
/// error, for nothing could be said of it. `name` is what errors call the input.
pub fn each_key(
    mut input: impl BufRead,
    terminator: Terminator,
    (location, name): (&Location, &str),
    mut on: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let wrong = |line: u64, what: &str| {
        Error::usage(format!("cannot read keys from {name}: {} {line} {what}", terminator.unit()))
    };
    let (mut line, mut bytes) = (0, Vec::new());
    loop {
        bytes.clear();
        let limit = limits::KEY_BYTES as u64 + 1;
        let read = std::io::Read::take(&mut input, limit).read_until(terminator.byte(), &mut bytes);
        if read.map_err(|e| Error::usage(format!("cannot read keys from {name}: {e}")))? == 0 {
            return Ok(());
        }
        line += 1;
        if bytes.last() == Some(&terminator.byte()) {
            bytes.pop();
        } else if bytes.len() > limits::KEY_BYTES {
            let what = format!("is longer than any key, {} bytes", limits::KEY_BYTES);
            return Err(wrong(line, &what).hint("give one key a line, or with --null a NUL after each"));
        }
        let key = std::str::from_utf8(&bytes).map_err(|_| wrong(line, "is not UTF-8"))?;
        if key.is_empty() {
            continue;
        }
        if !key.starts_with(&location.prefix) {
            let message = format!("the key {} in {name} does not lie under {location}", printable(key));
            let error = Error::usage(message).hint("keys are written whole, with their prefix");
            return Err(KeyShapes::of(key).likely_causes().into_iter().fold(error, Error::hint));
        }
        on(key)?;
    }
}

/// Puts keys in order.
struct Sorter {
    chunk: Chunk,
    run: Option<SortedWriter>,
    /// Finished runs; those of one level are about equally long.
    levels: Vec<Vec<SortedKeys>>,
}

impl Sorter {
    fn new() -> Self {
        Self { chunk: Chunk::default(), run: None, levels: Vec::new() }
    }

    fn push(&mut self, key: &str) -> Result<()> {
        if self.chunk.size() + key.len() > limits::SORT_BYTES {
            self.write()?;
        }
        self.chunk.push(key);
        Ok(())
    }

    /// Writes what is in memory, to the run under way if it can follow there.
    fn write(&mut self) -> Result<()> {
        self.chunk.sort();
        let Some(first) = self.chunk.keys().next() else { return Ok(()) };
        let mut run = match self.run.take() {
            Some(run) if run.takes(first) => run,
            ended => {
                if let Some(ended) = ended {
                    let ended = ended.finish()?;
                    self.keep(ended, 0)?;
                }
                SortedWriter::new()?
            }
        };
        for key in self.chunk.keys() {
            run.push(key)?;
        }
        self.run = Some(run);
        self.chunk.clear();
        Ok(())
    }

    /// Keeps a run; merges those of its level once there are many.
    fn keep(&mut self, run: SortedKeys, level: usize) -> Result<()> {
        if self.levels.len() <= level {
            self.levels.push(Vec::new());
        }
        let Some(runs) = self.levels.get_mut(level) else { return Ok(()) };
        runs.push(run);
        if runs.len() < limits::SORT_RUNS {
            return Ok(());
        }
        let merged = merge(&std::mem::take(runs))?;
        self.keep(merged, level + 1)
    }

    fn finish(mut self) -> Result<SortedKeys> {
        self.write()?;
        drop(std::mem::take(&mut self.chunk));
        let last = self.run.take().map_or_else(SortedWriter::new, Ok)?.finish()?;
        if self.levels.is_empty() {
            return Ok(last);
        }
        let runs: Vec<_> = self.levels.into_iter().flatten().chain([last]).collect();
        merge(&runs)
    }
}

/// Keys in memory, one after another in one buffer.
#[derive(Default)]
struct Chunk {
    text: String,
    places: Vec<Place>,
}

/// Where a key lies in the buffer.
#[derive(Clone, Copy)]
struct Place {
    /// Eight of its bytes, as a number that is in their order: comparing these takes no look at the buffer.
    head: u64,
    from: u32,
    to: u32,
}

impl Chunk {
    fn size(&self) -> usize {
        self.text.len() + self.places.len() * size_of::<Place>()
    }

    fn push(&mut self, key: &str) {
        // The limit of a chunk is far below four gibibytes.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let from = place(self.text.len());
        self.text.push_str(key);
        self.places.push(Place { head: 0, from, to: place(self.text.len()) });
    }

    fn sort(&mut self) {
        sort(self.text.as_bytes(), &mut self.places, 0);
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter_map(|place| self.text.get(place.from as usize..place.to as usize))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
    }
}

/// Sorts keys that are equal in their first `depth` bytes: by the next eight, and those that are equal in these too by
/// what follows. Keys often have long beginnings in common.
fn sort(text: &[u8], places: &mut [Place], depth: u32) {
    const HEAD: u32 = 8;
    // What ends is before what goes on.
    let rest = |place: &Place| (place.to - place.from - depth).min(HEAD + 1);
    for place in &mut *places {
        let mut head = [0; HEAD as usize];
        let from = (place.from + depth) as usize;
        let to = place.to.min(place.from + depth + HEAD) as usize;
        if let Some(bytes) = text.get(from..to) {
            head.iter_mut().zip(bytes).for_each(|(head, byte)| *head = *byte);
        }
        place.head = u64::from_be_bytes(head);
    }
    places.sort_unstable_by_key(|place| (place.head, rest(place)));
    for same in places.chunk_by_mut(|a, b| (a.head, rest(a)) == (b.head, rest(b))) {
        if same.len() > 1 && same.iter().any(|place| rest(place) > HEAD) {
            sort(text, same, depth + HEAD);
        }
    }
}

/// One run from several.
fn merge(runs: &[SortedKeys]) -> Result<SortedKeys> {
    let mut heads = BinaryHeap::new();
    for run in runs {
        let cursor = run.nth(0)?;
        if cursor.key().is_some() {
            heads.push(Head(cursor));
        }
    }
    let mut merged = SortedWriter::new()?;
    while let Some(mut head) = heads.peek_mut() {
        if let Some(key) = head.0.key() {
            merged.push_bytes(key)?;
        }
        head.0.advance()?;
        if head.0.key().is_none() {
            drop(PeekMut::pop(head));
        }
    }
    merged.finish()
}

/// What is left of a run. The greatest is the one whose next key is the least.
struct Head<'a>(Cursor<'a>);

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.key().cmp(&self.0.key())
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head<'_> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;

    fn read(input: &[u8], terminator: Terminator) -> Result<Vec<String>> {
        let location = "s3://bucket".parse().unwrap();
        read_keys(input, terminator, &location, "FILE").map(|keys| listed(&keys))
    }

    fn listed(keys: &SortedKeys) -> Vec<String> {
        let (mut cursor, mut all) = (keys.nth(0).unwrap(), Vec::new());
        while let Some(key) = cursor.text().unwrap() {
            all.push(key.to_owned());
            cursor.advance().unwrap();
        }
        all
    }

    #[test]
    fn keys_are_read_as_they_are() {
        let long = "x".repeat(limits::KEY_BYTES);
        for (input, terminator, expected) in [
            ("", Terminator::Line, &[][..]),
            ("\n\n", Terminator::Line, &[]),
            ("b\na\n\nb\n", Terminator::Line, &["a", "b"]),
            ("b\na", Terminator::Line, &["a", "b"]),
            ("a\r\n", Terminator::Line, &["a\r"]),
            (" a\0b\n", Terminator::Line, &[" a\0b"]),
            ("b\nc\0a\0\0", Terminator::Null, &["a", "b\nc"]),
            (&long, Terminator::Line, &[&long]),
            (&format!("{long}\n{long}\n"), Terminator::Line, &[&long]),
        ] {
            assert_eq!(read(input.as_bytes(), terminator).unwrap(), expected, "{input:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_line() {
        let long = "x".repeat(limits::KEY_BYTES + 1);
        for (input, expected) in [
            (&b"a\n\nb\xff\n"[..], "cannot read keys from FILE: line 3 is not UTF-8"),
            (long.as_bytes(), "cannot read keys from FILE: line 1 is longer than any key, 1024 bytes"),
        ] {
            let error = read(input, Terminator::Line).unwrap_err();
            assert_eq!((error.kind(), error.to_string()), (ErrorKind::Usage, expected.to_owned()));
        }
        let location = "s3://bucket/a/".parse().unwrap();
        let error = read_keys(&b"b\n"[..], Terminator::Line, &location, "FILE").unwrap_err();
        assert_eq!(error.to_string(), "the key b in FILE does not lie under s3://bucket/a/");
    }

    /// Sorts with chunks of a few keys, so that there are many runs and several levels of them.
    fn sorted(keys: &[String], chunk: usize) -> (Vec<String>, usize) {
        let mut sorter = Sorter::new();
        for keys in keys.chunks(chunk) {
            for key in keys {
                sorter.push(key).unwrap();
            }
            sorter.write().unwrap();
        }
        let levels = sorter.levels.len();
        (listed(&sorter.finish().unwrap()), levels)
    }

    #[test]
    fn runs_are_merged_level_by_level() {
        let keys: Vec<_> = (0..10_000u32).map(|n| format!("k{:05}", n.wrapping_mul(7919) % 10_000)).collect();
        let expected: Vec<_> = (0..10_000).map(|n| format!("k{n:05}")).collect();
        assert_eq!(sorted(&keys, 2), (expected.clone(), 2));
        assert_eq!(sorted(&expected, 2), (expected, 0), "one run");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn all_keys_come_out_in_order_and_once(
            keys in proptest::collection::vec("(long prefix/)?(another, longer one/)?[a\\x00日]{1,12}", 0..300),
            chunk in 1usize..60,
        ) {
            let expected: Vec<_> = keys.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
            prop_assert_eq!(sorted(&keys, chunk).0, expected);
        }
    }
}
