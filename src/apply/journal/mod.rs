//! The journal of a run: what was about to be done, and what became of it, so that a run that was killed anywhere can be
//! gone on with, and a finished one taken back.
//!
//! An intent is on disk before the first request that it announces; a result is noted after the reply. Between the two
//! a request may have been carried out or not, and only the key can tell.

mod file;
mod record;
mod replay;

pub use file::{Journal, Results, read};
pub use record::{Ending, Record, Superseded, of_line, to_line};
pub use replay::{ChangeProgress, RunState, Tally};
