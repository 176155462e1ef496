//! Reads the keys with a prefix in order, page after page, and may jump over keys that the caller does not need.
//!
//! Servers bend the rules of paging. Countermeasures: entries repeated at the start of a page (from inclusive markers)
//! are dropped; a missing marker is derived from the last entry; a page may be short or empty, and only `IsTruncated`
//! ends a listing; a marker that does not advance is an error. A server that starts a page wrongly after a key that
//! does not exist is found out before the first jump, and read from the beginning instead.

use std::sync::OnceLock;

use super::markers::Probe;
use super::pages::{LoopGuard, already_seen, located, next_marker, untrusted};
use super::ranges::Marker;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{is_xml_safe, printable};
use crate::s3::listing::Page;
use crate::s3::{Client, PageRequest};

/// The pages of the keys with a prefix.
#[derive(Debug)]
pub(crate) struct Pages {
    bucket: String,
    prefix: String,
    after: Option<Marker>,
    ended: bool,
    loops: LoopGuard,
}

impl Pages {
    /// Starts after the key `after`, existing or not, or with the first key.
    pub(crate) fn new(bucket: String, prefix: String, after: Option<String>) -> Self {
        let after = after.map(|key| Marker { key, version: None });
        Self { bucket, prefix, after, ended: false, loops: LoopGuard::default() }
    }

    /// Returns the next page, of at most `entries`; `None` after the last.
    pub(crate) async fn next(&mut self, client: &Client, entries: i32) -> Result<Option<Page>> {
        if self.ended {
            return Ok(None);
        }
        let after = self.after.as_ref().map(Marker::parts);
        let request = PageRequest {
            bucket: &self.bucket,
            prefix: &self.prefix,
            after,
            entries,
            ..PageRequest::default()
        };
        let mut page = client.list_versions(&request).await.map_err(|e| located(e, self.after.as_ref()))?;
        if let Some(entry) = page.entries().find(|e| !e.key.starts_with(&self.prefix)) {
            return Err(self.corrupt(&format!(
                "it lists {}, which is not under the requested prefix",
                printable(entry.key)
            )));
        }
        if let Some(Marker { key, version }) = &self.after {
            page.drop_first(already_seen(&page, key, version.as_deref()));
        }
        if page.is_truncated() {
            let next =
                next_marker(&page).ok_or_else(|| self.corrupt("it is truncated but has no next marker"))?;
            if !self.loops.advances(self.after.as_ref(), &next) {
                return Err(self.corrupt("its markers do not advance, so the listing would never end"));
            }
            self.after = Some(next);
        }
        self.ended = !page.is_truncated();
        Ok(Some(page))
    }

    /// Returns whether the last page was returned.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Ends the listing.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// Continues after `key` if that is further on. Returns whether it is.
    pub(crate) fn jump(&mut self, key: String) -> bool {
        let further = !self.ended && self.after.as_ref().is_none_or(|after| after.key < key);
        if further {
            self.after = Some(Marker { key, version: None });
        }
        further
    }

    fn corrupt(&self, what: &str) -> Error {
        untrusted(&self.bucket, what, self.after.as_ref())
    }
}

/// The knowledge whether a bucket's listing may begin after a key that does not exist.
#[derive(Debug, Default)]
pub(crate) struct Jumps {
    allowed: OnceLock<bool>,
}

impl Jumps {
    /// Returns whether a listing may jump, by a test between two keys of a page if that is not known yet. `false` if
    /// the page has no place for the test.
    pub(crate) async fn allowed_by(&self, client: &Client, pages: &Pages, page: &Page) -> Result<bool> {
        if let Some(allowed) = self.allowed.get() {
            return Ok(*allowed);
        }
        let Some(probe) = Probe::of(page) else { return Ok(false) };
        let right = probe.send(client, &pages.bucket, &pages.prefix).await?;
        Ok(*self.allowed.get_or_init(|| right))
    }

    /// Returns the listing of the keys with `prefix` after `after`. If the server cannot start it there, it starts
    /// from the beginning: the caller drops what precedes.
    pub(crate) async fn start(
        &self,
        client: &Client,
        bucket: &str,
        prefix: &str,
        after: Option<String>,
    ) -> Result<Pages> {
        let from_start = || Pages::new(bucket.to_owned(), prefix.to_owned(), None);
        let Some(after) = after else { return Ok(from_start()) };
        let mut first = from_start();
        let allowed = match self.allowed.get() {
            Some(allowed) => *allowed,
            None => match first.next(client, limits::PAGE_ENTRIES).await? {
                Some(page) => self.allowed_by(client, &first, &page).await?,
                None => false,
            },
        };
        Ok(if allowed { Pages::new(bucket.to_owned(), prefix.to_owned(), Some(after)) } else { from_start() })
    }
}

/// Returns a marker just after all keys with `prefix`, with hardly any of them behind it; `None` if no marker can
/// express it.
pub(crate) fn just_after(prefix: &str) -> Option<String> {
    let marker = format!("{prefix}{}", char::MAX);
    (marker.len() <= limits::KEY_BYTES && is_xml_safe(&marker)).then_some(marker)
}

#[cfg(test)]
mod tests;
