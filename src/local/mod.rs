//! A directory as the target of a restore: lists it, downloads versions into it, and verifies them.

mod check;
mod download;
mod leaves;
mod sandbox_dir;

pub(crate) use check::{check, read};
pub(crate) use download::{Restored, download};
pub(crate) use leaves::{Leaf, leaves};
pub(crate) use sandbox_dir::{Directory, Found};
