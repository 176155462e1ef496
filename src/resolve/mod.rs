//! Resolves which version of a key was live at a past second: a fold over the key's entries, newest first. Pure.

mod caution;
mod checks;
mod content;
mod doubt;
mod expiry;
mod fold;
mod proof;
mod tally;
#[cfg(test)]
mod tests;

pub use caution::Caution;
pub use checks::{checks, history_check, is_restorable};
pub use content::{Likeness, changes, likeness, needs_heads};
pub use doubt::{Doubt, Judge};
pub use expiry::Expiries;
pub use fold::{AsOf, AsOfPair, Evidence, KeyState, Nearest, Resolver};
pub use proof::{Checker, PartSizes, Proof, Verdict};
pub use tally::{Doubtful, Kind};
