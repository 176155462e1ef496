//! Retries: how often, after what pause, and how many requests run at once while the server is under strain.

mod backoff;
mod budget;
mod pressure;
mod shared;

pub(crate) use backoff::Backoff;
pub(crate) use budget::{RetryBudget, Sends, is_to_be_looked_at, leaves_open};
pub(crate) use pressure::{AdaptiveLimit, Strain};
pub(crate) use shared::SharedPressure;
