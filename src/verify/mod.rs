//! Whether a place holds what was live at T: a bucket's objects beside its versions, and a directory's files.

mod files;
mod live;
mod objects;

pub use files::{Files, Stands};
pub use live::{Live, difference};
pub use objects::{Compare, Compared, VersionOf};
