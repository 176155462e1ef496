//! The plain data every stage speaks in: keys, versions, instants. Pure.

mod bucket;
mod check;
mod checksum;
mod history;
mod iam;
mod instant;
mod key;
mod lifecycle;
mod location;
mod object;
mod path;
mod policy;
mod version;

pub use bucket::{BucketSettings, Encryption, Keeping, Known, Lock, Versioning};
pub use check::{Check, DatabaseWindow, Question, Subject, Verdict};
pub use checksum::{Algorithm, Digest, hex};
pub use history::Past;
pub use iam::{On, PERMISSIONS, Policy, Use};
pub use instant::Instant;
pub use key::{is_hostile, is_xml_safe, printable};
pub use lifecycle::{Era, Expiration, Filter, Lifecycle, NoncurrentExpiration, Rule};
pub use location::{DRILL_FOLDER, Destination, Location, Relocation};
pub use object::{ObjectHead, Stored};
pub use path::{CaseFold, KeyPath, Overlaps, UNFINISHED};
pub use policy::demands_conditions;
pub use version::{ChecksumType, Entry, Kind, Version};
