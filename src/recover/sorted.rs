//! Keys on disk, in their order and each once: memory does not grow with them.
//!
//! They lie in blocks, each key after its length. Of a block only its first key and its place are kept, so that reading
//! can begin at any key.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;

use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// Keys in a file without a name, which is gone when the process is.
#[derive(Debug)]
pub struct SortedKeys {
    file: File,
    blocks: Vec<Block>,
    len: u64,
}

#[derive(Debug)]
struct Block {
    first_key: Box<[u8]>,
    /// How many keys come before it.
    number: u64,
    offset: u64,
    bytes: usize,
}

/// Writes keys that come in their order.
#[derive(Debug)]
pub struct SortedWriter {
    keys: SortedKeys,
    end: u64,
    last: Vec<u8>,
    block: Vec<u8>,
    first_key: Vec<u8>,
    number: u64,
}

impl SortedWriter {
    /// Makes a file in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        let place = std::env::temp_dir();
        let file = tempfile::tempfile().map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot make a temporary file in {}: {e}", place.display()))
                .hint(ROOM)
        })?;
        let keys = SortedKeys { file, blocks: Vec::new(), len: 0 };
        let (last, block, first_key) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { keys, end: 0, last, block, first_key, number: 0 })
    }

    /// Whether a key may come next.
    pub fn takes(&self, key: &str) -> bool {
        self.keys.len == 0 || self.last.as_slice() <= key.as_bytes()
    }

    /// Appends a key that is not before the last one. The last one again is passed over.
    pub fn push(&mut self, key: &str) -> Result<()> {
        self.push_bytes(key.as_bytes())
    }

    /// The same with a key of another file.
    pub(super) fn push_bytes(&mut self, key: &[u8]) -> Result<()> {
        debug_assert!(self.keys.len == 0 || self.last.as_slice() <= key, "{key:?} after {:?}", self.last);
        if self.keys.len > 0 && self.last == key {
            return Ok(());
        }
        if self.block.is_empty() {
            key.clone_into(&mut self.first_key);
            self.number = self.keys.len;
        }
        let length = u16::try_from(key.len()).map_err(|_| corrupt())?;
        self.block.extend_from_slice(&length.to_le_bytes());
        self.block.extend_from_slice(key);
        key.clone_into(&mut self.last);
        self.keys.len += 1;
        if self.block.len() >= limits::KEY_BLOCK { self.cut() } else { Ok(()) }
    }

    /// The keys, ready to be read.
    pub fn finish(mut self) -> Result<SortedKeys> {
        self.cut()?;
        Ok(self.keys)
    }

    fn cut(&mut self) -> Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        (&self.keys.file).write_all(&self.block).map_err(|e| full(&e))?;
        let (bytes, number) = (self.block.len(), self.number);
        let first_key = self.first_key.as_slice().into();
        self.keys.blocks.push(Block { first_key, number, offset: self.end, bytes });
        self.end += bytes as u64;
        self.block.clear();
        Ok(())
    }
}

impl SortedKeys {
    /// How many there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads from the first key on that is not before this one.
    pub fn from(&self, key: &str) -> Result<Cursor<'_>> {
        let after = self.blocks.partition_point(|block| &*block.first_key <= key.as_bytes());
        let mut cursor = self.at_block(after.saturating_sub(1))?;
        while cursor.key().is_some_and(|found| found < key.as_bytes()) {
            cursor.advance()?;
        }
        Ok(cursor)
    }

    /// Reads from the key on that so many others come before.
    pub fn nth(&self, number: u64) -> Result<Cursor<'_>> {
        let after = self.blocks.partition_point(|block| block.number <= number);
        let mut cursor = self.at_block(after.saturating_sub(1))?;
        while cursor.number < number && cursor.key().is_some() {
            cursor.advance()?;
        }
        Ok(cursor)
    }

    fn at_block(&self, block: usize) -> Result<Cursor<'_>> {
        let number = self.blocks.get(block).map_or(self.len, |block| block.number);
        let mut cursor = Cursor { keys: self, block, bytes: Vec::new(), key: 0..0, number };
        cursor.load()?;
        Ok(cursor)
    }
}

/// A place among the keys, from which on they are read.
#[derive(Debug)]
pub struct Cursor<'a> {
    keys: &'a SortedKeys,
    block: usize,
    bytes: Vec<u8>,
    /// Where in the block the key lies.
    key: std::ops::Range<usize>,
    number: u64,
}

impl Cursor<'_> {
    /// The key here; `None` after the last.
    pub fn key(&self) -> Option<&[u8]> {
        (!self.bytes.is_empty()).then(|| self.bytes.get(self.key.clone())).flatten()
    }

    /// The same as text.
    pub fn text(&self) -> Result<Option<&str>> {
        self.key().map(|key| std::str::from_utf8(key).map_err(|_| corrupt())).transpose()
    }

    /// How many keys come before it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Goes on to the next key.
    pub fn advance(&mut self) -> Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.number += 1;
        if self.key.end < self.bytes.len() {
            return self.read();
        }
        self.block += 1;
        self.load()
    }

    fn load(&mut self) -> Result<()> {
        self.bytes.clear();
        let Some(block) = self.keys.blocks.get(self.block) else { return Ok(()) };
        self.bytes.resize(block.bytes, 0);
        self.keys.file.read_exact_at(&mut self.bytes, block.offset).map_err(|e| full(&e))?;
        self.key = 0..0;
        self.read()
    }

    fn read(&mut self) -> Result<()> {
        let from = self.key.end;
        let head = self.bytes.get(from..).and_then(<[u8]>::first_chunk::<2>).ok_or_else(corrupt)?;
        let (from, length) = (from + 2, usize::from(u16::from_le_bytes(*head)));
        self.key = from..from + length;
        if self.key.end <= self.bytes.len() { Ok(()) } else { Err(corrupt()) }
    }
}

const ROOM: &str = "point TMPDIR to a directory with room for the keys";

fn full(e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot keep the keys in a temporary file: {e}")).hint(ROOM)
}

fn corrupt() -> Error {
    Error::new(ErrorKind::Corrupt, "the temporary file of the keys was damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(keys: &[String]) -> SortedKeys {
        let mut writer = SortedWriter::new().unwrap();
        for key in keys {
            writer.push(key).unwrap();
        }
        writer.finish().unwrap()
    }

    fn rest(mut cursor: Cursor<'_>) -> Vec<String> {
        let mut keys = Vec::new();
        while let Some(key) = cursor.text().unwrap() {
            keys.push(key.to_owned());
            cursor.advance().unwrap();
        }
        keys
    }

    #[test]
    fn reading_begins_at_any_key() {
        let padding = "x".repeat(900);
        let all: Vec<_> = (0..200).map(|n| format!("{:03}{padding}", n * 2)).collect();
        let keys = written(&all);
        assert!(keys.blocks.len() > 3);
        assert_eq!(keys.len(), 200);
        for (from, number) in [("", 0), ("000", 0), ("001", 1), ("199", 100), ("200", 100), ("399", 200)] {
            let cursor = keys.from(from).unwrap();
            assert_eq!(cursor.number(), number, "{from}");
            assert_eq!(rest(cursor), all[usize::try_from(number).unwrap()..], "{from}");
        }
        for number in [0, 1, 57, 199, 200] {
            let cursor = keys.nth(number).unwrap();
            assert_eq!(cursor.number(), number);
            assert_eq!(rest(cursor), all[usize::try_from(number).unwrap()..], "{number}");
        }
    }

    #[test]
    fn none_and_the_same_again() {
        let none = written(&[]);
        assert!(none.is_empty() && none.from("a").unwrap().key().is_none());
        assert!(none.nth(0).unwrap().key().is_none());
        let keys = written(&["", "", "a", "a", "bbb"].map(ToOwned::to_owned));
        assert_eq!(rest(keys.nth(0).unwrap()), ["", "a", "bbb"]);
    }
}
