//! One request's worth of changes, and what became of them.
//!
//! A request that fails may still have been carried out, its reply lost; and a condition that fails may do so because
//! our own earlier attempt succeeded. So whenever a failure leaves that open, the key is looked at:
//!
//! | the key holds | then it was |
//! |---|---|
//! | what the plan wants | done: nothing is repeated |
//! | what the plan saw | not done: failed, with the error |
//! | something else | changed by somebody: a conflict, left alone |

use futures::{StreamExt, stream};

use super::batch::Work;
use super::copy::Made;
use super::pool::{Outcome, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::plan::Change;
use crate::resolve::{Likeness, likeness};
use crate::s3::{Client, DeleteKey, Guard};

/// Carries out one piece of work.
pub(super) async fn perform(client: &Client, place: &Place, work: Work) -> Vec<(Change, Outcome)> {
    match work {
        Work::Copy(change) => {
            let outcome = copy(client, place, &change).await;
            vec![(change, outcome)]
        }
        Work::Delete(changes) => delete(client, place, changes).await,
        Work::DeleteOne(change) => {
            let outcome = delete_one(client, place, &change).await;
            vec![(change, outcome)]
        }
    }
}

async fn copy(client: &Client, place: &Place, change: &Change) -> Outcome {
    let Some(then) = &change.then else { return broken(change) };
    let guard = change.now.as_ref().map_or(Guard::Absent, |now| Guard::Etag(now.etag.clone()));
    match super::copy::copy(client, place, change, then, &guard).await {
        Ok(Made::Copied(copied)) => Outcome::Copied(copied),
        Ok(Made::Archived { thawing }) => Outcome::Archived { thawing },
        Err(e) if leaves_open(&e) => look(client, place, change, e).await,
        Err(e) => Outcome::Failed(e),
    }
}

/// Deletes keys in rounds: the keys that failed in passing are sent again, and no others.
async fn delete(client: &Client, place: &Place, changes: Vec<Change>) -> Vec<(Change, Outcome)> {
    let mut done = Vec::with_capacity(changes.len());
    let mut left = changes;
    let mut pause = limits::DELETE_ROUND_PAUSE;
    for round in 1..=limits::DELETE_ROUNDS {
        let (results, again) = delete_round(client, place, left, round == limits::DELETE_ROUNDS).await;
        done.extend(results);
        left = again;
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    done
}

/// Sends the keys once. Gives those that are settled, and those to send again.
async fn delete_round(
    client: &Client,
    place: &Place,
    changes: Vec<Change>,
    last: bool,
) -> (Vec<(Change, Outcome)>, Vec<Change>) {
    let targets: Vec<_> = changes.iter().map(|change| place.relocation.there(&change.key)).collect();
    let keys: Vec<_> = std::iter::zip(&changes, &targets)
        .map(|(change, key)| DeleteKey { key, etag: change.now.as_ref().map_or("", |now| &now.etag) })
        .collect();
    let (results, last) = match client.delete(&place.bucket, &keys).await {
        Ok(results) => (results, last),
        // The SDK has tried the whole request often enough; what is left open is looked at key by key.
        Err(e) => (keys.iter().map(|_| Err(again(&e))).collect(), true),
    };
    let (mut done, mut left, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (change, result) in changes.into_iter().zip(results) {
        match result {
            Ok(deleted) => done.push((change, Outcome::Deleted(deleted))),
            Err(e) if e.is_retryable() && !last => left.push(change),
            Err(e) if leaves_open(&e) => open.push((change, e)),
            Err(e) => done.push((change, Outcome::Failed(e))),
        }
    }
    // Side by side: where the server does not answer, each look takes all its attempts.
    let looks = stream::iter(open).map(|(change, e)| async move {
        let outcome = look(client, place, &change, e).await;
        (change, outcome)
    });
    done.extend(looks.buffer_unordered(limits::CONTENT_CHECKS).collect::<Vec<_>>().await);
    (done, left)
}

async fn delete_one(client: &Client, place: &Place, change: &Change) -> Outcome {
    let Some(now) = &change.now else { return broken(change) };
    let target = place.relocation.there(&change.key);
    let key = DeleteKey { key: &target, etag: &now.etag };
    let result = match client.delete_one(&place.bucket, key, true).await {
        // A server without conditional deletes: look first, then delete.
        Err(e) if e.kind() == ErrorKind::Unsupported => match client.head(&place.bucket, &target, None).await
        {
            Ok(Some(head)) if head.etag == now.etag => client.delete_one(&place.bucket, key, false).await,
            Ok(_) => return look(client, place, change, e).await,
            Err(e) => Err(e),
        },
        result => result,
    };
    match result {
        Ok(deleted) => Outcome::Deleted(deleted),
        Err(e) if leaves_open(&e) => look(client, place, change, e).await,
        Err(e) => Outcome::Failed(e),
    }
}

/// Whether the request may have been carried out in spite of the error, or the key may have changed.
pub(super) fn leaves_open(e: &Error) -> bool {
    e.is_retryable() || matches!(e.kind(), ErrorKind::Precondition | ErrorKind::Missing | ErrorKind::Corrupt)
}

/// Looks at the key to tell what an error left open.
async fn look(client: &Client, place: &Place, change: &Change, error: Error) -> Outcome {
    match try_look(client, place, change).await {
        Ok(Seen::Wanted) => Outcome::Skipped,
        Ok(Seen::Other) => Outcome::Conflict,
        // If looking failed too, the first error is the one that matters.
        Ok(Seen::AsPlanned) | Err(_) => Outcome::Failed(error),
    }
}

enum Seen {
    Wanted,
    AsPlanned,
    Other,
}

async fn try_look(client: &Client, place: &Place, change: &Change) -> Result<Seen> {
    let found = client.head(&place.bucket, &place.relocation.there(&change.key), None).await?;
    let wanted = match (&change.then, &found) {
        (None, None) => true,
        (Some(then), Some(found)) => {
            let source = client.head(&place.source_bucket, &change.key, Some(&then.version_id)).await?;
            source.is_some_and(|source| likeness(&source, found) == Likeness::Same)
        }
        _ => false,
    };
    let as_planned = change.now.as_ref().map(|now| &now.etag) == found.as_ref().map(|found| &found.etag);
    Ok(match (wanted, as_planned) {
        (true, _) => Seen::Wanted,
        (false, true) => Seen::AsPlanned,
        (false, false) => Seen::Other,
    })
}

/// An error of a whole request, once more for each of its keys.
fn again(e: &Error) -> Error {
    let copy = Error::new(e.kind(), e.to_string());
    let copy = e.hints().iter().fold(copy, Error::hint);
    match e.code() {
        Some(code) => copy.with_code(code),
        None => copy,
    }
}

fn broken(change: &Change) -> Outcome {
    let key = crate::model::printable(&change.key);
    Outcome::Failed(Error::new(
        ErrorKind::Corrupt,
        format!("the plan's entry for {key} lacks the version it is about"),
    ))
}
