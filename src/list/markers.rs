//! Tests whether a server starts a page correctly after a key that does not exist, as parallel ranges require.
//!
//! S3 does; moto omits the first entry of such a page. So a listing is split into ranges only after a request between
//! two keys of its own first pages has shown that the server is correct. If a range still seems to lack its first key
//! ([`Gap`]), that key is looked up before the listing is trusted.

use super::pages::untrusted;
use super::ranges::{Gap, Marker};
use crate::error::Result;
use crate::limits;
use crate::model::{is_xml_safe, printable};
use crate::s3::listing::Page;
use crate::s3::{Client, PageRequest};

/// Two neighbors on a page, and a nonexistent key between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    between: String,
    next: String,
}

impl Probe {
    /// Returns the first usable place on a page: a key without its last character that is still greater than the
    /// previous key.
    pub(super) fn of(page: &Page) -> Option<Self> {
        std::iter::zip(page.entries(), page.entries().skip(1)).find_map(|(before, next)| {
            let (last, _) = next.key.char_indices().next_back()?;
            let between = next.key.get(..last).filter(|key| *key > before.key && is_xml_safe(key))?;
            Some(Self { between: between.to_owned(), next: next.key.to_owned() })
        })
    }

    /// Returns whether a page starting there begins with the next key's current entry, or with one written since.
    pub(super) async fn send(&self, client: &Client, bucket: &str, prefix: &str) -> Result<bool> {
        let page = page_after(client, bucket, prefix, &self.between).await?;
        let first = page.entries().find(|entry| *entry.key > *self.between);
        Ok(first.is_some_and(|first| first.is_latest && *first.key <= *self.next))
    }
}

/// Looks up a key that seems to be missing. Fails if the key exists and the server still omits it.
pub(super) async fn look_up(client: &Client, bucket: &str, prefix: &str, gap: &Gap) -> Result<()> {
    let Gap { border, key } = gap;
    let page = page_after(client, bucket, prefix, border).await?;
    let first = page.entries().map(|entry| entry.key).find(|first| **first > **border);
    if first.is_some_and(|first| *first <= **key) {
        return Ok(());
    }
    let request = PageRequest { bucket, prefix: key, entries: 1, ..PageRequest::default() };
    if client.list_versions(&request).await?.entries().next().is_none_or(|entry| entry.key != key) {
        return Ok(());
    }
    let what = format!("a page starting after {} omits {}", printable(border), printable(key));
    Err(untrusted(bucket, &what, Some(&Marker { key: border.to_string(), version: None }))
        .hint("use --list-concurrency 1 to list pages one after another"))
}

async fn page_after(client: &Client, bucket: &str, prefix: &str, key: &str) -> Result<Page> {
    let entries = limits::KEY_PAGE_ENTRIES;
    let request = PageRequest { bucket, prefix, after: Some((key, None)), entries, ..PageRequest::default() };
    client.list_versions(&request).await
}
