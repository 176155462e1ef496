//! Reads a key and compares it with the plan.
//!
//! A failed request may still have been applied if only its reply was lost; a condition may fail because an earlier
//! attempt of ours succeeded; a killed run does not know. Only the key can tell:
//!
//! | the key holds | conclusion |
//! |---|---|
//! | the planned result | nothing is repeated |
//! | the version that the plan expected | nothing was done yet |
//! | something else | another client changed it |

use super::batch::Item;
use super::outcome::Outcome;
use super::place::Place;
use crate::error::{Error, Result};
use crate::limits;
use crate::list::KeyPages;
use crate::model::{ObjectHead, Version};
use crate::resolve::{Likeness, likeness};
use crate::s3::{Client, Copied, Deleted};

/// The state of a key.
#[derive(Debug)]
pub(super) enum Seen {
    /// The planned result, with the outcome of the change that made it.
    Wanted(Outcome),
    /// The expected version.
    AsExpected,
    /// Another version, or none.
    Other(Option<Version>),
}

/// Reads a change's key. If its request may have been applied, an object that may be its result is taken for it: a
/// multipart copy has another ETag than its source, and often no checksum to compare.
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
        // A copy would have another ID.
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

/// Reads the key from the listing if the server refuses HEAD because another client encrypted the object with its own
/// key (SSE-C): the listing reports the version, and nothing more.
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
        // It may be our copy.
        (Some(_), Some(_)) if item.open => Err(e),
        (_, found) => Ok(Seen::Other(found)),
    }
}

fn copied(found: &ObjectHead) -> Copied {
    Copied { version_id: found.version_id.clone(), etag: Some(found.etag.clone()) }
}

/// Returns true if the object found is the expected version: the same ID or, if the server reports none, the same ETag.
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

/// Converts to a version that a later request can name.
fn version(head: ObjectHead) -> Version {
    Version {
        version_id: head.version_id.unwrap_or_default(),
        size: head.size,
        etag: head.etag,
        storage_class: head.storage_class,
        ..Version::default()
    }
}
