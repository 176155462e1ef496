//! Listing: which keys are asked for, and their entries page by page.

mod glob;
mod histories;
mod markers;
mod pages;
mod parallel;
pub mod ranges;
mod select;

pub use histories::{HistoryReader, Keyed, Want, history, read_histories};
pub use pages::KeyPages;
pub use parallel::{Lister, Piece};
pub use select::Selection;
