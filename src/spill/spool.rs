//! Changes, or other values of keys, on disk.
//!
//! Several parts of a bucket are listed at once, each in key order. Each writes to a segment of its own.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blocks::{Blocks, damaged};
use super::run::{Block, Cursor, Run, Written};
use crate::error::Result;

/// Values by key, in key order within each segment.
#[derive(Debug)]
pub struct Spool<T> {
    blocks: Blocks,
    index: Vec<Written>,
    open: HashMap<u64, Block>,
    len: u64,
    holds: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Spool<T> {
    /// Creates an empty spool in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        let (index, open) = (Vec::new(), HashMap::new());
        Ok(Self { blocks: Blocks::new()?, index, open, len: 0, holds: PhantomData })
    }

    /// Appends a key's value to a segment. Keys must ascend within a segment.
    pub fn push(&mut self, segment: u64, key: &str, value: &T) -> Result<()> {
        let open = self.open.entry(segment).or_default();
        open.push(key.as_bytes(), |bytes| serde_json::to_writer(bytes, value).map_err(Into::into))?;
        self.len += 1;
        if open.is_full() {
            self.cut(segment)?;
        }
        Ok(())
    }

    /// Ends a segment's block: keys of another segment may lie between this segment's entries so far and its next ones.
    pub fn cut(&mut self, segment: u64) -> Result<()> {
        if let Some(mut open) = self.open.remove(&segment) {
            self.index.extend(open.write(&self.blocks)?);
        }
        Ok(())
    }

    /// Returns the number of entries.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Returns true if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads the entries in key order.
    pub fn into_changes(self) -> Result<Entries<T>> {
        self.close()?.read()
    }

    /// Ends the spool, so that its entries can be read, more than once.
    pub fn close(mut self) -> Result<Spooled<T>> {
        let open: Vec<_> = self.open.keys().copied().collect();
        for segment in open {
            self.cut(segment)?;
        }
        Ok(Spooled { run: Run::new(self.blocks, self.index), holds: PhantomData })
    }
}

/// The entries of a spool that is complete.
#[derive(Debug)]
pub struct Spooled<T> {
    run: Arc<Run>,
    holds: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Spooled<T> {
    /// Reads the entries in key order, from the first.
    pub fn read(&self) -> Result<Entries<T>> {
        Ok(Entries { cursor: self.run.nth(0)?, holds: PhantomData })
    }

    /// Reads the entries from the first key that is not before this one.
    pub fn from(&self, key: &str) -> Result<Entries<T>> {
        Ok(Entries { cursor: self.run.from(key.as_bytes())?, holds: PhantomData })
    }

    /// Reads the entries from the first key after all those that begin with `prefix`, which is not empty.
    pub fn after(&self, prefix: &str) -> Result<Entries<T>> {
        let mut bound = prefix.as_bytes().to_vec();
        if let Some(last) = bound.last_mut() {
            // No text has a byte of 255.
            *last = last.saturating_add(1);
        }
        Ok(Entries { cursor: self.run.from(&bound)?, holds: PhantomData })
    }

    /// Returns the number of entries.
    pub fn len(&self) -> u64 {
        self.run.len()
    }

    /// Returns true if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The values read back, in key order. Ends after an error.
#[derive(Debug)]
pub struct Entries<T> {
    pub(super) cursor: Cursor,
    holds: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Entries<T> {
    /// Returns the key of the next entry; `None` after the last.
    pub fn key(&self) -> Result<Option<&str>> {
        self.cursor.text()
    }

    /// Passes over the next entry.
    pub fn skip_next(&mut self) -> Result<()> {
        self.cursor.advance()
    }

    fn read(&mut self) -> Result<Option<T>> {
        if self.cursor.key().is_none() {
            return Ok(None);
        }
        let value = parse(self.cursor.value())?;
        self.cursor.advance()?;
        Ok(Some(value))
    }
}

impl<T: DeserializeOwned> Iterator for Entries<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        if read.is_err() {
            self.cursor.end();
        }
        read.transpose()
    }
}

pub(super) fn parse<T: DeserializeOwned>(value: &[u8]) -> Result<T> {
    serde_json::from_slice(value).map_err(|e| damaged().because(e))
}
