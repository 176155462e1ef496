//! A plan's changes on disk: memory does not grow with them.
//!
//! Several parts of a bucket are surveyed at once, each in the order of its keys. Each writes into a segment of its
//! own; a segment's changes go to the file in blocks, each compressed, and of a block only its first key and its place
//! are kept. Blocks do not overlap, so the blocks in the order of their first keys are the changes in the order of
//! theirs.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// Changes, or other things that keys have, in a file without a name, which is gone when the process is.
#[derive(Debug)]
pub struct Spool<T> {
    file: File,
    end: u64,
    open: HashMap<u64, Segment>,
    blocks: Vec<Block>,
    len: u64,
    holds: PhantomData<T>,
}

/// What a segment has not written out yet.
#[derive(Debug, Default)]
struct Segment {
    first_key: String,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Block {
    first_key: Box<str>,
    offset: u64,
    bytes: u64,
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Spool<T> {
    /// An empty spool in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        let place = std::env::temp_dir();
        let file = tempfile::tempfile().map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot make a temporary file in {}: {e}", place.display()))
                .hint("point TMPDIR to a directory with room for what is found")
        })?;
        Ok(Self { file, end: 0, open: HashMap::new(), blocks: Vec::new(), len: 0, holds: PhantomData })
    }

    /// Appends what a key has to a segment. Within a segment, keys ascend.
    pub fn push(&mut self, segment: u64, key: &str, change: &T) -> Result<()> {
        let open = self.open.entry(segment).or_default();
        if open.bytes.is_empty() {
            key.clone_into(&mut open.first_key);
        }
        serde_json::to_writer(&mut open.bytes, change).map_err(|e| full(&e.into()))?;
        open.bytes.push(b'\n');
        self.len += 1;
        if open.bytes.len() >= limits::SPOOL_BLOCK {
            self.cut(segment)?;
        }
        Ok(())
    }

    /// Ends a segment's block: what another segment has may lie between this one's changes so far and those to come.
    pub fn cut(&mut self, segment: u64) -> Result<()> {
        let Some(open) = self.open.remove(&segment).filter(|open| !open.bytes.is_empty()) else {
            return Ok(());
        };
        let packed = zstd::bulk::compress(&open.bytes, limits::SPOOL_LEVEL).map_err(|e| full(&e))?;
        self.file.write_all(&packed).map_err(|e| full(&e))?;
        let bytes = packed.len() as u64;
        self.blocks.push(Block { first_key: open.first_key.into(), offset: self.end, bytes });
        self.end += bytes;
        Ok(())
    }

    /// How many changes there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads the changes in the order of their keys.
    pub fn into_changes(mut self) -> Result<impl Iterator<Item = Result<T>> + Send> {
        let open: Vec<_> = self.open.keys().copied().collect();
        for segment in open {
            self.cut(segment)?;
        }
        self.blocks.sort_unstable_by(|a, b| a.first_key.cmp(&b.first_key));
        let mut file = self.file;
        Ok(self.blocks.into_iter().flat_map(move |block| match read_block(&mut file, &block) {
            Ok(changes) => changes,
            Err(e) => vec![Err(e)],
        }))
    }
}

fn read_block<T: DeserializeOwned>(file: &mut File, block: &Block) -> Result<Vec<Result<T>>> {
    file.seek(SeekFrom::Start(block.offset)).map_err(|e| full(&e))?;
    let unpacked = zstd::Decoder::new(file.take(block.bytes)).map_err(|e| full(&e))?;
    let lines = BufReader::new(unpacked).lines();
    let changes = lines.map(|line| {
        serde_json::from_str(&line.map_err(|e| full(&e))?).map_err(|e| {
            Error::new(ErrorKind::Corrupt, "the temporary file of what was found was damaged").because(e)
        })
    });
    Ok(changes.collect())
}

fn full(e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot keep what was found in a temporary file: {e}"))
        .hint("point TMPDIR to a directory with room for what is found")
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Change};
    use super::*;

    fn push(spool: &mut Spool<Change>, segment: u64, key: &str) {
        spool.push(segment, key, &change(key)).unwrap();
    }

    fn change(key: &str) -> Change {
        Change::new(key, Action::Delete, None, None)
    }

    #[test]
    fn changes_come_back_as_they_went() {
        let mut spool = Spool::new().unwrap();
        let changes: Vec<_> = ["a", "b\n\"", "日\u{1}"].into_iter().map(change).collect();
        for change in &changes {
            spool.push(0, &change.key, change).unwrap();
        }
        assert_eq!(spool.len(), 3);
        let back: Vec<_> = spool.into_changes().unwrap().map(Result::unwrap).collect();
        assert_eq!(back, changes);
    }

    #[test]
    fn segments_are_joined_in_the_order_of_keys() {
        let mut spool = Spool::new().unwrap();
        let padding = "x".repeat(900);
        // Three segments at once, each over several blocks; a fourth falls between two blocks of the first.
        for n in 0..200 {
            for segment in [2u64, 0, 1] {
                push(&mut spool, segment, &format!("{segment}/{n:03}/{padding}"));
            }
            if n == 99 {
                spool.cut(0).unwrap();
                push(&mut spool, 7, "0/099b");
            }
        }
        assert!(spool.blocks.len() > 5);
        let keys: Vec<_> = spool.into_changes().unwrap().map(|c| c.unwrap().key).collect();
        assert_eq!(keys.len(), 601);
        assert!(keys.is_sorted());
    }
}
