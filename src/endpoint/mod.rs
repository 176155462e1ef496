//! S3's protocol from the server's side: what the lab and a view of the past have in common.
//!
//! The path of a request: [`accept`] takes its connection, [`request`] reads its head, [`auth`] verifies its
//! signature, [`body`] checks its body, [`operation`] determines the operation, and [`reply`] is sent. [`condition`],
//! [`listing`], [`tagging`] and [`attributes`] hold the rules of reads that do not depend on where the objects are kept.

pub(crate) mod accept;
pub(crate) mod attributes;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod checksum;
pub(crate) mod condition;
pub(crate) mod error;
pub(crate) mod listing;
pub(crate) mod operation;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod tagging;
pub(crate) mod time;
pub(crate) mod xml;

pub use auth::Credentials;
#[cfg(feature = "lab")]
pub use operation::Operation;
