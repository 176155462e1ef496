//! The plain data every stage speaks in: keys, versions, instants. Pure.

mod bucket;
mod history;
mod instant;
mod key;
mod location;
mod object;
mod version;

pub use bucket::Versioning;
pub use history::Past;
pub use instant::Instant;
pub use key::{is_xml_safe, printable};
pub use location::{Location, Relocation};
pub use object::ObjectHead;
pub use version::{ChecksumType, Entry, Kind, Version};
