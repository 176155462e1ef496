//! Plans: the decision for one key, the changes of a bucket on disk, and their counts.

mod change;
pub mod file;
mod only;
mod plausibility;
pub mod set;
mod summary;

pub use change::{Action, Change, UncertainKey, Undelete, decide};
pub use only::Only;
pub use plausibility::{Plausibility, Warning};
pub use summary::{Covered, PrefixCounts, Sums, Tally, Uncertain};
