//! Databases and buckets at the same second.

mod references;
mod rows;
mod sorted;

pub use references::{Dangling, Existed, Moment, Orphan, ReferenceSums, dangling, heal};
pub use rows::{Terminator, read_keys};
pub use sorted::{Cursor, SortedKeys, SortedWriter};
