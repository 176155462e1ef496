//! The least IAM policies, by what asof is used for.
//!
//! A use is a list of operations, and a policy is what these need, by one table. Beside what it allows, each policy
//! denies what could lose a version for good: whatever else its role may do, nothing of the past can be erased with it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Location;

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
    /// A restore into a scratch bucket, to see that it can be done.
    Drill,
}

impl Use {
    /// All of them.
    pub const ALL: [Use; 6] =
        [Use::Plan, Use::Restore, Use::RestoreTo, Use::RemoveMarker, Use::Thaw, Use::Drill];

    /// The operations sent to the bucket whose past it is.
    pub fn at_source(self) -> Vec<&'static str> {
        let more: &[&[&str]] = match self {
            Use::Plan => &[],
            Use::Restore => &[COPY_FROM, COPY_TO, DELETE],
            Use::RestoreTo | Use::Drill => &[COPY_FROM],
            Use::RemoveMarker => &[COPY_FROM, COPY_TO, DELETE, &["DeleteObjects by version id"]],
            Use::Thaw => &[COPY_FROM, COPY_TO, DELETE, &["RestoreObject"]],
        };
        [LOOK].iter().chain(more).copied().flatten().copied().collect()
    }

    /// The operations sent to the bucket that is restored into, where that is another.
    pub fn at_destination(self) -> Vec<&'static str> {
        let sent: &[&[&str]] = match self {
            Use::RestoreTo | Use::Drill => &[LOOK, COPY_TO],
            Use::Plan | Use::Restore | Use::RemoveMarker | Use::Thaw => &[],
        };
        sent.iter().copied().flatten().copied().collect()
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

/// What a permission is given on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The bucket.
    Bucket,
    /// Its objects.
    Objects,
    /// The KMS keys that objects are encrypted with.
    Keys,
}

/// The permissions that an operation needs, as
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html> has them. After its
/// name may stand what a request is like that needs more; ` from` is of the bucket that is copied from.
pub const PERMISSIONS: &[(&str, On, &[&str])] = &[
    ("ListObjectVersions", On::Bucket, &["s3:ListBucketVersions"]),
    ("GetBucketVersioning", On::Bucket, &["s3:GetBucketVersioning"]),
    ("GetBucketLifecycleConfiguration", On::Bucket, &["s3:GetLifecycleConfiguration"]),
    ("GetObjectLockConfiguration", On::Bucket, &["s3:GetBucketObjectLockConfiguration"]),
    ("GetBucketReplication", On::Bucket, &["s3:GetReplicationConfiguration"]),
    ("GetBucketEncryption", On::Bucket, &["s3:GetEncryptionConfiguration"]),
    ("GetBucketOwnershipControls", On::Bucket, &["s3:GetBucketOwnershipControls"]),
    ("GetBucketPolicy", On::Bucket, &["s3:GetBucketPolicy"]),
    ("GetBucketWebsite", On::Bucket, &["s3:GetBucketWebsite"]),
    ("HeadObject", On::Objects, &["s3:GetObject", "s3:GetObjectVersion"]),
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
    ("DeleteObjects by version id", On::Objects, &["s3:DeleteObjectVersion"]),
    ("RestoreObject", On::Objects, &["s3:RestoreObject"]),
];

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
struct Statement {
    sid: String,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

/// An operator, a key, and its values.
type Condition = BTreeMap<&'static str, BTreeMap<&'static str, String>>;

impl Policy {
    /// The least policy for a use of asof on a place. `destination` is the place restored into, where that is another.
    pub fn least(what: Use, source: &Location, destination: &Location) -> Self {
        let mut statement = allow(&what.at_source(), "Source", source);
        statement.extend(deny(what, "Source", source));
        let at_destination = what.at_destination();
        if !at_destination.is_empty() {
            statement.extend(allow(&at_destination, "Destination", destination));
            statement.extend(deny(what, "Destination", destination));
        }
        Self { version: "2012-10-17", statement }
    }
}

fn allow(operations: &[&str], place: &str, location: &Location) -> Vec<Statement> {
    let of = |on: On| -> Vec<&'static str> {
        let rows = PERMISSIONS.iter().filter(|row| row.1 == on && operations.contains(&row.0));
        let mut actions: Vec<_> = rows.flat_map(|row| row.2).copied().collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    };
    let (listing, settings): (Vec<_>, Vec<_>) =
        of(On::Bucket).into_iter().partition(|action| *action == "s3:ListBucketVersions");
    let within = (!location.prefix.is_empty())
        .then(|| condition("StringLike", "s3:prefix", format!("{}*", literal(&location.prefix))));
    let by_s3 = condition("StringLike", "kms:ViaService", "s3.*.amazonaws.com".to_owned());
    let statements = [
        (format!("List{place}"), listing, bucket(location), within),
        (format!("Settings{place}"), settings, bucket(location), None),
        (format!("Objects{place}"), of(On::Objects), objects(location), None),
        (format!("Keys{place}"), of(On::Keys), "arn:aws:kms:*:*:key/*".to_owned(), Some(by_s3)),
    ];
    let statements = statements.into_iter().filter(|(_, action, ..)| !action.is_empty());
    statements
        .map(|(sid, action, resource, condition)| Statement {
            sid,
            effect: "Allow",
            action,
            resource,
            condition,
        })
        .collect()
}

/// On the whole bucket: a prefix bounds what is restored, not what must not be lost.
fn deny(what: Use, place: &str, location: &Location) -> [Statement; 2] {
    let mut of_objects = vec![OF_LOCKS];
    if what != Use::RemoveMarker {
        of_objects.push(BY_ID);
    }
    let statement = |of: &str, action, resource| Statement {
        sid: format!("KeepHistory{of}{place}"),
        effect: "Deny",
        action,
        resource,
        condition: None,
    };
    [
        statement("OfBucket", OF_BUCKET.to_vec(), bucket(location)),
        statement("OfObjects", of_objects, format!("{}/*", bucket(location))),
    ]
}

fn condition(operator: &'static str, key: &'static str, value: String) -> Condition {
    BTreeMap::from([(operator, BTreeMap::from([(key, value)]))])
}

fn bucket(location: &Location) -> String {
    format!("arn:aws:s3:::{}", location.bucket)
}

fn objects(location: &Location) -> String {
    format!("{}/{}*", bucket(location), literal(&location.prefix))
}

/// A text in which `*`, `?` and `$` stand for themselves
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
fn literal(text: &str) -> String {
    let escaped = |c: char| if matches!(c, '*' | '?' | '$') { format!("${{{c}}}") } else { c.to_string() };
    text.chars().map(escaped).collect()
}
