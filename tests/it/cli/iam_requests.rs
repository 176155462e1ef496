//! Every request that a use of asof sends, against the policy that is printed for it.
//!
//! The permissions that S3 demands are derived from the request as it arrived, and on purpose not from asof's own
//! table: a permission that is missing there is missing in the policy, and found here.

use std::collections::BTreeSet;

use asof::lab::{Access, Configuration, Operation as Op, Put};
use asof::model::{On, PERMISSIONS, Use};
use iam_rs::{Context, Decision, IAMPolicy};

use super::iam::{USES, printed};
use super::iam_decisions::decide;
use super::stage::{BUCKET, Stage};

const OTHER: &str = "other-place";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/ours";

/// Returns the commands typed for a use, in a lab after an incident.
fn typed(what: Use) -> Vec<&'static str> {
    match what {
        Use::Plan => vec![
            "timeline PLACE",
            "history s3://prod-uploads/uploads/2024/04/01.jpg --changes",
            "check PLACE --at 2024-05-06T07:08:09Z",
            "diff PLACE --at 2024-05-06T07:08:09Z",
            "verify PLACE --at 2024-05-06T07:08:09Z",
        ],
        Use::Read => vec![
            "ls PLACE --at 2024-05-06T07:08:09Z",
            "ls PLACE --at 2024-05-06T07:08:09Z --recursive",
            "cat s3://prod-uploads/uploads/2024/04/01.jpg --at 2024-05-06T07:08:09Z",
            "cat s3://prod-uploads/uploads/2024/04/01.jpg --at 2024-05-06T07:08:09Z --range 0-9",
        ],
        Use::Restore => vec![
            "restore PLACE --at 2024-05-06T07:08:09Z --yes",
            "verify PLACE --at 2024-05-06T07:08:09Z",
            "undo RUN --undelete copy --yes",
        ],
        Use::Work => vec![
            "diff PLACE --at 2024-05-06T07:08:09Z --out set --shards 2",
            "work set --shard 0 --yes --state-dir s3://other-place/state",
            "work set --shard 1 --yes --state-dir s3://other-place/state",
        ],
        Use::RestoreTo => vec![
            "restore PLACE --at 2024-05-06T07:08:09Z --to s3://other-place --yes",
            "verify PLACE --at 2024-05-06T07:08:09Z --against s3://other-place",
            "restore PLACE --at 2024-05-06T07:08:09Z --to s3://other-place/bare --no-head --yes",
            "restore PLACE --at 2024-05-06T07:08:09Z --to s3://other-place/parts --multipart-threshold 5242880 --yes",
        ],
        Use::RemoveMarker => {
            vec!["restore PLACE --at 2024-05-06T07:08:09Z --undelete remove-marker --yes", "undo RUN --yes"]
        }
        Use::Thaw => vec!["restore PLACE --at 2024-05-06T07:08:09Z --thaw bulk --yes"],
        Use::Recover => vec!["recover in-place.toml --at 2024-05-06T07:08:09Z --yes"],
        Use::Drill => {
            vec!["drill top.toml --at 2024-05-06T07:08:09Z", "drill folder.toml --at 2024-05-06T07:08:09Z"]
        }
    }
}

/// After an incident, in buckets with a KMS key, with ACLs that count, and with keys that XML cannot carry, which are
/// deleted by requests of their own.
fn stage(what: Use, place: &str) -> Stage {
    let stage = Stage::after_incident();
    assert!(stage.lab.create_bucket(OTHER));
    let encryption = format!(
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms\
         </SSEAlgorithm><KMSMasterKeyID>{KEY}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>\
         </ServerSideEncryptionConfiguration>"
    );
    let owners =
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
    for bucket in [BUCKET, OTHER] {
        assert!(stage.lab.configure(bucket, Configuration::Encryption, Some(&encryption)));
        assert!(stage.lab.configure(bucket, Configuration::OwnershipControls, Some(owners)));
    }
    stage.time("2024-05-01T00:00:00Z");
    let page = Put {
        tags: [("team".to_owned(), "web".to_owned())].into(),
        redirect: Some("/there".to_owned()),
        ..Put::of("page")
    };
    // Written again as it was: only HEADs tell that nothing has changed.
    for (instant, key) in [
        ("2024-05-01T00:00:00Z", "uploads/page.html"),
        ("2024-05-01T00:00:00Z", "uploads/same.html"),
        ("2024-05-06T07:08:10Z", "uploads/same.html"),
    ] {
        stage.time(instant);
        stage.lab.put(BUCKET, key, page.clone()).unwrap();
    }
    stage.time("2024-05-01T00:00:00Z");
    stage.put("uploads/older\u{1}key", "made before");
    if what == Use::RestoreTo {
        stage.put("uploads/film.mp4", &"film".repeat(3 << 19));
    }
    if what == Use::Thaw {
        let frozen = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("frozen") };
        stage.lab.put(BUCKET, "uploads/ledger.csv", frozen).unwrap();
    }
    stage.time("2024-05-06T07:08:10Z");
    stage.delete("uploads/page.html");
    stage.delete("uploads/older\u{1}key");
    if what == Use::Thaw {
        stage.delete("uploads/ledger.csv");
    }
    stage.time("2024-05-06T08:00:00Z");
    stage.put("uploads/odd\u{1}key", "made since");
    for (name, target) in [
        ("in-place.toml", "in-place"),
        ("top.toml", "s3://other-place"),
        ("folder.toml", "s3://other-place/drills"),
    ] {
        let file = format!("[[bucket]]\nsource = \"{place}\"\ntarget = \"{target}\"\n");
        stage.file(name, file.as_bytes());
    }
    stage
}

/// Runs all commands, and returns the requests that arrived.
fn accesses(stage: &Stage, what: Use, place: &str) -> Vec<Access> {
    stage.lab.requests().keep_accesses();
    let mut run = String::new();
    for words in typed(what) {
        let words = words.replace("RUN", &run).replace("PLACE", place);
        let output = stage.asof(&words).command.output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3 | 4)), "{words}: {output:?}");
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8_lossy(&all);
        if let Some(name) = all.split_whitespace().find(|word| word.len() == 21 && word.contains("Z-")) {
            name.clone_into(&mut run);
        }
    }
    stage.lab.requests().take_accesses()
}

/// Returns the permissions that S3 demands for a request, as documented at
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html> and the pages of its
/// operations.
fn demanded(access: &Access) -> Vec<(&'static str, On)> {
    let has = |start: &str| access.headers.iter().any(|name| name.starts_with(start));
    let on_bucket = |action| vec![(action, On::Bucket)];
    let of_object = |version, current| (if access.by_version { version } else { current }, On::Objects);
    let read = of_object("s3:GetObjectVersion", "s3:GetObject");
    let tags = of_object("s3:GetObjectVersionTagging", "s3:GetObjectTagging");
    let (decrypt, encrypt) = (("kms:Decrypt", On::Keys), ("kms:GenerateDataKey", On::Keys));
    let put = ("s3:PutObject", On::Objects);
    let put_tags = ("s3:PutObjectTagging", On::Objects);
    let if_header = |start, action| has(start).then_some((action, On::Objects));
    let put_labels = [
        has("x-amz-tagging").then_some(put_tags),
        if_header("x-amz-grant-", "s3:PutObjectAcl"),
        if_header("x-amz-acl", "s3:PutObjectAcl"),
        if_header("if-match", "s3:GetObject"),
    ];
    let put_labels = put_labels.into_iter().flatten();
    match (access.operation, access.copied_from) {
        (Op::ListObjectVersions, _) => on_bucket("s3:ListBucketVersions"),
        (Op::HeadBucket | Op::ListObjectsV2, _) => on_bucket("s3:ListBucket"),
        (Op::GetBucketVersioning, _) => on_bucket("s3:GetBucketVersioning"),
        (Op::GetBucketLifecycleConfiguration, _) => on_bucket("s3:GetLifecycleConfiguration"),
        (Op::GetObjectLockConfiguration, _) => on_bucket("s3:GetBucketObjectLockConfiguration"),
        (Op::GetBucketReplication, _) => on_bucket("s3:GetReplicationConfiguration"),
        (Op::GetBucketEncryption, _) => on_bucket("s3:GetEncryptionConfiguration"),
        (Op::GetBucketOwnershipControls, _) => on_bucket("s3:GetBucketOwnershipControls"),
        (Op::GetBucketPolicy, _) => on_bucket("s3:GetBucketPolicy"),
        (Op::GetBucketWebsite, _) => on_bucket("s3:GetBucketWebsite"),
        // The key may not exist, and an existing object may have a checksum encrypted with it.
        (Op::HeadObject, _) => {
            let checksum = has("x-amz-checksum-mode").then_some(decrypt);
            [read, ("s3:ListBucket", On::Bucket)].into_iter().chain(checksum).collect()
        }
        (Op::PutObject, _) => vec![put, encrypt],
        (Op::GetObjectTagging, _) => vec![tags],
        (Op::GetObjectAcl, _) => vec![of_object("s3:GetObjectVersionAcl", "s3:GetObjectAcl")],
        (Op::CopyObject, true) => vec![read, tags, decrypt],
        (Op::GetObject, _) | (Op::UploadPartCopy, true) => vec![read, decrypt],
        // The source's tags come along.
        (Op::CopyObject, false) => [put, put_tags, encrypt].into_iter().chain(put_labels).collect(),
        (Op::CreateMultipartUpload, _) => [put, decrypt, encrypt].into_iter().chain(put_labels).collect(),
        (Op::UploadPartCopy, false) => vec![put, decrypt, encrypt],
        (Op::CompleteMultipartUpload, _) => [put, decrypt].into_iter().chain(put_labels).collect(),
        (Op::AbortMultipartUpload, _) => vec![("s3:AbortMultipartUpload", On::Objects)],
        (Op::ListParts, _) => vec![("s3:ListMultipartUploadParts", On::Objects)],
        (Op::DeleteObject | Op::DeleteObjects, _) => {
            vec![of_object("s3:DeleteObjectVersion", "s3:DeleteObject")]
        }
        (Op::RestoreObject, _) => vec![("s3:RestoreObject", On::Objects)],
        (other, _) => panic!("what does S3 demand for {}?", other.name()),
    }
}

fn is_allowed(policy: &IAMPolicy, access: &Access, action: &str, on: On) -> bool {
    let bucket = format!("arn:aws:s3:::{}", access.bucket);
    let (resource, context) = match on {
        On::Bucket => (bucket, Context::new()),
        On::Objects | On::Drills => (format!("{bucket}/{}", access.key.as_deref().unwrap()), Context::new()),
        On::Keys => {
            (KEY.to_owned(), Context::new().with_string("kms:ViaService", "s3.us-east-1.amazonaws.com"))
        }
    };
    let context = match &access.prefix {
        Some(prefix) => context.with_string("s3:prefix", prefix),
        None => context,
    };
    decide(action, &resource, context, std::slice::from_ref(policy)) == Decision::Allow
}

/// Permissions that no request here demands: those of multipart copies that are interrupted and resumed; of ACLs that
/// grant something to others; of tags where a server names no version in its answer to a HEAD; and of attributes, for
/// which clients of `asof serve` ask.
const NOT_DEMANDED: [&str; 6] = [
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
    "s3:PutObjectAcl",
    "s3:GetObjectTagging",
    "s3:GetObjectAttributes",
    "s3:GetObjectVersionAttributes",
];

#[test]
fn each_request_is_allowed_by_its_policy() {
    let (mut demands, mut parts) = (BTreeSet::new(), 0);
    for place in ["s3://prod-uploads", "s3://prod-uploads/uploads/"] {
        for (name, what) in USES {
            let stage = stage(what, place);
            let text =
                printed(&stage, &format!("check {place} --iam {name} --state-dir s3://other-place/state"));
            let text = text.replace("DESTINATION", OTHER).replace("SCRATCH", OTHER);
            let policy: IAMPolicy = serde_json::from_str(&text).unwrap();
            let mut refused = BTreeSet::new();
            for access in accesses(&stage, what, place) {
                for (action, on) in demanded(&access) {
                    if !is_allowed(&policy, &access, action, on) {
                        let (operation, bucket, key) = (access.operation.name(), &access.bucket, &access.key);
                        refused.insert(format!("{operation} of {bucket} {key:?}: no {action}"));
                    }
                    demands.insert(action);
                }
            }
            assert!(refused.is_empty(), "{name} on {place}: {refused:#?}");
            parts += stage.lab.requests().of(Op::UploadPartCopy);
            assert!(what != Use::Drill || stage.lab.count_versions(OTHER) == 0, "the drills were torn down");
        }
    }
    // Else the cases above would have been about less than they seem.
    assert!(parts > 0);
    let table: BTreeSet<&str> = PERMISSIONS.iter().flat_map(|row| row.2).copied().collect();
    let never: BTreeSet<&str> = table.difference(&demands).copied().collect();
    assert_eq!(never, BTreeSet::from(NOT_DEMANDED), "permissions that nothing has demanded");
}
