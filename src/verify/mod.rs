//! Verifies that a location is in the state of T: the objects of a bucket, or the files of a directory.

mod files;
mod live;
mod objects;

pub(crate) use files::{Files, Stands};
pub(crate) use live::{Live, difference};
pub(crate) use objects::{Compare, Compared, VersionOf};
