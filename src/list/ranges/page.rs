//! What the planner needs to know of a page, and which of its entries belong to a range.
//!
//! Of a page with no surprises only a few keys are looked at. Entries at or before the start of a range, or before the
//! last one taken in it, are a server's repetition and dropped; those after its end belong to another range. The keys
//! must be in order: that is not checked here.

use std::borrow::Cow;
use std::ops::Range;

/// Where a listing goes on: after a key, or after one version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// `key-marker`.
    pub key: String,
    /// `version-id-marker`, within the key; none: all of the key is behind.
    pub version: Option<String>,
}

impl Marker {
    /// As a request names it.
    pub(crate) fn parts(&self) -> (&str, Option<&str>) {
        (&self.key, self.version.as_deref())
    }
}

/// One page of a listing of versions: its entries in key order, the versions of a key next to each other.
pub(crate) trait Page {
    /// How many entries (versions and delete markers) it has.
    fn len(&self) -> usize;
    /// The key of an entry; `at` is less than [`Page::len`].
    fn key(&self, at: usize) -> Cow<'_, str>;
    /// The version id of an entry (`null` where that is its id).
    fn version(&self, at: usize) -> Cow<'_, str>;
    /// The next marker, where the page is truncated.
    fn next(&self) -> Option<Marker>;
    /// Whether it has no entry.
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

/// The entries of `page` that are new to the range `(start, end]`, of which `last` was taken last; an empty start is
/// none.
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
        // Versions have no order: the one taken last, if it is here again, is looked for among those of its key.
        let again = (from..page.len())
            .take_while(|at| page.key(*at) == last.key)
            .find(|at| page.version(*at) == last.version);
        from = again.map_or(from, |at| at + 1);
    }
    let to = end.map_or(page.len(), |end| partition(page, from, |key| key <= end));
    from..to
}

/// The first entry, from `from` on, whose key is not `before`.
fn partition(page: &dyn Page, from: usize, before: impl Fn(&str) -> bool) -> usize {
    let (mut low, mut high) = (from, page.len());
    // Most often it is the first, or none.
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
