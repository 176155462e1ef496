//! Servers that list versions and delete markers apart.
//!
//! AWS interleaves `<Version>` and `<DeleteMarker>` in the order in which they were made. Some servers send all of a
//! page's versions and then all of its markers, or the other way round: the order between the two kinds is lost. There,
//! and only there, a key's entries are merged by their times, the current one first.

use std::cmp::Reverse;

use super::page::Page;
use super::xml::DecodeError;

/// Entries of one key this far out of order are no racing clocks: Ceph RGW's writers were seen 17 ms apart.
const CLOCK_SKEW_MS: i64 = 1000;

/// Merges the entries of a page that lists the two kinds apart, and marks it. A page whose keys descend for any other
/// reason is an error: what belongs to a range of keys could not be told.
pub(super) fn repair_order(page: &mut Page) -> Result<(), DecodeError> {
    if !is_grouped(page) {
        let ascend = page.items.is_sorted_by(|a, b| page.key_of(a) <= page.key_of(b));
        return if ascend { Ok(()) } else { Err(DecodeError::new("its keys are not in order", 0)) };
    }
    let mut order: Vec<_> = page.items.clone();
    // Stable: entries that nothing tells apart stay as the server has them.
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

/// Whether the page is one run of each kind, and something in it shows that this is not the entries' true order: keys
/// that descend, or, across the seam, a current entry below another of its key or one clearly younger than the one above.
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
