//! Tearing down what a drill has made: its folder in each scratch bucket, with every version in it, and its databases.

use std::path::Path;

use super::bucket::BucketPart;
use crate::db::Database;
use crate::engine::uploads::abandon_noted;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Location, is_xml_safe};
use crate::recover::{Record, is_scratch_of};
use crate::retry::{RetryBudget, Sends};
use crate::s3::{Client, DeleteKey, PageRequest};
use crate::state::{Recovery, Run};

/// Tears everything down, and ends the drill if nothing is left. What is left, and why, is given back.
///
/// | database | |
/// |---|---|
/// | the drill has not asked for it, or was refused for certain | what stands there is somebody else's: it is not looked at |
/// | asked for, and ours or gone | torn down |
/// | asked for, and foreign, or it cannot be told | left: it may be the drill's all the same |
pub(crate) async fn tear_down(
    recovery: &Recovery,
    state_dir: &Path,
    buckets: &[BucketPart],
    databases: &[Database],
) -> Result<Vec<String>> {
    let mut left = Vec::new();
    let state = recovery.state();
    for (n, database) in databases.iter().enumerate().filter(|(n, _)| state.asked_for(*n).is_some()) {
        if let Err(e) = database.teardown(&recovery.errand_of(n)).await {
            let by_hand = database.by_hand().map(|how| format!("; remove it by hand: {how}"));
            left.push(format!("database {}: {e}{}", database.name(), by_hand.unwrap_or_default()));
        }
    }
    for (n, part) in buckets.iter().enumerate() {
        let Some(to) = &part.to else { continue };
        // What a killed drill has left is torn down first of all: the bucket's region is not known yet. Where it cannot be
        // found, the requests below say why.
        drop(part.client.find(&to.bucket).await);
        for (_, run) in state.all_runs().iter().filter(|(bucket, _)| *bucket == n) {
            if let Err(e) = abandon_uploads(&part.client, state_dir, run).await {
                left.push(format!("{to}: {e}"));
            }
        }
        if let Err(e) = erase(&part.client, to, recovery.id()).await {
            left.push(format!("{to}: {e}"));
        }
    }
    if left.is_empty() {
        recovery.note(|at| Record::Ended { at })?;
    }
    Ok(left)
}

/// Abandons what a killed run has begun to upload: no version shows it, and it would be paid for.
async fn abandon_uploads(client: &Client, state_dir: &Path, run: &str) -> Result<()> {
    match Run::open(state_dir, run) {
        Ok(run) => abandon_noted(client, &run).await,
        // It was killed before it had changed anything, or has been removed.
        Err(e) if e.kind() == ErrorKind::Usage => Ok(()),
        Err(e) => Err(e),
    }
}

/// Erases every version below a drill's folder. Each page is asked for anew: what it names is gone then.
async fn erase(client: &Client, place: &Location, tag: &str) -> Result<()> {
    if !is_scratch_of(place, tag) {
        let message = format!("{place} is not the folder of the drill {tag}; nothing in it was removed");
        return Err(Error::new(ErrorKind::Refused, message));
    }
    let mut budget = RetryBudget::new(Sends::Write, 0);
    loop {
        let request = PageRequest {
            bucket: &place.bucket,
            prefix: &place.prefix,
            entries: limits::PAGE_ENTRIES,
            ..PageRequest::default()
        };
        let page = match client.list_versions(&request).await {
            // Nothing can be left in a bucket that is not there.
            Err(e) if e.code() == Some("NoSuchBucket") => return Ok(()),
            page => page?,
        };
        let keys: Vec<_> = page
            .entries()
            .filter(|entry| entry.key.starts_with(&place.prefix))
            .map(|entry| DeleteKey { key: entry.key, etag: None, version_id: Some(entry.version_id) })
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        match erase_page(client, &place.bucket, &keys).await {
            Ok(()) => budget = RetryBudget::new(Sends::Write, 0),
            Err(e) if !e.is_retryable() => return Err(e),
            Err(e) => match budget.pause(&e) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(e),
            },
        }
    }
}

/// Keys that XML cannot carry go one by one.
async fn erase_page(client: &Client, bucket: &str, keys: &[DeleteKey<'_>]) -> Result<()> {
    let (plain, odd): (Vec<_>, Vec<_>) = keys.iter().copied().partition(|key| is_xml_safe(key.key));
    for batch in plain.chunks(limits::DELETE_BATCH) {
        client.delete(bucket, batch).await?.into_iter().collect::<Result<Vec<_>>>()?;
    }
    for key in odd {
        client.delete_one(bucket, key).await?;
    }
    Ok(())
}
