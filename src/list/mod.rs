//! Listing: selecting keys, and reading their entries page by page.

mod glob;
mod histories;
mod key_lines;
mod markers;
mod pages;
mod parallel;
pub(crate) mod ranges;
mod select;
mod sequence;

pub(crate) use histories::{HistoryReader, Keyed, Want, history, read_histories};
pub(crate) use key_lines::{KeyFormat, Terminator, each_key};
pub(crate) use pages::KeyPages;
pub(crate) use parallel::{Lister, Piece};
pub(crate) use select::Selection;
pub(crate) use sequence::{Jumps, just_after};
