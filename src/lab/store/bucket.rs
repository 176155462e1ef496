//! A bucket: for every key its entries in the order they were made, under S3's three states of versioning.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;

use super::super::error::{Code, Error, Result};
use super::super::partitions::Partitioned;
use super::multipart::Upload;
use super::version::{Encryption, Entry, Labels, Object, VersionId};

/// The state of a bucket's versioning.
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

/// A configuration that a bucket stores and gives back as it got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Configuration {
    /// Rules that expire and move objects. The lab does not act on them.
    Lifecycle,
    /// Default encryption of new objects.
    Encryption,
    /// Object Lock. Recorded; the lab locks nothing.
    ObjectLock,
    /// Replication. Recorded; the lab replicates nothing.
    Replication,
    /// Who owns objects, and whether ACLs count: not unless this says so.
    OwnershipControls,
    /// The bucket's policy. Recorded; the lab denies nothing by it.
    Policy,
    /// How it is served as a website. Recorded; the lab serves none.
    Website,
}

/// What a bucket demands of every request, whoever sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// The region that requests must be signed for; the lab's if none.
    pub region: Option<String>,
    /// The account that owns the bucket; [`ACCOUNT`] if none.
    pub account: Option<String>,
    /// The requester must agree to pay.
    pub requester_pays: bool,
}

/// The account that owns the buckets of a lab.
pub const ACCOUNT: &str = "111122223333";

#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) created: i64,
    pub(crate) versioning: Versioning,
    pub(crate) configurations: BTreeMap<Configuration, Bytes>,
    /// What new objects are encrypted with unless they say otherwise.
    pub(crate) encryption: Encryption,
    /// Entries of each key, oldest first; never an empty list.
    pub(crate) keys: BTreeMap<String, Vec<Entry>>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    pub(crate) demands: Demands,
    /// How writes are limited by key range; `None` if they are not.
    pub(crate) partitions: Option<Partitioned>,
    /// Where the null version of a key stood that is gone, so that a listing can go on from it.
    lost_nulls: HashMap<String, u64>,
    order: Arc<AtomicU64>,
}

/// What a delete did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deleted {
    /// The version or marker removed, or the marker made.
    pub(crate) version: Option<VersionId>,
    /// Whether that is a delete marker.
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

    /// The next place in the order of entries.
    pub(crate) fn next_order(&self) -> u64 {
        self.order.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The newest entry of a key, be it a version or a marker.
    pub(crate) fn current(&self, key: &str) -> Option<&Entry> {
        self.keys.get(key)?.last()
    }

    /// The current version of a key, where it has one.
    pub(crate) fn live(&self, key: &str) -> Option<(&Entry, &Arc<Object>)> {
        let entry = self.current(key)?;
        Some((entry, entry.object.as_ref()?))
    }

    pub(crate) fn find(&self, key: &str, id: VersionId) -> Option<&Entry> {
        let entries = self.keys.get(key)?;
        entries.get(index(entries, id)?)
    }

    /// The entry that a request names: by its version id, or else the current one.
    pub(crate) fn named(&self, key: &str, version: Option<&str>) -> Result<&Entry> {
        let Some(version) = version else {
            return self.current(key).ok_or_else(|| no_such_key(key));
        };
        let id = parse_version(version)?;
        self.find(key, id).ok_or_else(|| no_such_version(key, version))
    }

    /// As [`Self::named`], to change it in place.
    pub(crate) fn named_mut(&mut self, key: &str, version: Option<&str>) -> Result<&mut Entry> {
        let id = self.named(key, version)?.id();
        let entries = self.keys.get_mut(key).ok_or_else(|| no_such_key(key))?;
        let index = index(entries, id).ok_or_else(|| no_such_key(key))?;
        entries.get_mut(index).ok_or_else(|| no_such_key(key))
    }

    /// The version id that replies name: none while the bucket was never versioned.
    pub(crate) fn shown(&self, id: VersionId) -> Option<String> {
        (self.versioning != Versioning::Never || id != VersionId::Null).then(|| id.to_string())
    }

    /// Adds a version made now.
    pub(crate) fn put(&mut self, key: &str, object: Arc<Object>, labels: Labels, at: i64) -> VersionId {
        self.put_at(key, object, labels, at, self.next_order())
    }

    /// Adds a version at a place in the order that was taken earlier, as a multipart upload does when it began.
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

    /// Deletes a key without naming a version: by a marker, where the bucket is versioned.
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

    /// Removes one version or marker for good; one that is not there counts as removed.
    pub(crate) fn erase(&mut self, key: &str, id: VersionId) -> Deleted {
        let marker = self.take(key, id).is_some_and(|entry| entry.is_marker());
        Deleted { version: Some(id), marker }
    }

    /// The place in a key's history of a version, also of one that is gone.
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

/// Where in a key's entries the one with this id stands.
fn index(entries: &[Entry], id: VersionId) -> Option<usize> {
    match id {
        VersionId::Null => entries.iter().rposition(|entry| entry.null),
        VersionId::Numbered(order) => {
            let index = entries.binary_search_by_key(&order, |entry| entry.order).ok()?;
            entries.get(index).filter(|entry| !entry.null).map(|_| index)
        }
    }
}

/// Reads a version id from a request.
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
