//! Sending again: how often, after what pause, and how many requests at once while the server strains.

mod backoff;
mod budget;
mod pressure;
mod shared;

pub use backoff::Backoff;
pub use budget::{RetryBudget, Sends, is_to_be_looked_at, leaves_open};
pub use pressure::{Pressure, Strain};
pub use shared::SharedPressure;
