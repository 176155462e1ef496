//! The only place that names the SDK: a client whose operations take and give asof's own types.
//!
//! One file an operation's kind; [`error`](self) turns the SDK's errors into [`crate::error::Error`], and every request
//! that writes takes its token from the rate limiter in here, so that no caller can forget it.

mod blank_key;
mod client;
mod copy;
mod delete;
mod error;
pub mod listing;
mod rate;
mod read;

pub use client::{Client, Settings};
pub use copy::{Copied, CopyRequest, Guard};
pub use delete::{DeleteKey, Deleted};
pub use rate::Rate;
pub use read::PageRequest;
