//! Puts a versioned S3 bucket back to the state it had at a past second.
//!
//! The way of the data, each arrow a plain value:
//!
//! ```text
//! list ──> resolve ──> plan ──> apply ──> verify
//!  pages    per-key     changes   outcome   mismatches
//!           state at T  on disk   per key
//! ```
//!
//! Only [`engine`] knows the order of the stages. `model`, `resolve`, `timeline` and the deciding part of `plan` are pure; only `s3`
//! names the SDK; only `report` and `cli` print.

pub mod apply;
pub mod cancel;
pub mod cli;
pub mod db;
pub mod engine;
pub mod error;
pub mod event;
#[cfg(feature = "lab")]
pub mod lab;
pub mod limits;
pub mod list;
pub mod local;
pub mod model;
pub mod plan;
pub mod program;
pub mod recover;
pub mod report;
pub mod resolve;
pub mod retry;
pub mod s3;
pub mod spill;
pub mod timeline;
pub mod verify;
