//! Plans: the decision for one key, the changes of a bucket on disk, and their counts.

mod change;
mod cost;
pub mod file;
mod only;
mod plausibility;
mod prices;
pub mod set;
mod summary;

pub use change::{Action, Change, UncertainKey, Undelete, decide};
pub use cost::{ClassWork, Estimate, Work};
pub use only::Only;
pub use plausibility::{Plausibility, Warning};
pub use prices::{ClassPrices, Prices, ThawPrices, ThawTier};
pub use summary::{Covered, PrefixCounts, Sums, Tally, Uncertain};
