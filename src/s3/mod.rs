//! The only place that names the SDK: a client whose operations take and give asof's own types.
//!
//! One file an operation's kind; [`error`](self) turns the SDK's errors into [`crate::error::Error`], and every request
//! that writes takes its token from the rate limiter in here, so that no caller can forget it.

mod blank_key;
mod client;
mod error;
mod get;
pub mod listing;
mod rate;
mod read;
mod write;

pub use client::{Client, Settings};
pub use get::{Body, ObjectName};
pub use rate::Rate;
pub use read::{PageRequest, Versioning};
pub use write::{CopyRequest, DeleteKey, Guard};
