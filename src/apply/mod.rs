//! Carrying out changes: copies and deletes, many at once, each conditional on its key being as the plan saw it.

mod batch;
mod change;
pub mod journal;
mod pool;

pub use pool::{Outcome, Place, apply};
