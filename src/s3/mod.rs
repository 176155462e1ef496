//! The only module that names the S3 SDK: a client whose operations use asof's own types.
//!
//! There is one file per kind of operation; [`error`](self) converts SDK errors into [`crate::error::Error`]. Every
//! write request takes its token from the rate limiter here, so that no caller can forget it.

mod acl;
mod archive;
mod blank_key;
mod bodiless;
mod bucket;
mod client;
mod clock;
mod contest;
mod copy;
mod delete;
mod dns;
mod error;
mod facts;
mod get;
mod header;
mod lifecycle;
pub mod listing;
mod multipart;
mod objects;
mod plain;
mod profile;
mod rate;
mod read;
mod relay;
mod reply;
mod root;
mod sites;
mod terms;
mod whole;

pub use acl::Grants;
pub use archive::{Thaw, Tier};
pub use client::{Client, Settings};
pub(crate) use client::{load_config, retries, timeouts};
pub use clock::ServerClock;
pub use copy::{Copied, CopyRequest, Guard};
pub use delete::{DeleteKey, Deleted};
pub use facts::{Archive, Current, Facts};
pub use get::{Body, ObjectName, Stretch};
pub use multipart::{Part, Upload};
pub use objects::{Contents, Created, Names, unique};
pub use rate::Rate;
pub use read::{PageRequest, TagCount};
pub use relay::{CustomerKey, RelayRequest, RelayedBody, RelayedHead};
pub(crate) use whole::WholeReplies;
