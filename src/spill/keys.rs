//! Keys alone, in their order and each once.

use std::sync::Arc;

use super::blocks::Blocks;
use super::run::{Block, Cursor, Run, Written};
use crate::error::Result;

/// Keys in a file without a name, which is gone when the process is.
#[derive(Debug)]
pub struct SortedKeys {
    pub(super) run: Arc<Run>,
}

/// Writes keys that come in their order.
#[derive(Debug)]
pub struct SortedWriter {
    blocks: Blocks,
    part: Part,
}

/// Keys on their way into a file, which others may write into at once.
#[derive(Debug, Default)]
pub(super) struct Part {
    block: Block,
    last: Option<Vec<u8>>,
    written: Vec<Written>,
}

impl Part {
    /// Keys that follow this one.
    pub(super) fn after(last: Option<Vec<u8>>) -> Self {
        Self { last, ..Self::default() }
    }

    /// Appends a key that is not before the last one. The last one again is passed over.
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
    /// Makes a file in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        Ok(Self { blocks: Blocks::new()?, part: Part::default() })
    }

    /// Appends a key that is not before the last one. The last one again is passed over.
    pub fn push(&mut self, key: &str) -> Result<()> {
        self.part.push(&self.blocks, key.as_bytes())
    }

    /// The keys, ready to be read.
    pub fn finish(self) -> Result<SortedKeys> {
        let written = self.part.finish(&self.blocks)?;
        Ok(SortedKeys { run: Run::new(self.blocks, written) })
    }
}

impl SortedKeys {
    /// How many there are.
    pub fn len(&self) -> u64 {
        self.run.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads from the first key on that is not before this one.
    pub fn from(&self, key: &str) -> Result<Cursor> {
        self.run.from(key.as_bytes())
    }

    /// Reads from the key on that so many others come before.
    pub fn nth(&self, number: u64) -> Result<Cursor> {
        self.run.nth(number)
    }
}
