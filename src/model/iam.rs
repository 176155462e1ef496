//! The least IAM policies, by what asof is used for.
//!
//! A use is a list of operations, and a policy is what these need, by one table. Beside what it allows, each policy
//! denies what could lose a version for good: whatever else its role may do, nothing of the past can be erased with it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::access_point::is_arn;
use super::iam_databases::{self, RenamedSource};
use super::location::{DRILL_FOLDER, Location};

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// `timeline`, `history`, `check`, `diff`, and `verify` of a bucket: nothing is changed.
    Plan,
    /// `restore` in place, `resume`, and `undo --undelete copy`.
    Restore,
    /// `restore --to` another bucket.
    RestoreTo,
    /// `restore --undelete remove-marker`, and `undo`.
    RemoveMarker,
    /// `restore --thaw`.
    Thaw,
    /// `recover`: buckets in place, and databases of RDS.
    Recover,
    /// `drill`: buckets and databases into scratch copies, to see that it can be done.
    Drill,
}

impl Use {
    /// All of them.
    pub const ALL: [Use; 7] =
        [Use::Plan, Use::Restore, Use::RestoreTo, Use::RemoveMarker, Use::Thaw, Use::Recover, Use::Drill];

    /// The operations sent to the bucket whose past it is.
    pub fn at_source(self) -> Vec<&'static str> {
        let more: &[&[&str]] = match self {
            Use::Plan => &[],
            Use::Restore | Use::Recover => &[COPY_FROM, COPY_TO, DELETE],
            Use::RestoreTo | Use::Drill => &[COPY_FROM],
            Use::RemoveMarker => &[COPY_FROM, COPY_TO, DELETE, REMOVE],
            Use::Thaw => &[COPY_FROM, COPY_TO, DELETE, &["RestoreObject"]],
        };
        [LOOK].iter().chain(more).copied().flatten().copied().collect()
    }

    /// The operations sent to the bucket that is restored into, where that is another.
    pub fn at_destination(self) -> Vec<&'static str> {
        let sent: &[&[&str]] = match self {
            Use::RestoreTo => &[LOOK, COPY_TO],
            Use::Drill => &[LOOK, COPY_TO, TEAR_DOWN],
            Use::Plan | Use::Restore | Use::RemoveMarker | Use::Thaw | Use::Recover => &[],
        };
        sent.iter().copied().flatten().copied().collect()
    }

    /// Whether databases of RDS are restored too.
    fn has_databases(self) -> bool {
        matches!(self, Use::Recover | Use::Drill)
    }
}

/// What every command asks of a bucket: its settings, its versions, and whether two of them are the same object.
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

/// What copies are made of.
const COPY_FROM: &[&str] = &[
    "CopyObject from",
    "UploadPartCopy from",
    "HeadObject",
    "GetObjectTagging",
    "GetObjectAcl",
    "GetBucketWebsite",
];

/// How copies are written.
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

/// How keys get delete markers.
const DELETE: &[&str] = &["DeleteObjects", "DeleteObject"];

/// How delete markers are removed.
const REMOVE: &[&str] = &["DeleteObjects by version id", "DeleteObject by version id"];

/// How a drill's copies are erased.
const TEAR_DOWN: &[&str] =
    &["DeleteObjects by version id in a drill", "DeleteObject by version id in a drill"];

/// What a permission is given on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The bucket.
    Bucket,
    /// Its objects.
    Objects,
    /// Those of its objects that are in the folder of a drill.
    Drills,
    /// The KMS keys that objects are encrypted with.
    Keys,
}

/// The permissions that an operation needs, as
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html> has them. After its
/// name may stand what a request is like that needs more; ` from` is of the bucket that is copied from.
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
    // Without s3:ListBucket, a key that is not there is forbidden instead of not found; with checksums asked for, an
    // object under a KMS key is decrypted: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>.
    ("HeadObject", On::Bucket, &[ABSENCE]),
    ("HeadObject", On::Keys, &["kms:Decrypt"]),
    ("GetObjectTagging", On::Objects, &["s3:GetObjectTagging", "s3:GetObjectVersionTagging"]),
    ("GetObjectAcl", On::Objects, &["s3:GetObjectVersionAcl"]),
    ("CopyObject from", On::Objects, &["s3:GetObjectVersion", "s3:GetObjectVersionTagging"]),
    ("CopyObject from", On::Keys, &["kms:Decrypt"]),
    ("UploadPartCopy from", On::Objects, &["s3:GetObjectVersion"]),
    ("UploadPartCopy from", On::Keys, &["kms:Decrypt"]),
    // s3:GetObject for If-Match: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
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
];

/// Lists versions; the request says below which prefix.
const LISTING: &str = "s3:ListBucketVersions";
/// Tells that a key is not there; the request has no prefix to be held to.
const ABSENCE: &str = "s3:ListBucket";

/// What loses versions for good.
const OF_BUCKET: &[&str] = &["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"];
const BY_ID: &str = "s3:DeleteObjectVersion";
const OF_LOCKS: &str = "s3:BypassGovernanceRetention";

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

/// An operator, a key, and its values.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<&'static str, String>>;

impl Policy {
    /// The least policy for a use of asof on a place. `destination` is the place restored into, where that is another;
    /// `renamed` are the sources of databases that a recovery renames.
    pub fn least(what: Use, source: &Location, destination: &Location, renamed: &[RenamedSource]) -> Self {
        let places =
            [("Source", source, what.at_source()), ("Destination", destination, what.at_destination())];
        let used = places.into_iter().filter(|(.., operations)| !operations.is_empty());
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

/// The permissions that operations need on something.
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

/// On the whole bucket: a prefix bounds what is restored, not what must not be lost. Where versions may be erased only in
/// the folders of drills, they may be nowhere else, in any bucket.
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

/// What the ARNs of its objects begin with.
fn within(location: &Location) -> String {
    bucket(location) + if is_arn(&location.bucket) { "/object/" } else { "/" }
}

fn objects(location: &Location) -> String {
    format!("{}{}*", within(location), literal(&location.prefix))
}

/// What is in folders of drills, where the scratch target is the place itself, or a folder below it.
fn drills(location: &Location) -> [String; 2] {
    let Location { bucket: _, prefix } = location.clone().as_folder();
    let place = format!("{}{}", within(location), literal(&prefix));
    [format!("{place}{DRILL_FOLDER}*"), format!("{place}*/{DRILL_FOLDER}*")]
}

/// A text in which `*`, `?` and `$` stand for themselves
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
fn literal(text: &str) -> String {
    let escaped = |c: char| if matches!(c, '*' | '?' | '$') { format!("${{{c}}}") } else { c.to_string() };
    text.chars().map(escaped).collect()
}
