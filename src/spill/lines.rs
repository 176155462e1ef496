//! The text of entries in key order, released as soon as no earlier key can follow.

use std::collections::{BTreeMap, HashMap};

use super::blocks::{Blocks, Place, damaged};
use super::run::FULL;
use crate::error::Result;

/// Text by key, in key order within each segment. Only text that has to wait for earlier keys is written to disk.
#[derive(Debug)]
pub struct Lines {
    blocks: Blocks,
    /// Blocks on disk, by their first keys.
    waiting: BTreeMap<String, Waiting>,
    open: HashMap<u64, Open>,
    /// The last key released; `None` before the first.
    released: Option<String>,
}

/// The text of a segment since its last cut.
#[derive(Debug, Default)]
struct Open {
    first_key: String,
    last_key: String,
    text: Vec<u8>,
}

/// A block on disk.
#[derive(Debug)]
struct Waiting {
    last_key: String,
    place: Place,
}

impl Lines {
    /// Creates an empty store in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        let (waiting, open) = (BTreeMap::new(), HashMap::new());
        Ok(Self { blocks: Blocks::new()?, waiting, open, released: None })
    }

    /// Appends a key to a segment; `line` appends its text, which is not empty. Keys must ascend within a segment.
    pub fn push(
        &mut self,
        segment: u64,
        key: &str,
        line: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let open = self.open.entry(segment).or_default();
        if open.text.is_empty() {
            key.clone_into(&mut open.first_key);
        }
        key.clone_into(&mut open.last_key);
        line(&mut open.text)?;
        if open.text.len() >= FULL { self.cut(segment) } else { Ok(()) }
    }

    /// Ends a segment's block: keys of another segment may lie between this segment's entries so far and its next ones.
    pub fn cut(&mut self, segment: u64) -> Result<()> {
        let Some(open) = self.open.remove(&segment).filter(|open| !open.text.is_empty()) else {
            return Ok(());
        };
        let Open { first_key, last_key, text } = open;
        let waiting = Waiting { last_key, place: self.blocks.write(&text)? };
        if self.waiting.insert(first_key, waiting).is_some() { Err(damaged()) } else { Ok(()) }
    }

    /// Passes the text of blocks that begin before a key, or of all blocks, to `show` in key order, and forgets it. The
    /// segment that the key belongs to may go on; no other may add a key before it.
    ///
    /// # Errors
    /// [`Corrupt`](crate::error::ErrorKind::Corrupt) if a block begins before one that was already passed on.
    pub fn release(&mut self, before: Option<&str>, mut show: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let is_due = |key: &str| before.is_none_or(|before| key < before);
        let open = self.open.extract_if(|_, open| is_due(&open.first_key) && !open.text.is_empty());
        let mut open: Vec<_> = open.map(|(_, open)| open).collect();
        open.sort_unstable_by(|a, b| b.first_key.cmp(&a.first_key));
        let mut bytes = Vec::new();
        loop {
            let waiting = self.waiting.first_key_value().map(|(key, _)| key).filter(|key| is_due(key));
            let is_open_next =
                open.last().is_some_and(|open| waiting.is_none_or(|waiting| open.first_key < *waiting));
            if is_open_next {
                let Some(Open { first_key, last_key, text }) = open.pop() else { return Ok(()) };
                self.pass(&first_key, last_key)?;
                show(&text)?;
            } else if waiting.is_some() {
                let Some((first_key, Waiting { last_key, place })) = self.waiting.pop_first() else {
                    return Ok(());
                };
                self.pass(&first_key, last_key)?;
                self.blocks.read(place, &mut bytes)?;
                show(&bytes)?;
            } else {
                return Ok(());
            }
        }
    }

    /// Checks that a block is after those released before.
    fn pass(&mut self, first_key: &str, last_key: String) -> Result<()> {
        if self.released.as_deref().is_some_and(|released| first_key <= released) {
            return Err(damaged());
        }
        self.released = Some(last_key);
        Ok(())
    }
}
