//! The least-privilege IAM policies of each use of asof.
//!
//! A use is a list of operations, and its policy allows what these need, according to one table. Each policy also
//! denies every action that could lose a version for good: whatever else its role may do, it cannot erase history.

use std::collections::BTreeMap;

use serde::Serialize;

use super::access_point::is_arn;
use super::iam_databases::{self, RenamedSource};
use super::location::{DRILL_FOLDER, Location};

/// The use that a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// `timeline`, `history`, `check`, `diff`, and `verify` of a bucket: read-only.
    Plan,
    /// `ls`, `cat` and `serve`: read-only.
    Read,
    /// `restore` in place, `resume`, and `undo --undelete copy`.
    Restore,
    /// `work`: a shard of a plan set.
    Work,
    /// `restore --to` another bucket.
    RestoreTo,
    /// `restore --undelete remove-marker`, and `undo`.
    RemoveMarker,
    /// `restore --thaw`.
    Thaw,
    /// `recover`: buckets in place, and RDS databases.
    Recover,
    /// `drill`: buckets and databases into scratch copies, to rehearse a recovery.
    Drill,
}

impl Use {
    /// All uses.
    pub const ALL: [Use; 9] = [
        Use::Plan,
        Use::Read,
        Use::Restore,
        Use::Work,
        Use::RestoreTo,
        Use::RemoveMarker,
        Use::Thaw,
        Use::Recover,
        Use::Drill,
    ];

    /// Returns the operations sent to the source bucket.
    pub fn at_source(self) -> Vec<&'static str> {
        let more: &[&[&str]] = match self {
            Use::Read => return READ.to_vec(),
            Use::Plan => &[],
            Use::Restore | Use::Work | Use::Recover => &[COPY_FROM, COPY_TO, DELETE],
            Use::RestoreTo | Use::Drill => &[COPY_FROM],
            Use::RemoveMarker => &[COPY_FROM, COPY_TO, DELETE, REMOVE],
            Use::Thaw => &[COPY_FROM, COPY_TO, DELETE, &["RestoreObject"]],
        };
        [LOOK].iter().chain(more).copied().flatten().copied().collect()
    }

    /// Returns the operations sent to the destination bucket, if it is a different one.
    pub fn at_destination(self) -> Vec<&'static str> {
        let sent: &[&[&str]] = match self {
            Use::RestoreTo => &[LOOK, COPY_TO],
            Use::Drill => &[LOOK, COPY_TO, TEAR_DOWN],
            Use::Plan
            | Use::Read
            | Use::Restore
            | Use::Work
            | Use::RemoveMarker
            | Use::Thaw
            | Use::Recover => &[],
        };
        sent.iter().copied().flatten().copied().collect()
    }

    /// Returns the operations sent to the bucket with the state of runs.
    pub fn at_state(self) -> Vec<&'static str> {
        match self {
            Use::Restore | Use::Work | Use::RestoreTo | Use::RemoveMarker | Use::Thaw => KEEP_STATE.to_vec(),
            Use::Plan | Use::Read | Use::Recover | Use::Drill => Vec::new(),
        }
    }

    /// Returns whether RDS databases are restored too.
    fn has_databases(self) -> bool {
        matches!(self, Use::Recover | Use::Drill)
    }
}

/// Operations of every command: read a bucket's settings and versions, and compare two versions.
const LOOK: &[&str] = &[
    "ListObjectVersions",
    "GetBucketVersioning",
    "GetBucketLifecycleConfiguration",
    "GetObjectLockConfiguration",
    "GetBucketReplication",
    "GetBucketEncryption",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "HeadObject",
    "GetObjectTagging",
];

/// Operations that read versions.
const READ: &[&str] = &[
    "ListObjectVersions",
    "GetBucketVersioning",
    "GetBucketLifecycleConfiguration",
    "GetBucketEncryption",
    "HeadObject",
    "GetObject",
    "GetObjectTagging",
    "GetObjectAttributes",
];

/// Operations that read the source of copies.
const COPY_FROM: &[&str] = &[
    "CopyObject from",
    "UploadPartCopy from",
    "HeadObject",
    "GetObjectTagging",
    "GetObjectAcl",
    "GetBucketWebsite",
];

/// Operations that write copies.
const COPY_TO: &[&str] = &[
    "CopyObject",
    "CopyObject with an ACL",
    "CreateMultipartUpload",
    "UploadPartCopy",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "ListParts",
    "GetBucketWebsite",
    "GetObjectAcl",
];

/// Operations that create delete markers.
const DELETE: &[&str] = &["DeleteObjects", "DeleteObject"];

/// Operations that remove delete markers.
const REMOVE: &[&str] = &["DeleteObjects by version id", "DeleteObject by version id"];

/// Operations that keep the state of runs.
const KEEP_STATE: &[&str] =
    &["GetBucketVersioning", "ListObjectsV2", "GetObject", "PutObject", "DeleteObject"];

/// Operations that erase a drill's copies.
const TEAR_DOWN: &[&str] =
    &["DeleteObjects by version id in a drill", "DeleteObject by version id in a drill"];

/// The resource that a permission applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The bucket.
    Bucket,
    /// The bucket's objects.
    Objects,
    /// The bucket's objects in drill folders.
    Drills,
    /// The KMS keys that encrypt objects.
    Keys,
}

/// The permissions that each operation needs, according to
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>. A suffix after the
/// operation's name marks a kind of request with its own permissions; ` from` refers to the bucket that is copied
/// from.
pub const PERMISSIONS: &[(&str, On, &[&str])] = &[
    ("ListObjectVersions", On::Bucket, &[LISTING]),
    ("GetBucketVersioning", On::Bucket, &["s3:GetBucketVersioning"]),
    ("GetBucketLifecycleConfiguration", On::Bucket, &["s3:GetLifecycleConfiguration"]),
    ("GetObjectLockConfiguration", On::Bucket, &["s3:GetBucketObjectLockConfiguration"]),
    ("GetBucketReplication", On::Bucket, &["s3:GetReplicationConfiguration"]),
    ("GetBucketEncryption", On::Bucket, &["s3:GetEncryptionConfiguration"]),
    ("GetBucketOwnershipControls", On::Bucket, &["s3:GetBucketOwnershipControls"]),
    ("GetBucketPolicy", On::Bucket, &["s3:GetBucketPolicy"]),
    ("GetBucketWebsite", On::Bucket, &["s3:GetBucketWebsite"]),
    ("HeadObject", On::Objects, &["s3:GetObject", "s3:GetObjectVersion"]),
    // Without s3:ListBucket, a missing key is reported as forbidden instead of not found; with checksums requested, an
    // object under a KMS key is decrypted: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>.
    ("HeadObject", On::Bucket, &[ABSENCE]),
    ("HeadObject", On::Keys, &["kms:Decrypt"]),
    ("GetObjectTagging", On::Objects, &["s3:GetObjectTagging", "s3:GetObjectVersionTagging"]),
    ("GetObjectAttributes", On::Objects, &["s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"]),
    ("GetObjectAcl", On::Objects, &["s3:GetObjectVersionAcl"]),
    ("CopyObject from", On::Objects, &["s3:GetObjectVersion", "s3:GetObjectVersionTagging"]),
    ("CopyObject from", On::Keys, &["kms:Decrypt"]),
    ("UploadPartCopy from", On::Objects, &["s3:GetObjectVersion"]),
    ("UploadPartCopy from", On::Keys, &["kms:Decrypt"]),
    // s3:GetObject is for If-Match: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
    ("CopyObject", On::Objects, &["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"]),
    ("CopyObject", On::Keys, &["kms:GenerateDataKey"]),
    ("CopyObject with an ACL", On::Objects, &["s3:PutObjectAcl"]),
    ("CreateMultipartUpload", On::Objects, &["s3:PutObject", "s3:PutObjectTagging"]),
    ("CreateMultipartUpload", On::Keys, &["kms:GenerateDataKey", "kms:Decrypt"]),
    ("UploadPartCopy", On::Objects, &["s3:PutObject"]),
    ("CompleteMultipartUpload", On::Objects, &["s3:PutObject", "s3:GetObject"]),
    ("AbortMultipartUpload", On::Objects, &["s3:AbortMultipartUpload"]),
    ("ListParts", On::Objects, &["s3:ListMultipartUploadParts"]),
    ("DeleteObjects", On::Objects, &["s3:DeleteObject"]),
    ("DeleteObject", On::Objects, &["s3:DeleteObject"]),
    ("DeleteObjects by version id", On::Objects, &[BY_ID]),
    ("DeleteObject by version id", On::Objects, &[BY_ID]),
    ("DeleteObjects by version id in a drill", On::Drills, &[BY_ID]),
    ("DeleteObject by version id in a drill", On::Drills, &[BY_ID]),
    ("RestoreObject", On::Objects, &["s3:RestoreObject"]),
    ("ListObjectsV2", On::Bucket, &[ABSENCE]),
    ("GetObject", On::Objects, &["s3:GetObject"]),
    ("GetObject", On::Keys, &["kms:Decrypt"]),
    ("PutObject", On::Objects, &["s3:PutObject"]),
    ("PutObject", On::Keys, &["kms:GenerateDataKey"]),
];

/// Lists versions; a policy can restrict it by the request's prefix.
const LISTING: &str = "s3:ListBucketVersions";
/// Reports that a key is missing; the request has no prefix to restrict.
const ABSENCE: &str = "s3:ListBucket";

/// Actions that can lose versions for good.
const OF_BUCKET: &[&str] = &["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"];
const BY_ID: &str = "s3:DeleteObjectVersion";
const OF_LOCKS: &str = "s3:BypassGovernanceRetention";

/// The locations that a policy is for.
#[derive(Debug, Clone)]
pub struct Places {
    /// The location restored from.
    pub source: Location,
    /// The location restored into, if it is a different one.
    pub destination: Location,
    /// The folder with the state of runs, if that is in a bucket.
    pub state: Option<Location>,
}

/// An IAM policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    sid: String,
    effect: &'static str,
    action: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_resource: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

/// An operator, a key, and its value.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<&'static str, String>>;

impl Policy {
    /// Returns the least policy for a use of asof; `renamed` are the database sources that a recovery renames.
    pub fn least(what: Use, places: &Places, renamed: &[RenamedSource]) -> Self {
        let Places { source, destination, state } = places;
        let state = state.iter().map(|state| ("State", state, what.at_state()));
        let buckets =
            [("Source", source, what.at_source()), ("Destination", destination, what.at_destination())];
        let used = buckets.into_iter().chain(state).filter(|(.., operations)| !operations.is_empty());
        let statement = used.flat_map(|(place, location, operations)| {
            let denied = deny(&operations, place, location);
            allow(&operations, place, location).into_iter().chain(denied)
        });
        let of_databases = if what.has_databases() { iam_databases::statements() } else { Vec::new() };
        let renaming = iam_databases::renaming(renamed).filter(|_| what == Use::Recover);
        Self { version: "2012-10-17", statement: statement.chain(of_databases).chain(renaming).collect() }
    }
}

impl Statement {
    pub(super) fn new(
        sid: String,
        effect: &'static str,
        action: Vec<&'static str>,
        resource: &[String],
    ) -> Self {
        Self { sid, effect, action, resource: Some(resource.to_vec()), not_resource: None, condition: None }
    }

    pub(super) fn with(self, condition: Condition) -> Self {
        Self { condition: Some(condition), ..self }
    }
}

/// Returns the permissions that the operations need on a resource.
fn permissions(operations: &[&str], on: On) -> Vec<&'static str> {
    let rows = PERMISSIONS.iter().filter(|row| row.1 == on && operations.contains(&row.0));
    let mut actions: Vec<_> = rows.flat_map(|row| row.2).copied().collect();
    actions.sort_unstable();
    actions.dedup();
    actions
}

fn allow(operations: &[&str], place: &str, location: &Location) -> Vec<Statement> {
    let of = |on| permissions(operations, on);
    let (listing, others): (Vec<_>, Vec<_>) =
        of(On::Bucket).into_iter().partition(|action| *action == LISTING);
    let (absence, settings): (Vec<_>, Vec<_>) = others.into_iter().partition(|action| *action == ABSENCE);
    let within = (!location.prefix.is_empty())
        .then(|| condition("StringLike", "s3:prefix", format!("{}*", literal(&location.prefix))));
    let by_s3 = condition("StringLike", "kms:ViaService", "s3.*.amazonaws.com".to_owned());
    let allowed = |sid: &str, action, resource: &[String], condition| Statement {
        condition,
        ..Statement::new(format!("{sid}{place}"), "Allow", action, resource)
    };
    let statements = [
        allowed("List", listing, &[bucket(location)], within),
        allowed("Absence", absence, &[bucket(location)], None),
        allowed("Settings", settings, &[bucket(location)], None),
        allowed("Objects", of(On::Objects), &[objects(location)], None),
        allowed("Drills", of(On::Drills), &drills(location), None),
        allowed("Keys", of(On::Keys), &["arn:aws:kms:*:*:key/*".to_owned()], Some(by_s3)),
    ];
    statements.into_iter().filter(|statement| !statement.action.is_empty()).collect()
}

/// Denies on the whole bucket: a prefix limits what is restored, not what must be kept. If versions may be erased only
/// in drill folders, erasing is denied everywhere else, in any bucket.
fn deny(operations: &[&str], place: &str, location: &Location) -> Vec<Statement> {
    let denied = |of: &str, action, resource: &[String]| {
        Statement::new(format!("KeepHistory{of}{place}"), "Deny", action, resource)
    };
    let erases = |on| permissions(operations, on).contains(&BY_ID);
    let mut of_objects = vec![OF_LOCKS];
    if !erases(On::Objects) && !erases(On::Drills) {
        of_objects.push(BY_ID);
    }
    let everything = [format!("{}*", within(location))];
    let mut statements = vec![
        denied("OfBucket", OF_BUCKET.to_vec(), &[bucket(location)]),
        denied("OfObjects", of_objects, &everything),
    ];
    if erases(On::Drills) {
        statements.push(Statement {
            resource: None,
            not_resource: Some(drills(location).into()),
            ..denied("OutsideDrills", vec![BY_ID], &[])
        });
    }
    statements
}

pub(super) fn condition(operator: &'static str, key: &'static str, value: String) -> Condition {
    BTreeMap::from([(operator, BTreeMap::from([(key, value)]))])
}

fn bucket(location: &Location) -> String {
    if is_arn(&location.bucket) {
        location.bucket.clone()
    } else {
        format!("arn:aws:s3:::{}", location.bucket)
    }
}

/// Returns the prefix of its objects' ARNs.
fn within(location: &Location) -> String {
    bucket(location) + if is_arn(&location.bucket) { "/object/" } else { "/" }
}

fn objects(location: &Location) -> String {
    format!("{}{}*", within(location), literal(&location.prefix))
}

/// Returns the ARNs of drill folders, with the location itself or a folder below it as scratch target.
fn drills(location: &Location) -> [String; 2] {
    let Location { bucket: _, prefix } = location.clone().as_folder();
    let place = format!("{}{}", within(location), literal(&prefix));
    [format!("{place}{DRILL_FOLDER}*"), format!("{place}*/{DRILL_FOLDER}*")]
}

/// Escapes `*`, `?` and `$` (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
fn literal(text: &str) -> String {
    let escaped = |c: char| if matches!(c, '*' | '?' | '$') { format!("${{{c}}}") } else { c.to_string() };
    text.chars().map(escaped).collect()
}
