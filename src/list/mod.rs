//! Listing: which keys are asked for, and their entries page by page.

mod pages;
mod select;

pub use pages::{KeyPages, Pages};
pub use select::Selection;
