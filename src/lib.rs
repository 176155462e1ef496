//! Restores a versioned S3 bucket to its state at a past second.
//!
//! Data flows one way, and each arrow is a plain value:
//!
//! ```text
//! list ──> resolve ──> plan ──> apply ──> verify
//!  pages    per-key     changes   outcome   mismatches
//!           state at T  on disk   per key
//! ```
//!
//! Only [`engine`] knows the order of the stages. `model`, `resolve`, `timeline` and the deciding part of `plan` are
//! pure; only `s3` names the SDK; only `report` and `cli` print.
//!
//! The library works without the command line. This restores a prefix and prints the outcome of each key:
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use asof::cancel::Cancel;
//! use asof::engine::{Begun, Query, Restore, RestoreOptions, Server};
//! use asof::model::TypedTime;
//! use asof::plan::Undelete;
//! use asof::plan::file::Selected;
//! use asof::s3::{Client, Settings};
//!
//! # async fn restore() -> asof::error::Result<()> {
//! let client = Client::connect(Settings::default(), Arc::default()).await?;
//! let at = TypedTime::parse("2026-11-17T14:30:05Z")?;
//! let query = Query::new("s3://prod-uploads/invoices/".parse()?, at, Selected::default())?;
//! let restore = Restore::Past { query: Box::new(query), to: None, undelete: Undelete::Copy };
//! let (options, cancel) = (RestoreOptions::default(), Cancel::default());
//!
//! // Nothing is changed yet: the caller inspects the sums and decides.
//! let prepared = restore.prepare(&client, &cancel).await?;
//! println!("{} keys would be changed", prepared.len);
//! prepared.require_certainty(&options)?;
//!
//! let state_dir = Path::new("/var/lib/asof");
//! let begun = Begun { state_dir, server: Server::default(), now: prepared.listed };
//! let run = prepared.begin(&options, begun)?;
//! let _claim = run.claim()?;
//! let told = |change: &asof::plan::Change, outcome: &asof::apply::Outcome| {
//!     println!("{}: {outcome:?}", change.key);
//!     Ok(())
//! };
//! let executed = run.execute(&client, options.apply, &cancel, told).await?;
//! assert!(executed.finished, "asof resume {} finishes it", run.id());
//! # Ok(())
//! # }
//! ```

pub mod apply;
pub mod cancel;
pub mod cli;
pub mod counters;
pub(crate) mod db;
#[cfg_attr(
    not(feature = "lab"),
    expect(
        dead_code,
        unreachable_pub,
        reason = "the parts of the protocol that only the lab needs stand beside the others"
    )
)]
pub(crate) mod endpoint;
pub mod engine;
pub mod error;
#[cfg(feature = "lab")]
pub mod lab;
pub mod limits;
pub(crate) mod list;
pub(crate) mod local;
pub(crate) mod manual;
pub mod model;
pub mod plan;
pub(crate) mod program;
pub(crate) mod recover;
pub(crate) mod report;
pub mod resolve;
pub(crate) mod retry;
pub mod s3;
pub mod spill;
pub(crate) mod state;
pub(crate) mod timeline;
pub(crate) mod verify;
