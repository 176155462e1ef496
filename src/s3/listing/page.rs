//! A decoded page of a version listing.

use super::xml::DecodeError;
use crate::model::{ChecksumType, Entry, Instant, Kind};

/// A range of a page's text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Option<Self> {
        Some(Self { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// An entry with its texts stored in the page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Item {
    pub(super) key: Span,
    pub(super) version_id: Span,
    pub(super) is_latest: bool,
    pub(super) last_modified: Instant,
    pub(super) marker: bool,
    pub(super) etag: Span,
    pub(super) size: u64,
    pub(super) storage_class: Span,
    pub(super) checksum_algorithm: Span,
    pub(super) checksum_type: ChecksumType,
}

/// A page with its entries in key order, newest first within a key.
#[derive(Debug)]
pub struct Page {
    pub(super) text: String,
    pub(super) items: Vec<Item>,
    pub(super) prefixes: Vec<Span>,
    pub(super) truncated: bool,
    pub(super) next_key: Option<Span>,
    pub(super) next_version: Option<Span>,
    pub(super) order_lost: bool,
}

impl Page {
    /// Returns the entries.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> + DoubleEndedIterator {
        self.items.iter().map(|item| self.entry(item))
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the entry at an index.
    pub fn entry_at(&self, at: usize) -> Option<Entry<'_>> {
        self.items.get(at).map(|item| self.entry(item))
    }

    /// Returns the common prefixes, if a delimiter was requested.
    pub fn prefixes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.prefixes.iter().map(|span| span.of(&self.text))
    }

    /// Returns whether more pages follow. The number of entries does not tell: short pages are normal.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Returns the server's `NextKeyMarker`.
    pub fn next_key_marker(&self) -> Option<&str> {
        self.next_key.map(|span| span.of(&self.text))
    }

    /// Returns the server's `NextVersionIdMarker`.
    pub fn next_version_id_marker(&self) -> Option<&str> {
        self.next_version.map(|span| span.of(&self.text))
    }

    /// Returns whether the server listed versions and delete markers separately, so that the order between a key's two
    /// kinds is known only from their times.
    pub fn is_order_lost(&self) -> bool {
        self.order_lost
    }

    /// Removes the first `n` entries, already seen on an earlier page.
    pub(crate) fn drop_first(&mut self, n: usize) {
        self.items.drain(..n.min(self.items.len()));
    }

    pub(super) fn key_of(&self, item: &Item) -> &str {
        item.key.of(&self.text)
    }

    fn entry(&self, item: &Item) -> Entry<'_> {
        let of = |span: Span| span.of(&self.text);
        Entry {
            key: of(item.key),
            version_id: of(item.version_id),
            is_latest: item.is_latest,
            last_modified: item.last_modified,
            kind: if item.marker {
                Kind::DeleteMarker
            } else {
                Kind::Version {
                    etag: of(item.etag),
                    size: item.size,
                    storage_class: of(item.storage_class),
                    checksum_algorithm: of(item.checksum_algorithm),
                    checksum_type: item.checksum_type,
                }
            },
        }
    }

    /// Checks that no text starts or ends inside a character. The whole text is valid UTF-8, but one text may end in
    /// half a character of which the next has the other half.
    pub(super) fn check_spans(&self) -> Result<(), DecodeError> {
        if self.text.is_ascii() {
            return Ok(());
        }
        let spans = self
            .items
            .iter()
            .flat_map(|i| [i.key, i.version_id, i.etag, i.storage_class, i.checksum_algorithm])
            .chain(self.prefixes.iter().copied())
            .chain(self.next_key)
            .chain(self.next_version);
        for span in spans {
            let whole = |at: u32| self.text.is_char_boundary(at as usize);
            if !(whole(span.start) && whole(span.end)) {
                return Err(DecodeError::new("a text is not UTF-8", span.start as usize));
            }
        }
        Ok(())
    }
}
