//! Whether a place holds what was live at T: a bucket's objects beside its versions, and a directory's files.

mod files;
mod live;
mod objects;

pub(crate) use files::{Files, Stands};
pub(crate) use live::{Live, difference};
pub(crate) use objects::{Compare, Compared, VersionOf};
