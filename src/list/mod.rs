//! Listing: which keys are asked for, and their entries page by page.

mod glob;
mod histories;
mod key_lines;
mod markers;
mod pages;
mod parallel;
pub mod ranges;
mod select;

pub use histories::{HistoryReader, Keyed, Want, history, read_histories};
pub use key_lines::{Terminator, each_key};
pub use pages::KeyPages;
pub use parallel::{Lister, Piece};
pub use select::Selection;
