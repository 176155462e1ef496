//! Which version of a key was live at a past second: a fold over the key's entries, newest first. Pure.

mod content;
mod doubt;
mod fold;
mod proof;
#[cfg(test)]
mod tests;

pub use content::{Likeness, likeness, needs_heads};
pub use doubt::Doubt;
pub use fold::{Caution, Cut, KeyState, Resolver};
pub use proof::{Checker, PartSizes, Proof, Verdict};
