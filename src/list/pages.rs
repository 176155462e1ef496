//! Pages through the versions of one key, and the checks of page markers.

use super::ranges::Marker;
use super::sequence::Pages;
use crate::error::{Error, ErrorKind, Result};
use crate::model::printable;
use crate::s3::Client;
use crate::s3::listing::Page;

/// The pages of one key's versions. Entries of longer keys with this prefix come after its own.
#[derive(Debug)]
pub(crate) struct KeyPages {
    key: String,
    entries: i32,
    pages: Pages,
}

impl KeyPages {
    /// Starts listing the versions of `key`, with `entries` per page.
    pub(crate) fn new(bucket: String, key: String, entries: i32) -> Self {
        Self { pages: Pages::new(bucket, key.clone(), None), key, entries }
    }

    /// Returns the next page, or `None` after the key's last entry. The last page may contain only entries of other
    /// keys.
    pub(crate) async fn next(&mut self, client: &Client) -> Result<Option<Page>> {
        let page = self.pages.next(client, self.entries).await?;
        if page.as_ref().is_some_and(|page| page.entries().any(|e| e.key != self.key)) {
            self.pages.end();
        }
        Ok(page)
    }
}

/// The error for a listing that cannot be right.
pub(super) fn untrusted(bucket: &str, what: &str, after: Option<&Marker>) -> Error {
    let message = format!("cannot trust the server's listing of s3://{bucket}: {what}");
    located(Error::new(ErrorKind::Corrupt, message), after)
}

/// Adds the place in the listing where the error occurred.
pub(super) fn located(error: Error, after: Option<&Marker>) -> Error {
    match after {
        None => error,
        Some(Marker { key, version }) => error.hint(format!(
            "it happened on the page after key-marker {} and version-id-marker {}",
            printable(key),
            version.as_deref().unwrap_or("(none)")
        )),
    }
}

/// Returns the number of leading entries that the markers should have excluded.
pub(super) fn already_seen(page: &Page, key: &str, version: Option<&str>) -> usize {
    let before = page.entries().take_while(|e| e.key < key).count();
    let of_key = page.entries().skip(before).take_while(|e| e.key == key);
    before
        + match version {
            None => of_key.count(),
            Some(version) => {
                of_key.enumerate().find(|(_, e)| e.version_id == version).map_or(0, |(n, _)| n + 1)
            }
        }
}

/// Returns the start of the next page. Some servers omit the version ID or both markers; the last entry then provides
/// them.
pub(super) fn next_marker(page: &Page) -> Option<Marker> {
    let last = page.entries().next_back();
    let key = page.next_key_marker().filter(|k| !k.is_empty()).or(last.map(|e| e.key))?;
    let named = page.next_version_id_marker().filter(|v| !v.is_empty());
    let version = named.or(last.filter(|e| e.key == key).map(|e| e.version_id));
    Some(Marker { key: key.to_owned(), version: version.map(ToOwned::to_owned) })
}

/// Detects a listing that loops, in constant memory: keys must not descend, and within a key no marker may repeat.
/// Keeps one marker to compare with, and replaces it after 1, 2, 4, 8 … pages (Brent's algorithm).
#[derive(Debug, Default)]
pub(super) struct LoopGuard {
    kept: Option<Marker>,
    pages: u64,
}

impl LoopGuard {
    pub(super) fn advances(&mut self, from: Option<&Marker>, to: &Marker) -> bool {
        if from.is_some_and(|from| from.key > to.key || from == to) || self.kept.as_ref() == Some(to) {
            return false;
        }
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.kept = Some(to.clone());
        }
        true
    }
}

#[cfg(test)]
mod tests;
