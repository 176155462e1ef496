//! Tears down a drill: every version in its folder of each scratch bucket, and its databases.

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

/// Tears everything down, and ends the drill if nothing is left. Returns what is left, and why.
///
/// | database | |
/// |---|---|
/// | never requested by the drill, or certainly refused | ignored: a database of that name is someone else's |
/// | requested, and ours or gone | torn down |
/// | requested, and someone else's or unknown | left: it may still be the drill's |
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
            left.push(format!("{}: {e}{}", database.title(), by_hand.unwrap_or_default()));
        }
    }
    for (n, part) in buckets.iter().enumerate() {
        let Some(to) = part.target.elsewhere() else { continue };
        // The copies of a killed drill are torn down first of all, before the bucket's region is known. If the bucket
        // cannot be found, the requests below say why.
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

/// Aborts the uploads that a killed run has begun: they appear in no listing of versions, but cost money.
async fn abandon_uploads(client: &Client, state_dir: &Path, run: &str) -> Result<()> {
    match Run::open(state_dir, run) {
        Ok(run) => abandon_noted(client, &run).await,
        // The run was killed before it changed anything, or has been removed.
        Err(e) if e.kind() == ErrorKind::Usage => Ok(()),
        Err(e) => Err(e),
    }
}

/// Deletes every version in a drill's folder. Always requests the first page, since the versions of the last one are
/// gone.
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
            // A bucket that does not exist holds nothing.
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

/// Deletes the versions of a page; keys that XML cannot represent are deleted one by one.
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
