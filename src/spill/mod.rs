//! Entries on disk, in the order of their keys: memory does not grow with them.
//!
//! An entry is a key and, on one line, what the key has as JSON; keys alone have nothing there. Entries lie in blocks, each
//! compressed and with a checksum, in a file that is gone when the process is. Of a block only its first key and its place
//! are kept. Blocks do not overlap, so the blocks in the order of their first keys are the entries in the order of theirs.

mod blocks;
mod chunk;
mod keys;
mod merge;
mod pairs;
mod run;
mod sort;
mod spool;

pub use keys::{SortedKeys, SortedWriter};
pub use pairs::{Pair, pairs};
pub use run::Cursor;
pub use sort::Sorter;
pub use spool::{Entries, Spool};

#[cfg(test)]
mod tests;
