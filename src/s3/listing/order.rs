//! Supports servers that list versions and delete markers separately.
//!
//! AWS interleaves `<Version>` and `<DeleteMarker>` in order of creation. Some servers send all versions of a page and
//! then all its delete markers, or vice versa, which loses the order between the two kinds. Only then are a key's
//! entries merged by time, the current one first.

use std::cmp::Reverse;

use super::page::Page;
use super::xml::DecodeError;

/// Entries of a key further out of order than this are not explained by clock skew: Ceph RGW's writers were seen 17 ms
/// apart.
const CLOCK_SKEW_MS: i64 = 1000;

/// Merges the entries of a page that lists the two kinds separately, and marks the page. Keys that descend for any
/// other reason are an error, since entries could not be assigned to ranges of keys.
pub(super) fn repair_order(page: &mut Page) -> Result<(), DecodeError> {
    if !is_grouped(page) {
        let ascend = page.items.is_sorted_by(|a, b| page.key_of(a) <= page.key_of(b));
        return if ascend { Ok(()) } else { Err(DecodeError::new("its keys are not in order", 0)) };
    }
    let mut order: Vec<_> = page.items.clone();
    // Stable: indistinguishable entries keep the server's order.
    order.sort_by(|a, b| {
        page.key_of(a)
            .cmp(page.key_of(b))
            .then_with(|| b.is_latest.cmp(&a.is_latest))
            .then_with(|| Reverse(a.last_modified).cmp(&Reverse(b.last_modified)))
    });
    page.items = order;
    page.order_lost = true;
    Ok(())
}

/// Returns whether the page consists of one run of each kind, with evidence that this is not the true order:
/// descending keys or, across the seam, a current entry below another of its key, or one clearly newer than the one
/// above.
fn is_grouped(page: &Page) -> bool {
    let mut seams = page.items.windows(2).enumerate().filter_map(|(n, pair)| match pair {
        [a, b] if a.marker != b.marker => Some((n + 1, *a, *b)),
        _ => None,
    });
    let (Some((seam, above, below)), None) = (seams.next(), seams.next()) else {
        return false;
    };
    if page.key_of(&above) > page.key_of(&below) {
        return true;
    }
    if page.key_of(&above) < page.key_of(&below) {
        return false;
    }
    let key = page.key_of(&above);
    let current_below =
        page.items.iter().skip(seam).take_while(|i| page.key_of(i) == key).any(|i| i.is_latest);
    current_below || below.last_modified.millis() - above.last_modified.millis() >= CLOCK_SKEW_MS
}
