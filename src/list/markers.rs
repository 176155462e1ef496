//! Whether a server begins a page rightly after a key that does not exist, as parallel ranges need it.
//!
//! S3 does; moto, asked for a page after such a key, leaves out the entry that comes first. So a listing is cut into
//! ranges only after one request has shown, between two keys of its own first pages, that the server does not; and
//! where a range still seems to lack its first key ([`Gap`]), that key is looked up before the listing is believed.

use super::pages::untrusted;
use super::ranges::{Gap, Marker};
use crate::error::Result;
use crate::limits;
use crate::model::{is_xml_safe, printable};
use crate::s3::listing::Page;
use crate::s3::{Client, PageRequest};

/// Two neighbours of one page, and a key between them that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    between: String,
    next: String,
}

impl Probe {
    /// The first place of a page for it, if there is one: a key without its last character that is still greater than
    /// the key before.
    pub(super) fn of(page: &Page) -> Option<Self> {
        std::iter::zip(page.entries(), page.entries().skip(1)).find_map(|(before, next)| {
            let (last, _) = next.key.char_indices().next_back()?;
            let between = next.key.get(..last).filter(|key| *key > before.key && is_xml_safe(key))?;
            Some(Self { between: between.to_owned(), next: next.key.to_owned() })
        })
    }

    /// Whether a page that begins there begins with the next key's current entry, or with what was written since.
    pub(super) async fn send(&self, client: &Client, bucket: &str, prefix: &str) -> Result<bool> {
        let page = page_after(client, bucket, prefix, &self.between).await?;
        let first = page.entries().find(|entry| *entry.key > *self.between);
        Ok(first.is_some_and(|first| first.is_latest && *first.key <= *self.next))
    }
}

/// Looks up a key that seems to be missing. An error if it is there, and is still left out.
pub(super) async fn look_up(client: &Client, bucket: &str, prefix: &str, gap: &Gap) -> Result<()> {
    let Gap { border, key } = gap;
    let page = page_after(client, bucket, prefix, border).await?;
    let first = page.entries().map(|entry| entry.key).find(|first| **first > **border);
    if first.is_some_and(|first| *first <= **key) {
        return Ok(());
    }
    let request = PageRequest { bucket, prefix: key, after: None, entries: 1, once: false };
    if client.list_versions(&request).await?.entries().next().is_none_or(|entry| entry.key != key) {
        return Ok(());
    }
    let what = format!("a page starting after {} omits {}", printable(border), printable(key));
    Err(untrusted(bucket, &what, Some(&Marker { key: border.to_string(), version: None }))
        .hint("use --list-concurrency 1 to list pages one after another"))
}

async fn page_after(client: &Client, bucket: &str, prefix: &str, key: &str) -> Result<Page> {
    let entries = limits::KEY_PAGE_ENTRIES;
    let request = PageRequest { bucket, prefix, after: Some((key, None)), entries, once: false };
    client.list_versions(&request).await
}
