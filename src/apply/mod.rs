//! Carrying out changes: copies and deletes, or downloads, many at once, each conditional on its key, or file, being as the
//! plan saw it.

mod batch;
mod beneath;
mod change;
mod check;
mod download;
mod pool;
mod tree;

pub use beneath::{Directory, Found};
pub use check::{check, read};
pub use download::{OnConflict, Restored, download};
pub use pool::{Outcome, Place, apply};
pub use tree::{Leaf, leaves};
