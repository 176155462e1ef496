//! Looking at a key: what it holds, next to what the plan wants and what it saw.
//!
//! A request that fails may still have been carried out, its reply lost; a condition that fails may do so because an
//! earlier attempt of ours succeeded; a run that was killed does not know. Only the key can tell:
//!
//! | the key holds | so |
//! |---|---|
//! | what the plan wants | nothing is repeated |
//! | what the plan saw | nothing was done yet |
//! | something else | somebody changed it |

use super::batch::Item;
use super::outcome::Outcome;
use super::place::Place;
use crate::error::{Error, Result};
use crate::limits;
use crate::list::KeyPages;
use crate::model::{ObjectHead, Version};
use crate::resolve::{Likeness, likeness};
use crate::s3::{Client, Copied, Deleted};

/// What a key holds.
#[derive(Debug)]
pub(super) enum Seen {
    /// What the plan wants; how a change that made it ended.
    Wanted(Outcome),
    /// What it was expected to hold.
    AsExpected,
    /// Something else: this, or nothing.
    Other(Option<Version>),
}

/// Looks at a change's key. Where its request may have been carried out, what may be its work is taken for it: a copy in
/// parts has another ETag than its source, and often no checksum to compare.
pub(super) async fn look(client: &Client, place: &Place, item: &Item) -> Result<Seen> {
    let (change, now, sent) = (&item.change, item.now(), item.open);
    let key = place.relocation.there(&change.key);
    let found = match client.head(&place.bucket, &key, None).await {
        Err(e) if e.is_unreadable_object() => return look_at_listing(client, place, item, &key, e).await,
        found => found?,
    };
    let as_expected = is_at(now, found.as_ref());
    if as_expected && found.as_ref().is_some_and(|found| found.version_id.is_some()) {
        return Ok(Seen::AsExpected);
    }
    let wanted = match (&change.then, &found) {
        (None, None) => Some(Outcome::Deleted(Deleted::default())),
        (Some(then), Some(found)) if !change.markers.is_empty() => {
            (found.version_id.as_ref() == Some(&then.version_id)).then_some(Outcome::MarkersRemoved)
        }
        // A copy would have another id.
        (Some(then), Some(found)) if place.is_itself(&change.key) && is_at(Some(then), Some(found)) => {
            Some(Outcome::Skipped)
        }
        (Some(then), Some(found)) => {
            let source = client.head(&place.source_bucket, &change.key, Some(&then.version_id)).await?;
            let like = source.map_or(Likeness::Different, |source| likeness(&source, found));
            let is_it = like == Likeness::Same || (sent && like == Likeness::Unverifiable);
            is_it.then(|| Outcome::Copied(copied(found)))
        }
        _ => None,
    };
    Ok(match wanted {
        Some(outcome) => Seen::Wanted(outcome),
        None if as_expected => Seen::AsExpected,
        None => Seen::Other(found.map(version)),
    })
}

/// The same where the server refuses to tell of what the key holds, as somebody has encrypted it with a key of their own: the
/// listing says which version that is, and no more.
async fn look_at_listing(client: &Client, place: &Place, item: &Item, key: &str, e: Error) -> Result<Seen> {
    let mut pages = KeyPages::new(place.bucket.clone(), key.to_owned(), limits::KEY_PAGE_ENTRIES);
    let page = pages.next(client).await?;
    let top = page.as_ref().and_then(|page| page.entries().next()).filter(|entry| entry.key == key);
    let found = top.filter(|entry| !entry.kind.is_marker()).map(Version::from);
    let id = |version: Option<&Version>| version.map(|version| version.version_id.clone());
    if id(found.as_ref()) == id(item.now()) {
        return Ok(Seen::AsExpected);
    }
    let is_then = found.is_some() && id(found.as_ref()) == id(item.change.then.as_ref());
    if is_then && !item.change.markers.is_empty() {
        return Ok(Seen::Wanted(Outcome::MarkersRemoved));
    }
    if is_then && place.is_itself(&item.change.key) {
        return Ok(Seen::Wanted(Outcome::Skipped));
    }
    match (&item.change.then, found) {
        (None, None) => Ok(Seen::Wanted(Outcome::Deleted(Deleted::default()))),
        // It may be the copy that we have made.
        (Some(_), Some(_)) if item.open => Err(e),
        (_, found) => Ok(Seen::Other(found)),
    }
}

fn copied(found: &ObjectHead) -> Copied {
    Copied { version_id: found.version_id.clone(), etag: Some(found.etag.clone()) }
}

/// Whether what was found is the version expected: the same id, or, where the server says none, the same ETag.
fn is_at(expected: Option<&Version>, found: Option<&ObjectHead>) -> bool {
    match (expected, found) {
        (None, None) => true,
        (Some(expected), Some(found)) => match &found.version_id {
            Some(id) if !expected.version_id.is_empty() => *id == expected.version_id,
            _ => found.etag == expected.etag,
        },
        _ => false,
    }
}

/// What a key holds, as a later request has to name it.
fn version(head: ObjectHead) -> Version {
    Version {
        version_id: head.version_id.unwrap_or_default(),
        size: head.size,
        etag: head.etag,
        storage_class: head.storage_class,
        ..Version::default()
    }
}
