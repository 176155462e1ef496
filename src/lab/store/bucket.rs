//! A bucket: the entries of every key in the order in which they were created, in the three versioning states of S3.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;

use super::super::partitions::Partitioned;
use super::multipart::Upload;
use super::version::{Encryption, Entry, Labels, Object, VersionId};
use crate::endpoint::error::{Code, Error, Result};

/// The versioning state of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Versioning {
    /// Never enabled: a write replaces, a delete removes.
    #[default]
    Never,
    /// A write adds a version, a delete adds a marker.
    Enabled,
    /// Writes and deletes replace the null version and leave the others.
    Suspended,
}

/// A configuration that a bucket stores and returns unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Configuration {
    /// Lifecycle rules. The lab does not apply them.
    Lifecycle,
    /// Default encryption of new objects.
    Encryption,
    /// Object Lock. Stored; the lab locks nothing.
    ObjectLock,
    /// Replication. Stored; the lab replicates nothing.
    Replication,
    /// Object ownership, and whether ACLs are enabled; by default they are not.
    OwnershipControls,
    /// The bucket policy. Stored; the lab denies nothing by it.
    Policy,
    /// The website configuration. Stored; the lab serves no website.
    Website,
}

/// The requirements of a bucket for every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// The region that requests must be signed for; `None` for the lab's.
    pub region: Option<String>,
    /// The account that owns the bucket; `None` for [`ACCOUNT`].
    pub account: Option<String>,
    /// True if the requester must agree to pay.
    pub requester_pays: bool,
}

/// The account that owns the lab's buckets.
pub const ACCOUNT: &str = "111122223333";

#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) created: i64,
    pub(crate) versioning: Versioning,
    pub(crate) configurations: BTreeMap<Configuration, Bytes>,
    /// The default encryption of new objects.
    pub(crate) encryption: Encryption,
    /// The entries of each key, oldest first; never an empty list.
    pub(crate) keys: BTreeMap<String, Vec<Entry>>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    pub(crate) demands: Demands,
    /// The limits on writes by key range; `None` if there are none.
    pub(crate) partitions: Option<Partitioned>,
    /// The position of removed null versions, so that a listing can continue from one.
    lost_nulls: HashMap<String, u64>,
    order: Arc<AtomicU64>,
}

/// The result of a delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deleted {
    /// The version or marker removed, or the marker created.
    pub(crate) version: Option<VersionId>,
    /// True if that is a delete marker.
    pub(crate) marker: bool,
}

impl Bucket {
    pub(crate) fn new(created: i64, order: Arc<AtomicU64>) -> Self {
        Self {
            created,
            versioning: Versioning::Never,
            configurations: BTreeMap::new(),
            encryption: Encryption::default(),
            keys: BTreeMap::new(),
            uploads: BTreeMap::new(),
            demands: Demands::default(),
            partitions: None,
            lost_nulls: HashMap::new(),
            order,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Counts a write of a key against the limit of its partition.
    pub(crate) fn admit(&self, key: &str) -> Result<()> {
        self.partitions.as_ref().map_or(Ok(()), |partitions| partitions.write(key))
    }

    /// Returns the next position in the order of entries.
    pub(crate) fn next_order(&self) -> u64 {
        self.order.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns the newest entry of a key, a version or a marker.
    pub(crate) fn current(&self, key: &str) -> Option<&Entry> {
        self.keys.get(key)?.last()
    }

    /// Returns the current version of a key, if it has one.
    pub(crate) fn live(&self, key: &str) -> Option<(&Entry, &Arc<Object>)> {
        let entry = self.current(key)?;
        Some((entry, entry.object.as_ref()?))
    }

    pub(crate) fn find(&self, key: &str, id: VersionId) -> Option<&Entry> {
        let entries = self.keys.get(key)?;
        entries.get(index(entries, id)?)
    }

    /// Returns the entry that a request names: by its version ID, or else the current one.
    pub(crate) fn named(&self, key: &str, version: Option<&str>) -> Result<&Entry> {
        let Some(version) = version else {
            return self.current(key).ok_or_else(|| no_such_key(key));
        };
        let id = parse_version(version)?;
        self.find(key, id).ok_or_else(|| no_such_version(key, version))
    }

    /// Like [`Self::named`], but mutable.
    pub(crate) fn named_mut(&mut self, key: &str, version: Option<&str>) -> Result<&mut Entry> {
        let id = self.named(key, version)?.id();
        let entries = self.keys.get_mut(key).ok_or_else(|| no_such_key(key))?;
        let index = index(entries, id).ok_or_else(|| no_such_key(key))?;
        entries.get_mut(index).ok_or_else(|| no_such_key(key))
    }

    /// Returns the version ID for replies: `None` while the bucket was never versioned.
    pub(crate) fn shown(&self, id: VersionId) -> Option<String> {
        (self.versioning != Versioning::Never || id != VersionId::Null).then(|| id.to_string())
    }

    /// Adds a version created now.
    pub(crate) fn put(&mut self, key: &str, object: Arc<Object>, labels: Labels, at: i64) -> VersionId {
        self.put_at(key, object, labels, at, self.next_order())
    }

    /// Adds a version at a position taken earlier, as a multipart upload does when it starts.
    pub(crate) fn put_at(
        &mut self,
        key: &str,
        object: Arc<Object>,
        labels: Labels,
        at: i64,
        order: u64,
    ) -> VersionId {
        let null = self.versioning != Versioning::Enabled;
        let Labels { tags, acl, lock } = labels;
        let entry = Entry {
            order,
            null,
            modified: at,
            object: Some(object),
            tags,
            acl,
            lock,
            thawed: None,
            tier: None,
        };
        self.insert(key, entry)
    }

    /// Deletes a key without a version ID: with a marker, if the bucket is versioned.
    pub(crate) fn delete(&mut self, key: &str, at: i64) -> Deleted {
        if self.versioning == Versioning::Never {
            self.take(key, VersionId::Null);
            return Deleted::default();
        }
        let null = self.versioning == Versioning::Suspended;
        let order = self.next_order();
        let marker = Entry { order, null, modified: at, ..Entry::default() };
        Deleted { version: Some(self.insert(key, marker)), marker: true }
    }

    /// Removes a version or marker permanently; one that does not exist counts as removed.
    pub(crate) fn erase(&mut self, key: &str, id: VersionId) -> Deleted {
        let marker = self.take(key, id).is_some_and(|entry| entry.is_marker());
        Deleted { version: Some(id), marker }
    }

    /// Returns the position of a version in its key's history, even if it was removed.
    pub(crate) fn place(&self, key: &str, id: VersionId) -> Option<u64> {
        match id {
            VersionId::Numbered(order) => Some(order),
            VersionId::Null => {
                let present = self.find(key, id).map(|entry| entry.order);
                present.or_else(|| self.lost_nulls.get(key).copied())
            }
        }
    }

    fn insert(&mut self, key: &str, entry: Entry) -> VersionId {
        let id = entry.id();
        if entry.null {
            self.take(key, VersionId::Null);
        }
        let entries = self.keys.entry(key.to_owned()).or_default();
        let place = entries.partition_point(|older| older.order < entry.order);
        entries.insert(place, entry);
        id
    }

    fn take(&mut self, key: &str, id: VersionId) -> Option<Entry> {
        let entries = self.keys.get_mut(key)?;
        let index = index(entries, id)?;
        let taken = entries.remove(index);
        if entries.is_empty() {
            self.keys.remove(key);
        }
        if taken.null {
            self.lost_nulls.insert(key.to_owned(), taken.order);
        }
        Some(taken)
    }
}

/// Returns the index of the entry with this ID.
fn index(entries: &[Entry], id: VersionId) -> Option<usize> {
    match id {
        VersionId::Null => entries.iter().rposition(|entry| entry.null),
        VersionId::Numbered(order) => {
            let index = entries.binary_search_by_key(&order, |entry| entry.order).ok()?;
            entries.get(index).filter(|entry| !entry.null).map(|_| index)
        }
    }
}

/// Parses a version ID of a request.
pub(crate) fn parse_version(version: &str) -> Result<VersionId> {
    VersionId::parse(version).ok_or_else(|| {
        Error::new(Code::InvalidArgument, "Invalid version id specified")
            .field("ArgumentName", "versionId")
            .field("ArgumentValue", version)
    })
}

pub(crate) fn no_such_key(key: &str) -> Error {
    Error::from(Code::NoSuchKey).field("Key", key)
}

pub(crate) fn no_such_version(key: &str, version: &str) -> Error {
    Error::from(Code::NoSuchVersion).field("Key", key).field("VersionId", version)
}

#[cfg(test)]
mod tests;
