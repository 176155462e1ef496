//! Applies changes: many copies and deletes at once, each conditional on its key being as the plan saw it, and each
//! recorded in a journal before and after.

mod batch;
mod conditions;
mod copy;
mod deletes;
mod look;
mod markers;
mod multipart;
mod outcome;
mod place;
mod pool;
mod superseded;
mod worker;

pub use batch::Item;
pub use copy::Copies;
pub use multipart::Uploads;
pub use outcome::Outcome;
pub(crate) use outcome::count_failure;
pub use place::Place;
pub use pool::{Applied, PoolOptions, apply};
pub use superseded::{Base, BaseReader, Finding};
pub use worker::OnConflict;
