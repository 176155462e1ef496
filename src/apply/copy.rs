//! Copies a version so that the copy is the same object, not only the same bytes.
//!
//! CopyObject copies system and user metadata, tags and the checksum algorithm by itself; a multipart copy copies none
//! of them. What is sent explicitly, and where it is read from:
//!
//! | | one request | multipart | read from |
//! |---|---|---|---|
//! | storage class | sent | sent | HEAD, or the listing |
//! | encryption, KMS key, bucket key | sent | sent | HEAD |
//! | website redirect | sent | sent | HEAD |
//! | ACL, if object ACLs are enabled | sent | sent | `GetObjectAcl` |
//! | retention, legal hold, with `--locks` | sent | sent | HEAD |
//! | system and user metadata | copied | sent | HEAD |
//! | tags | copied | sent | `GetObjectTagging` |
//! | checksum algorithm | copied | sent | HEAD |
//!
//! An archived version must be restored from the archive before it is copied; until then its key stays unchanged.

use std::collections::BTreeMap;

use super::multipart::{Uploads, copy_in_parts};
use super::place::Place;
use crate::counters::Counters;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Version, printable};
use crate::plan::Change;
use crate::s3::{Archive, Client, Copied, CopyRequest, Facts, Grants, Guard, ObjectName, TagCount, Thaw};

/// Options for copying versions.
#[derive(Debug, Clone)]
pub struct Copies {
    /// True if a HEAD is sent for each version first. If not, properties that the listing lacks are still read when
    /// needed: see [`Copies::needs_facts`].
    pub heads: bool,
    /// True if object ACLs are enabled in the target bucket.
    pub acls: bool,
    /// True if retention and legal hold are kept.
    pub locks: bool,
    /// The options for restoring archived versions from the archive; if not set, they are not requested.
    pub thaw: Option<Thaw>,
    /// The largest size in bytes that is copied by one request.
    pub multipart_threshold: u64,
    /// The multipart copies in progress.
    pub uploads: Uploads,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            heads: true,
            acls: false,
            locks: false,
            thaw: None,
            multipart_threshold: limits::MAX_COPY_BYTES,
            uploads: Uploads::default(),
        }
    }
}

impl Copies {
    /// Returns true if a version needs a HEAD before it is copied. It does not if it is copied by one request, without
    /// locks, its redirect has no effect, and its encryption is the bucket's default: switching `heads` off vouches for
    /// the last two.
    pub fn needs_facts(&self, version: &Version) -> bool {
        self.heads || self.locks || self.is_multipart(version)
    }

    pub(super) fn is_multipart(&self, version: &Version) -> bool {
        version.size > self.multipart_threshold
    }
}

/// The result of a copy.
#[derive(Debug)]
pub(super) enum Made {
    /// A new version.
    Copied(Copied),
    /// No copy because the version is archived. `thawing` tells whether its restore has been requested.
    Archived { thawing: bool },
}

/// A property that cannot be kept.
#[derive(Debug, Clone, Copy)]
enum Loss {
    Acl,
    Tags,
    Locks,
    Metadata,
}

/// The properties of the copy that are sent explicitly.
#[derive(Default)]
struct Said {
    facts: Option<Facts>,
    grants: Grants,
    tags: BTreeMap<String, String>,
    losses: Vec<Loss>,
}

/// Copies the version `then` of the change's key to its target if the guard holds there.
pub(super) async fn copy(
    client: &Client,
    place: &Place,
    how: &Copies,
    change: &Change,
    then: &Version,
    guard: &Guard,
) -> Result<Made> {
    let said = client.unless_halted(gather(client, place, how, change, then)).await?;
    let frozen = said.facts.as_ref().map_or(Archive::Readable, |facts| facts.archive);
    match frozen {
        Archive::Readable => {}
        Archive::Thawing => return Ok(Made::Archived { thawing: true }),
        Archive::Frozen => return thaw(client, place, how, change, then).await,
    }
    let key = place.relocation.there(&change.key);
    let listed = &then.storage_class;
    let request = CopyRequest {
        source_bucket: &place.source_bucket,
        source_key: &change.key,
        version_id: &then.version_id,
        source_etag: &then.etag,
        bucket: &place.bucket,
        key: &key,
        // HEAD is more reliable than the listings of some servers.
        storage_class: said.facts.as_ref().map_or(listed, |facts| &facts.storage_class),
        facts: said.facts.as_ref(),
        grants: &said.grants,
        locks: how.locks,
        guard,
    };
    match send(client, how, &request, then, &said).await {
        Ok(copied) => {
            for loss in said.losses {
                count(client.counters(), loss);
            }
            Ok(Made::Copied(copied))
        }
        // Without a HEAD, Intelligent-Tiering archive tiers are detected only here.
        Err(e) if matches!(e.code(), Some("InvalidObjectState" | "ObjectNotInActiveTierError")) => {
            thaw(client, place, how, change, then).await
        }
        Err(e) => Err(e),
    }
}

/// Reads the properties of the version that the listing lacks.
async fn gather(
    client: &Client,
    place: &Place,
    how: &Copies,
    change: &Change,
    then: &Version,
) -> Result<Said> {
    let mut said = Said::default();
    let (bucket, key, id) = (&*place.source_bucket, &*change.key, &*then.version_id);
    if how.needs_facts(then) {
        let facts = client.facts(bucket, key, id).await?.ok_or_else(|| gone(place, change))?;
        if facts.is_locked && !how.locks {
            said.losses.push(Loss::Locks);
        }
        if facts.hides_redirect || facts.hides_metadata && how.is_multipart(then) {
            said.losses.push(Loss::Metadata);
        }
        let readable = facts.archive == Archive::Readable;
        said.facts = Some(facts);
        if !readable {
            return Ok(said);
        }
    }
    if how.acls {
        match client.grants(bucket, key, id).await? {
            Some(grants) => said.grants = grants,
            None => said.losses.push(Loss::Acl),
        }
    }
    if how.is_multipart(then) {
        let count = said.facts.as_ref().map_or(TagCount::NoneSaid, |facts| facts.tags);
        match client.tags(bucket, key, Some(id), count).await? {
            Some(tags) => said.tags = tags,
            None => said.losses.push(Loss::Tags),
        }
    }
    Ok(said)
}

/// Sends the copy.
async fn send(
    client: &Client,
    how: &Copies,
    request: &CopyRequest<'_>,
    then: &Version,
    said: &Said,
) -> Result<Copied> {
    match &said.facts {
        Some(facts) if how.is_multipart(then) => copy_in_parts(client, how, request, facts, &said.tags).await,
        _ => client.copy(request).await,
    }
}

/// Requests an archived version, if the options say so.
async fn thaw(client: &Client, place: &Place, how: &Copies, change: &Change, then: &Version) -> Result<Made> {
    let Some(thaw) = how.thaw else { return Ok(Made::Archived { thawing: false }) };
    let version = ObjectName { bucket: &place.source_bucket, key: &change.key, version_id: &then.version_id };
    client.thaw(version, &then.storage_class, thaw).await?;
    Ok(Made::Archived { thawing: true })
}

pub(super) fn gone(place: &Place, change: &Change) -> Error {
    let (bucket, key) = (&place.source_bucket, printable(&change.key));
    Error::new(
        ErrorKind::Missing,
        format!(
            "cannot copy s3://{bucket}/{key}: the version live at T was removed after it was listed"
        ),
    )
    .with_code("NoSuchVersion")
    .hint(
        "check which lifecycle rules expire noncurrent versions: aws s3api get-bucket-lifecycle-configuration",
    )
}

fn count(counters: &Counters, loss: Loss) {
    let counter = match loss {
        Loss::Acl => &counters.not_kept.acl,
        Loss::Tags => &counters.not_kept.tags,
        Loss::Locks => &counters.not_kept.locks,
        Loss::Metadata => &counters.not_kept.metadata,
    };
    counter.add(1);
}

#[cfg(test)]
mod tests;
