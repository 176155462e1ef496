//! Plan sets: a plan cut into shards, each applied by a worker of its own.
//!
//! | file | contents | written |
//! |---|---|---|
//! | `shard-00000.plan`, … | the changes of one contiguous range of keys, as a [plan file](super::file) | first |
//! | `manifest.json` | the [`SetManifest`]: the counts of the whole plan and of each shard | last |
//!
//! A directory without a manifest is not a plan set: a set that was only partly written cannot be worked. A set is never
//! changed; to replace it, write another one.

mod cut;
mod manifest;
mod open;
#[cfg(test)]
mod tests;
mod write;

pub use cut::{Cut, Requests, Shards};
pub use manifest::{FORMAT, SetManifest, Shard};
pub use open::{MANIFEST, PlanSet, no_manifest};
pub use write::{SetWriter, UndoSetWriter};
