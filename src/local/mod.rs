//! A directory as the target of a restore: lists it, downloads versions into it, and verifies them.

mod check;
mod download;
mod leaves;
mod reader;
mod sandbox_dir;

pub(crate) use check::{Exact, check, checker, exact_checker, read};
pub(crate) use download::{Restored, download};
pub(crate) use leaves::{Leaf, leaves};
pub(crate) use reader::{Reader, Wanted, pump};
pub(crate) use sandbox_dir::{Directory, Found};
