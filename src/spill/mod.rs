//! Sorted entries on disk, in memory that does not grow with their number.
//!
//! An entry is a key and its value as one line of JSON; for keys alone the line is empty. Entries are stored in
//! compressed blocks with checksums, in a file that exists only as long as the process. Only the first key and the
//! position of each block are kept in memory. Blocks do not overlap, so entries are in key order if blocks are in the
//! order of their first keys.

mod blocks;
mod chunk;
mod keys;
mod lines;
mod merge;
mod pairs;
mod run;
mod sort;
mod spool;

pub use keys::{SortedKeys, SortedWriter};
pub use lines::Lines;
pub use pairs::{OnlyIn, Pair, differences, pairs};
pub use run::Cursor;
pub use sort::Sorter;
pub use spool::{Entries, Spool, Spooled};

#[cfg(test)]
mod tests;
