//! A page as seen by the planner, and the entries of it that belong to a range.
//!
//! For a regular page only a few keys are examined. Entries at or before the start of a range, or before the last one
//! taken in it, are repeated by the server and dropped; entries after its end belong to another range. The keys must
//! be in order; this is not checked here.

use std::borrow::Cow;
use std::ops::Range;

/// The position where a listing continues: after a key, or after one version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The `key-marker`.
    pub key: String,
    /// The `version-id-marker` within the key; `None` skips the rest of the key.
    pub version: Option<String>,
}

impl Marker {
    /// Returns the request parameters.
    pub(crate) fn parts(&self) -> (&str, Option<&str>) {
        (&self.key, self.version.as_deref())
    }
}

/// A page of a version listing: entries in key order, with the versions of a key adjacent.
pub(crate) trait Page {
    /// Returns the number of entries (versions and delete markers).
    fn len(&self) -> usize;
    /// Returns the key of an entry; `at` is less than [`Page::len`].
    fn key(&self, at: usize) -> Cow<'_, str>;
    /// Returns the version ID of an entry (possibly `null`).
    fn version(&self, at: usize) -> Cow<'_, str>;
    /// Returns the next marker if the page is truncated.
    fn next(&self) -> Option<Marker>;
    /// Returns whether the page has no entries.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The last entry taken in a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) key: String,
    pub(super) version: String,
}

/// Returns the entries of `page` that are new to the range `(start, end]`; `last` was taken last. An empty start means
/// unbounded.
pub(super) fn belonging(
    page: &dyn Page,
    start: &str,
    end: Option<&str>,
    last: Option<&Last>,
) -> Range<usize> {
    let mut from = 0;
    if !start.is_empty() {
        from = partition(page, from, |key| key <= start);
    }
    if let Some(last) = last {
        from = partition(page, from, |key| key < last.key.as_str());
        // Version IDs have no order, so search for the last one taken among those of its key.
        let again = (from..page.len())
            .take_while(|at| page.key(*at) == last.key)
            .find(|at| page.version(*at) == last.version);
        from = again.map_or(from, |at| at + 1);
    }
    let to = end.map_or(page.len(), |end| partition(page, from, |key| key <= end));
    from..to
}

/// Returns the index of the first entry, from `from` on, whose key is not `before`.
fn partition(page: &dyn Page, from: usize, before: impl Fn(&str) -> bool) -> usize {
    let (mut low, mut high) = (from, page.len());
    // Usually it is the first, or none.
    if low >= high || !before(&page.key(low)) {
        return low;
    }
    if before(&page.key(high - 1)) {
        return high;
    }
    while low < high {
        let middle = low.midpoint(high);
        if before(&page.key(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
