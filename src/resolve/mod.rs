//! Which version of a key was live at a past second: a fold over the key's entries, newest first. Pure.

mod caution;
mod content;
mod doubt;
mod expiry;
mod fold;
mod proof;
#[cfg(test)]
mod tests;

pub use caution::Caution;
pub use content::{Likeness, likeness, needs_heads};
pub use doubt::{Doubt, Judge};
pub use expiry::Expiries;
pub use fold::{Cut, Evidence, KeyState, Nearest, Resolver};
pub use proof::{Checker, PartSizes, Proof, Verdict};
