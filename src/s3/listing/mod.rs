//! Version listings, decoded in document order by asof itself.

mod decode;
mod order;
mod page;
mod tap;
#[cfg(test)]
mod tests;
mod text;
mod xml;

pub use decode::{decode, is_error_document};
pub use page::Page;
pub(super) use tap::{PageTap, TapClient};
pub use xml::DecodeError;
pub(super) use xml::Reader;
