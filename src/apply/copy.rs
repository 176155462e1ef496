//! Copies one version so that the copy is the same object, not only the same bytes.
//!
//! CopyObject carries system and user metadata, tags and the checksum algorithm over by itself; a multipart copy
//! carries nothing. So what is said by hand, and where it is known from:
//!
//! | | one request | in parts | known from |
//! |---|---|---|---|
//! | storage class | said | said | HEAD, or the listing |
//! | encryption, its key, bucket key | said | said | HEAD |
//! | website redirect | said | said | HEAD |
//! | ACL, where objects have them | said | said | `GetObjectAcl` |
//! | retention, legal hold, with `--locks` | said | said | HEAD |
//! | system and user metadata | carried | said | HEAD |
//! | tags | carried | said | `GetObjectTagging` |
//! | checksum algorithm | carried | said | HEAD |
//!
//! An archived version is not copied before it has been thawed; its key stays as it is.

use std::collections::BTreeMap;

use super::multipart::{Uploads, copy_in_parts};
use super::place::Place;
use crate::counters::Counters;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Version, printable};
use crate::plan::Change;
use crate::s3::{Archive, Client, Copied, CopyRequest, Facts, Grants, Guard, ObjectName, TagCount, Thaw};

/// How versions are copied.
#[derive(Debug, Clone)]
pub struct Copies {
    /// Look at each version by HEAD first. Without it, what the listing leaves open is looked at all the same: see
    /// [`Copies::needs_facts`].
    pub heads: bool,
    /// Objects have ACLs that count, in the bucket that is changed.
    pub acls: bool,
    /// Retention and legal hold are kept.
    pub locks: bool,
    /// How archived versions are asked for, if they are.
    pub thaw: Option<Thaw>,
    /// The most bytes that are copied by one request.
    pub multipart_threshold: u64,
    /// The multipart copies under way.
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
    /// Whether a version is looked at before it is copied. A HEAD can be spared where it is copied by one request and
    /// its locks need not be kept, if its redirect has no effect and it has the encryption that the bucket gives to new
    /// objects: those two are what switching `heads` off vouches for.
    pub fn needs_facts(&self, version: &Version) -> bool {
        self.heads || self.locks || self.is_multipart(version)
    }

    pub(super) fn is_multipart(&self, version: &Version) -> bool {
        version.size > self.multipart_threshold
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Made {
    /// This version.
    Copied(Copied),
    /// Nothing: the version lies in an archive. Whether it has been asked for.
    Archived { thawing: bool },
}

/// What of an object cannot be kept.
#[derive(Debug, Clone, Copy)]
enum Loss {
    Acl,
    Tags,
    Locks,
    Metadata,
}

/// What is said of the copy by hand.
#[derive(Default)]
struct Said {
    facts: Option<Facts>,
    grants: Grants,
    tags: BTreeMap<String, String>,
    losses: Vec<Loss>,
}

/// Copies the version `then` of the change's key to where it belongs, if the guard holds there.
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
        // HEAD knows better than the listings of some servers.
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
        // As Intelligent-Tiering's archives are found out where no HEAD was sent.
        Err(e) if matches!(e.code(), Some("InvalidObjectState" | "ObjectNotInActiveTierError")) => {
            thaw(client, place, how, change, then).await
        }
        Err(e) => Err(e),
    }
}

/// Asks for what the listing does not tell of the version.
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

/// Asks for an archived version, where the person wants that.
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
