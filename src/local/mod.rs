//! A directory as the target of a restore: what stands in it, bringing versions there, and reading them back.

mod check;
mod download;
mod leaves;
mod sandbox_dir;

pub use check::{check, read};
pub use download::{Restored, download};
pub use leaves::{Leaf, leaves};
pub use sandbox_dir::{Directory, Found};
