//! Reads the histories of many keys in as few requests as possible: page after page where the keys are close together,
//! with a jump to the next key where they are far apart. There are never more requests than keys (except for keys with
//! more versions than a page holds), nor more than the full listing has pages.

use futures::{StreamExt, TryStreamExt, stream};

use super::pages::{KeyPages, LoopGuard, located, next_marker, untrusted};
use super::ranges::Marker;
use super::select::common;
use crate::error::Result;
use crate::limits;
use crate::model::{Entry, is_xml_safe};
use crate::s3::listing::Page;
use crate::s3::{Client, PageRequest};

/// The caller's choice after each entry: read on, or stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// The next one.
    More,
    /// No more of this key.
    Enough,
}

/// Reads one key's entries, newest first, until `on` has enough of them.
pub(crate) async fn history(
    client: &Client,
    bucket: &str,
    key: &str,
    mut on: impl FnMut(&Entry<'_>, bool) -> Want,
) -> Result<()> {
    let mut pages = KeyPages::new(bucket.to_owned(), key.to_owned(), limits::KEY_PAGE_ENTRIES);
    while let Some(page) = pages.next(client).await? {
        for entry in page.entries().take_while(|entry| entry.key == key) {
            if on(&entry, page.is_order_lost()) == Want::Enough {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A reader of one key's history.
pub(crate) trait HistoryReader: Clone {
    /// Adds the next entry, newest first. With `order_lost`, the server listed versions and delete markers separately,
    /// so the order between the two kinds is known only from their times.
    fn push(&mut self, entry: &Entry<'_>, order_lost: bool) -> Want;

    /// Returns whether the reader found everything it looks for. If not, the key is read again alone: a server may
    /// omit the first entry after a key that does not exist (moto does).
    fn is_settled(&self) -> bool;
}

/// A key with the reader of its history.
#[derive(Debug, Clone)]
pub(crate) struct Keyed<R> {
    /// The key.
    pub key: String,
    /// The reader of the key's history.
    pub reader: R,
}

/// Reads the histories of several keys of a bucket. Returns the readers in byte order of the keys.
pub(crate) async fn read_histories<R: HistoryReader>(
    client: &Client,
    bucket: &str,
    mut wanted: Vec<Keyed<R>>,
) -> Result<Vec<Keyed<R>>> {
    wanted.sort_by(|a, b| a.key.cmp(&b.key));
    let mut read = wanted.clone();
    read_together(client, bucket, &mut read).await?;
    let settled = std::iter::zip(wanted, read).map(|(fresh, read)| async move {
        if read.reader.is_settled() {
            return Ok(read);
        }
        let mut again = fresh;
        history(client, bucket, &again.key, |entry, lost| again.reader.push(entry, lost)).await?;
        Ok(again)
    });
    stream::iter(settled).buffered(limits::CONTENT_CHECKS).try_collect().await
}

async fn read_together<R: HistoryReader>(
    client: &Client,
    bucket: &str,
    wanted: &mut [Keyed<R>],
) -> Result<()> {
    let keys: Vec<_> = wanted.iter().map(|of| of.key.clone()).collect();
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return Ok(()) };
    let prefix = common(first, last);
    let mut on = |at: usize, entry: &Entry<'_>, order_lost: bool| {
        wanted.get_mut(at).map_or(Want::Enough, |of| of.reader.push(entry, order_lost))
    };
    let (mut walk, mut guard) = (Lookup::new(&keys), LoopGuard::default());
    while let Some(step) = walk.step() {
        let after = step.after.as_ref();
        let request = PageRequest {
            bucket,
            prefix,
            after: after.map(Marker::parts),
            entries: step.entries,
            ..PageRequest::default()
        };
        let page = client.list_versions(&request).await.map_err(|e| located(e, after))?;
        if page.is_truncated() && next_marker(&page).is_none() {
            return Err(untrusted(bucket, "it is truncated but has no next marker", after));
        }
        if let Some(next) = walk.take_in(&page, &mut on)
            && !guard.advances(after, &next)
        {
            return Err(untrusted(bucket, "its markers do not advance", after));
        }
    }
    Ok(())
}

/// The next request.
#[derive(Debug)]
struct Step {
    after: Option<Marker>,
    entries: i32,
}

/// The state of a lookup of several keys in a listing.
#[derive(Debug)]
struct Lookup<'a> {
    keys: &'a [String],
    /// The index of the first unfinished key.
    at: usize,
    /// The start of the next page, if not just before that key.
    after: Option<Marker>,
    /// The last page contained several of the keys, so the next one is worth its full size.
    dense: bool,
}

impl<'a> Lookup<'a> {
    fn new(keys: &'a [String]) -> Self {
        Self { keys, at: 0, after: None, dense: false }
    }

    fn step(&self) -> Option<Step> {
        let key = self.keys.get(self.at)?;
        let after = self.after.clone().or_else(|| Some(Marker { key: just_before(key)?, version: None }));
        let entries = if self.dense { limits::PAGE_ENTRIES } else { limits::KEY_PAGE_ENTRIES };
        Some(Step { after, entries })
    }

    /// Passes the keys' entries on the page to `on`. Returns the start of the next page, if there is one.
    fn take_in(
        &mut self,
        page: &Page,
        on: &mut impl FnMut(usize, &Entry<'_>, bool) -> Want,
    ) -> Option<Marker> {
        let before = self.at;
        let mut last = None;
        for entry in page.entries() {
            while self.keys.get(self.at).is_some_and(|key| **key < *entry.key) {
                self.at += 1;
            }
            if self.keys.get(self.at).is_some_and(|key| *key == entry.key)
                && on(self.at, &entry, page.is_order_lost()) == Want::Enough
            {
                self.at += 1;
            }
            last = Some(entry.key);
        }
        self.dense = self.at > before + 1;
        let next = page.is_truncated().then(|| next_marker(page)).flatten();
        let (Some(next), Some(key)) = (next, self.keys.get(self.at)) else {
            self.at = self.keys.len();
            return None;
        };
        // Continue within a key, or before a key with which the next page may begin; otherwise jump to the next key.
        let jump = just_before(key).filter(|jump| *jump > next.key && last != Some(key));
        let next = jump.map_or(next, |jump| Marker { key: jump, version: None });
        self.after = Some(next.clone());
        Some(next)
    }
}

/// Returns a marker just before a key with hardly anything in between; `None` if no marker can express it, so that the
/// listing must start at its beginning.
fn just_before(key: &str) -> Option<String> {
    let last = key.chars().next_back()?;
    let head = key.strip_suffix(last)?;
    let before = match char::from_u32(u32::from(last).checked_sub(1)?) {
        None => '\u{D7FF}',
        // XML cannot contain these.
        Some('\u{FFFE}' | '\u{FFFF}') => '\u{FFFD}',
        Some(before) => before,
    };
    let near = format!("{head}{before}{}", char::MAX);
    let near = if near.len() <= limits::KEY_BYTES { near } else { format!("{head}{before}") };
    [near, head.to_owned()].into_iter().find(|place| !place.is_empty() && is_xml_safe(place))
}

#[cfg(test)]
mod tests;
