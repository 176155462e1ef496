//! Sorted keys without duplicates.

use std::sync::Arc;

use super::blocks::Blocks;
use super::run::{Block, Cursor, Run, Written};
use crate::error::Result;

/// Keys in an unnamed file that exists only as long as the process.
#[derive(Debug)]
pub struct SortedKeys {
    pub(super) run: Arc<Run>,
}

/// Writes keys that arrive in order.
#[derive(Debug)]
pub struct SortedWriter {
    blocks: Blocks,
    part: Part,
}

/// Keys being written to a file that other threads may write to at the same time.
#[derive(Debug, Default)]
pub(super) struct Part {
    block: Block,
    last: Option<Vec<u8>>,
    written: Vec<Written>,
}

impl Part {
    /// Starts a part whose keys follow `last`.
    pub(super) fn after(last: Option<Vec<u8>>) -> Self {
        Self { last, ..Self::default() }
    }

    /// Appends a key; keys must not descend. A repeated key is ignored.
    pub(super) fn push(&mut self, blocks: &Blocks, key: &[u8]) -> Result<()> {
        debug_assert!(self.last.as_deref().is_none_or(|last| last <= key), "{key:?} after {:?}", self.last);
        if self.last.as_deref() == Some(key) {
            return Ok(());
        }
        self.block.push(key, |_| Ok(()))?;
        key.clone_into(self.last.get_or_insert_default());
        if self.block.is_full() {
            self.written.extend(self.block.write(blocks)?);
        }
        Ok(())
    }

    pub(super) fn finish(mut self, blocks: &Blocks) -> Result<Vec<Written>> {
        self.written.extend(self.block.write(blocks)?);
        Ok(self.written)
    }
}

impl SortedWriter {
    /// Creates a file in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        Ok(Self { blocks: Blocks::new()?, part: Part::default() })
    }

    /// Appends a key; keys must not descend. A repeated key is ignored.
    pub fn push(&mut self, key: &str) -> Result<()> {
        self.part.push(&self.blocks, key.as_bytes())
    }

    /// Finishes writing and returns the keys.
    pub fn finish(self) -> Result<SortedKeys> {
        let written = self.part.finish(&self.blocks)?;
        Ok(SortedKeys { run: Run::new(self.blocks, written) })
    }
}

impl SortedKeys {
    /// Returns the number of keys.
    pub fn len(&self) -> u64 {
        self.run.len()
    }

    /// Returns true if there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads from the first key that is not before this one.
    pub fn from(&self, key: &str) -> Result<Cursor> {
        self.run.from(key.as_bytes())
    }

    /// Reads from the key with this index.
    pub fn nth(&self, number: u64) -> Result<Cursor> {
        self.run.nth(number)
    }
}
