//! The plain data every stage speaks in: keys, versions, instants. Pure.

mod access_point;
mod account;
mod bucket;
mod check;
mod checksum;
mod corrected;
mod history;
mod iam;
pub mod iam_databases;
mod instant;
mod key;
mod key_shape;
mod lifecycle;
mod location;
mod object;
mod path;
mod policy;
mod typed_time;
mod version;

pub use access_point::{is_access_point, is_arn, region_of_arn};
pub use account::{Account, RequestPayer};
pub use bucket::{BucketSettings, Encryption, Keeping, Known, Lock, Versioning};
pub use check::{Check, DatabaseWindow, Question, Subject, Verdict};
pub use checksum::{Algorithm, Digest, hex};
pub use history::Past;
pub use iam::{On, PERMISSIONS, Policy, Use};
pub use instant::Instant;
pub use key::{is_hostile, is_xml_safe, printable};
pub use key_shape::KeyShapes;
pub use lifecycle::{Era, Expiration, Filter, Lifecycle, NoncurrentExpiration, Rule};
pub use location::{DRILL_FOLDER, Destination, Location, Relocation};
pub use object::{ObjectHead, Stored};
pub use path::{CaseFold, KeyPath, Overlaps, UNFINISHED};
pub use policy::demands_conditions;
pub use typed_time::TypedTime;
pub use version::{ChecksumType, Entry, Kind, Version};
