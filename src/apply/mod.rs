//! Carrying out changes: copies and deletes, many at once, each conditional on its key being as the plan saw it.

mod batch;
mod change;
mod copy;
mod multipart;
mod pool;

pub use copy::Copies;
pub use multipart::Uploads;
pub use pool::{Outcome, Place, apply};
