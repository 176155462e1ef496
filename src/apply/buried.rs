//! What a request has buried whose reply nobody heard.
//!
//! A process that is killed takes with it what it had found in a key's place (`--on-conflict overwrite`), and where the
//! request was carried out, `undo` has to bring that back and not what the plan saw. The key's history still tells: it is
//! what lies right under ours.

use super::batch::Item;
use super::journal::Buried;
use super::outcome::Outcome;
use super::place::Place;
use crate::error::Result;
use crate::limits;
use crate::list::KeyPages;
use crate::model::{Entry, Version};
use crate::s3::Client;

/// What lies under what a change has made; `None` where that is what the plan saw, or where something else lies on top by
/// now, and an undo will leave the key alone.
pub(super) async fn buried(
    client: &Client,
    place: &Place,
    item: &Item,
    made: &Outcome,
) -> Result<Option<Box<Buried>>> {
    let key = place.relocation.there(&item.change.key);
    let mut pages = KeyPages::new(place.bucket.clone(), key.clone(), limits::KEY_PAGE_ENTRIES);
    let mut top: Option<bool> = None;
    while let Some(page) = pages.next(client).await? {
        for entry in page.entries().take_while(|entry| entry.key == key) {
            match top {
                None => top = Some(is_made(&entry, made)),
                Some(false) => return Ok(None),
                Some(true) => return Ok(over(Some(entry), item.change.now.as_ref())),
            }
        }
    }
    Ok(top.filter(|ours| *ours).and_then(|_| over(None, item.change.now.as_ref())))
}

/// Whether an entry is what a change has made.
fn is_made(entry: &Entry<'_>, made: &Outcome) -> bool {
    match made {
        Outcome::Copied(copied) => copied.version_id.as_deref() == Some(entry.version_id),
        Outcome::Deleted(_) => entry.kind.is_marker(),
        _ => false,
    }
}

/// An entry as what was buried, unless it is what the plan saw.
fn over(below: Option<Entry<'_>>, planned: Option<&Version>) -> Option<Box<Buried>> {
    let version = below.filter(|entry| !entry.kind.is_marker()).map(Version::from);
    let id = |version: Option<&Version>| version.map(|version| version.version_id.clone());
    (id(version.as_ref()) != id(planned)).then(|| Box::new(Buried { version }))
}
