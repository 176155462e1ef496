//! Runs of entries: the writer and the reader of the file format.

use std::ops::Range;
use std::sync::Arc;

use super::blocks::{Blocks, Place, damaged};
use crate::error::Result;
use crate::limits;

/// The size of a full block in bytes; small in unit tests, so that a few entries need many blocks.
pub(super) const FULL: usize = if cfg!(test) { 200 } else { limits::SPILL_BLOCK };

/// A block that was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) first_key: Box<[u8]>,
    pub(super) place: Place,
    entries: u64,
    /// The number of entries before it.
    pub(super) number: u64,
}

/// A block being filled. Its keys do not descend.
#[derive(Debug, Default)]
pub(super) struct Block {
    first_key: Vec<u8>,
    bytes: Vec<u8>,
    entries: u64,
}

impl Block {
    /// Appends a key; `value` appends its value, on one line.
    pub(super) fn push(
        &mut self,
        key: &[u8],
        value: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>,
    ) -> Result<()> {
        if self.entries == 0 {
            key.clone_into(&mut self.first_key);
        }
        let length = u16::try_from(key.len()).map_err(|_| damaged())?;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(key);
        value(&mut self.bytes).map_err(|e| super::blocks::full(&e))?;
        self.bytes.push(b'\n');
        self.entries += 1;
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Writes the block unless it is empty, and clears it.
    pub(super) fn write(&mut self, blocks: &Blocks) -> Result<Option<Written>> {
        if self.entries == 0 {
            return Ok(None);
        }
        let place = blocks.write(&self.bytes)?;
        self.bytes.clear();
        let entries = std::mem::take(&mut self.entries);
        Ok(Some(Written { first_key: self.first_key.as_slice().into(), place, entries, number: 0 }))
    }
}

/// Entries that can be read from any position.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) blocks: Blocks,
    pub(super) index: Vec<Written>,
    len: u64,
}

impl Run {
    /// Creates a run, sorting the blocks by their first keys.
    pub(super) fn new(blocks: Blocks, mut index: Vec<Written>) -> Arc<Self> {
        index.sort_by(|a, b| a.first_key.cmp(&b.first_key));
        let mut len = 0;
        for block in &mut index {
            block.number = len;
            len += block.entries;
        }
        Arc::new(Self { blocks, index, len })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Reads from the first key that is not before this one.
    pub(super) fn from(self: &Arc<Self>, key: &[u8]) -> Result<Cursor> {
        let after = self.index.partition_point(|block| &*block.first_key <= key);
        let mut cursor = self.at_block(after.saturating_sub(1))?;
        while cursor.key().is_some_and(|found| found < key) {
            cursor.advance()?;
        }
        Ok(cursor)
    }

    /// Reads from the entry with this index.
    pub(super) fn nth(self: &Arc<Self>, number: u64) -> Result<Cursor> {
        let after = self.index.partition_point(|block| block.number <= number);
        let mut cursor = self.at_block(after.saturating_sub(1))?;
        while cursor.number < number && cursor.key().is_some() {
            cursor.advance()?;
        }
        Ok(cursor)
    }

    fn at_block(self: &Arc<Self>, block: usize) -> Result<Cursor> {
        let number = self.index.get(block).map_or(self.len, |block| block.number);
        let run = Arc::clone(self);
        let mut cursor = Cursor { run, block, bytes: Vec::new(), key: 0..0, value: 0..0, number };
        cursor.load()?;
        Ok(cursor)
    }
}

/// A reading position among entries.
#[derive(Debug)]
pub struct Cursor {
    run: Arc<Run>,
    block: usize,
    bytes: Vec<u8>,
    /// The position of the key in the block.
    key: Range<usize>,
    value: Range<usize>,
    number: u64,
}

impl Cursor {
    /// Returns the current key; `None` after the last.
    pub fn key(&self) -> Option<&[u8]> {
        (!self.bytes.is_empty()).then(|| self.bytes.get(self.key.clone())).flatten()
    }

    /// Returns the current key as text.
    pub fn text(&self) -> Result<Option<&str>> {
        self.key().map(|key| std::str::from_utf8(key).map_err(|e| damaged().because(e))).transpose()
    }

    /// Returns the current value.
    pub(super) fn value(&self) -> &[u8] {
        self.bytes.get(self.value.clone()).unwrap_or_default()
    }

    /// Returns the number of entries before the current one.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Advances to the next entry. After an error, the cursor is at the end.
    pub fn advance(&mut self) -> Result<()> {
        let advanced = self.try_advance();
        if advanced.is_err() {
            self.end();
        }
        advanced
    }

    /// Moves to the end.
    pub(super) fn end(&mut self) {
        self.bytes.clear();
    }

    fn try_advance(&mut self) -> Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.number += 1;
        if self.value.end + 1 < self.bytes.len() {
            return self.read(self.value.end + 1);
        }
        self.block += 1;
        let next = self.run.index.get(self.block).map(|block| &*block.first_key);
        if next.is_some_and(|next| self.key().is_some_and(|last| last > next)) {
            return Err(damaged());
        }
        self.load()
    }

    fn load(&mut self) -> Result<()> {
        self.bytes.clear();
        let Some(block) = self.run.index.get(self.block) else { return Ok(()) };
        self.run.blocks.read(block.place, &mut self.bytes)?;
        self.read(0)
    }

    /// Parses the entry at this offset.
    fn read(&mut self, from: usize) -> Result<()> {
        let head = self.bytes.get(from..).and_then(<[u8]>::first_chunk::<2>).ok_or_else(damaged)?;
        let key = from + 2..from + 2 + usize::from(u16::from_le_bytes(*head));
        let rest = self.bytes.get(key.end..).ok_or_else(damaged)?;
        let length = memchr::memchr(b'\n', rest).ok_or_else(damaged)?;
        self.value = key.end..key.end + length;
        self.key = key;
        Ok(())
    }
}
