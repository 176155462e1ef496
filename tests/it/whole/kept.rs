//! The properties of an object that a restore keeps, by one request and in parts, and the warnings about the rest.

use asof::lab::{Configuration, Fault, Operation, Rule, When};
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ObjectCannedAcl, ObjectLockLegalHoldStatus, ObjectLockMode, ObjectOwnership,
    ServerSideEncryption, StorageClass,
};

use super::{LARGE, SMALL, with};
use crate::support::{Bucket, Subject};

/// A bucket whose objects have ACLs and may have locks.
async fn open_bucket(subject: &Subject) -> Bucket {
    let name = format!("open-{}", fastrand::u64(..));
    let make = subject.client.create_bucket().bucket(&name).object_lock_enabled_for_bucket(true);
    make.object_ownership(ObjectOwnership::ObjectWriter).send().await.unwrap();
    Bucket::new(subject.client.clone(), name)
}

type Dress = fn(PutObjectFluentBuilder) -> PutObjectFluentBuilder;

/// One object for each thing that must be kept.
const DRESSES: [(&str, Dress); 11] = [
    ("metadata", |put| put.metadata("owner", "billing").metadata("note", "two words")),
    ("system", |put| {
        let put = put.content_type("text/html").content_encoding("gzip").content_language("de");
        put.cache_control("max-age=60").content_disposition("attachment; filename=\"a b\"")
    }),
    ("expires", |put| put.expires(DateTime::from_secs(4_102_444_800))),
    ("tags", |put| put.tagging("team=data&phase=one%20two%26three&%C3%BC=%3D")),
    ("class", |put| put.storage_class(StorageClass::StandardIa)),
    ("kms", |put| put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("key-1")),
    ("bucket-key", |put| {
        put.server_side_encryption(ServerSideEncryption::AwsKms)
            .ssekms_key_id("key-2")
            .bucket_key_enabled(true)
    }),
    ("redirect", |put| put.website_redirect_location("/elsewhere")),
    ("acl", |put| put.acl(ObjectCannedAcl::PublicRead)),
    ("crc32", |put| put.checksum_algorithm(ChecksumAlgorithm::Crc32)),
    ("crc32c", |put| put.checksum_algorithm(ChecksumAlgorithm::Crc32C)),
];

async fn everything_is_kept(subject: Subject) {
    let bucket = open_bucket(&subject).await;
    let sizes = [("small", SMALL), ("large", LARGE)];
    for (size, body) in sizes {
        for (name, dress) in DRESSES {
            dress(bucket.putting(&format!("{size}/{name}"), body)).send().await.unwrap();
        }
    }
    let keys: Vec<_> =
        sizes.iter().flat_map(|(size, _)| DRESSES.map(|(name, _)| format!("{size}/{name}"))).collect();
    let mut before = Vec::new();
    for key in &keys {
        before.push(bucket.portrait(key).await);
    }
    let at = subject.moment().await;
    for (place, key) in keys.iter().enumerate() {
        if place % 2 == 0 { bucket.delete(key).await } else { drop(bucket.put(key, "bare").await) }
    }
    let restored = subject.whole(&bucket, at, &[]).await.expect_code(0);
    assert_eq!(restored.count("copied"), 22, "{restored}");
    for (key, before) in keys.iter().zip(before) {
        assert_eq!(bucket.portrait(key).await, before, "{key}");
        let in_parts = bucket.head(key).await.unwrap().e_tag().unwrap().contains('-');
        assert_eq!(in_parts, key.starts_with("large"), "{key}");
    }
    assert_eq!(subject.lab().count_uploads(&bucket.name), 0);
    // The bucket's default encryption being another, nothing but a HEAD of every pair would tell that the ETag of a
    // small object under a KMS key proves nothing.
    let again = subject.diff(&bucket.url(""), at).await;
    assert_eq!(again.keys_to("revert"), ["small/bucket-key", "small/kms"], "{again}");
    assert_eq!(again.count("same_content"), 20, "{again}");
}

#[test]
fn everything_that_belongs_to_an_object() {
    with(everything_is_kept);
}

/// The bucket encrypts with a key of its own, and older objects have not been.
#[test]
fn the_encryption_that_an_object_had_before_the_bucket_had_another() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        bucket.putting("small", SMALL).send().await.unwrap();
        bucket.putting("large", LARGE).send().await.unwrap();
        let at = subject.moment().await;
        let encryption = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
            <SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key-9</KMSMasterKeyID>\
            </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
        assert!(subject.lab().configure(&bucket.name, Configuration::Encryption, Some(encryption)));
        for key in ["small", "large"] {
            bucket.put(key, "bare").await;
        }
        subject.whole(&bucket, at, &[]).await.expect_code(0);
        for key in ["small", "large"] {
            let head = bucket.head(key).await.unwrap();
            assert_eq!(head.server_side_encryption(), Some(&ServerSideEncryption::Aes256), "{key}");
        }
    });
}

async fn locked(subject: &Subject) -> (Bucket, crate::support::Moment) {
    let bucket = open_bucket(subject).await;
    for (key, body) in [("small", SMALL), ("large", LARGE)] {
        let put = bucket.putting(key, body).object_lock_mode(ObjectLockMode::Governance);
        let put = put.object_lock_retain_until_date(DateTime::from_secs(4_102_444_800));
        put.object_lock_legal_hold_status(ObjectLockLegalHoldStatus::On).send().await.unwrap();
    }
    let at = subject.moment().await;
    bucket.delete("small").await;
    bucket.put("large", "bare").await;
    (bucket, at)
}

#[test]
fn locks_where_they_are_asked_for() {
    with(|subject| async move {
        let (bucket, at) = locked(&subject).await;
        let restored = subject.whole(&bucket, at, &["--locks"]).await.expect_code(0);
        assert_eq!(restored.summary()["not_kept"]["locks"], 0, "{restored}");
        for key in ["small", "large"] {
            let head = bucket.head(key).await.unwrap();
            assert_eq!(head.object_lock_mode(), Some(&ObjectLockMode::Governance), "{key}");
            assert_eq!(head.object_lock_retain_until_date().unwrap().secs(), 4_102_444_800, "{key}");
            assert_eq!(head.object_lock_legal_hold_status(), Some(&ObjectLockLegalHoldStatus::On), "{key}");
        }
    });
}

#[test]
fn locks_that_are_left_behind_are_counted() {
    with(|subject| async move {
        let (bucket, at) = locked(&subject).await;
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(0);
        assert_eq!(restored.summary()["not_kept"]["locks"], 2, "{restored}");
        let said = "not kept: the retention or legal hold of 2 objects (--locks keeps it)";
        assert!(restored.stderr.contains(said), "{restored}");
        assert_eq!(bucket.head("small").await.unwrap().object_lock_mode(), None);
    });
}

#[test]
fn what_may_not_be_read_is_counted_and_the_rest_is_kept() {
    with(|subject| async move {
        let bucket = open_bucket(&subject).await;
        for (key, body) in [("small", SMALL), ("large", LARGE)] {
            let put = bucket.putting(key, body).acl(ObjectCannedAcl::PublicRead).tagging("a=b");
            put.metadata("owner", "billing").send().await.unwrap();
        }
        let at = subject.moment().await;
        bucket.delete("small").await;
        bucket.delete("large").await;
        for operation in [Operation::GetObjectAcl, Operation::GetObjectTagging] {
            subject.lab().faults().push(Rule::on(operation, Fault::AccessDenied, When::Always));
        }
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(0);
        let not_kept = &restored.summary()["not_kept"];
        assert_eq!((&not_kept["acl"], &not_kept["tags"]), (&2.into(), &1.into()), "{restored}");
        assert!(restored.stderr.contains("s3:GetObjectVersionAcl"), "{restored}");
        for key in ["small", "large"] {
            assert_eq!(bucket.head(key).await.unwrap().metadata().unwrap()["owner"], "billing");
        }
    });
}

/// Without its key it can neither be read nor copied.
#[test]
fn an_object_with_a_key_of_its_writers_own_fails_in_clear_words() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        let put = bucket.putting("own", SMALL).sse_customer_algorithm("AES256");
        put.sse_customer_key("a2V5").sse_customer_key_md5("bWQ1").send().await.unwrap();
        bucket.put("other", "then").await;
        let at = subject.moment().await;
        bucket.delete("own").await;
        bucket.delete("other").await;
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(3);
        assert_eq!((restored.count("copied"), restored.count("failed")), (1, 1), "{restored}");
        let failure = &restored.of_type("failure")[0];
        assert!(failure["message"].as_str().unwrap().contains("SSE-C"), "{failure}");
        assert_eq!(bucket.get("own").await, None);
    });
}

/// One request per copy; but multipart copies still need a HEAD.
#[test]
fn heads_are_spared_where_the_listing_says_enough() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        for number in 0..20 {
            bucket
                .putting(&format!("k{number:02}"), SMALL)
                .metadata("a", "b")
                .tagging("c=d")
                .send()
                .await
                .unwrap();
        }
        bucket.putting("large", LARGE).metadata("a", "b").send().await.unwrap();
        let at = subject.moment().await;
        bucket.delete_all(&bucket.live_keys().await).await;
        subject.lab().requests().reset();
        subject.whole(&bucket, at, &["--no-head"]).await.expect_code(0);
        // One of the large object, and those of the first copies, which find out whether conditions are honoured.
        assert!(subject.lab().requests().of(Operation::HeadObject) <= 4);
        assert_eq!(subject.lab().requests().of(Operation::CopyObject), 20 + 1);
        for key in ["k00", "large"] {
            assert_eq!(bucket.head(key).await.unwrap().metadata().unwrap()["a"], "b", "{key}");
        }
        assert_eq!(bucket.tags("k19").await, [("c".to_owned(), "d".to_owned())]);

        let website =
            "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>";
        assert!(subject.lab().configure(&bucket.name, Configuration::Website, Some(website)));
        bucket.delete("k00").await;
        subject.lab().requests().reset();
        subject.whole(&bucket, at, &["--no-head", "--trust-etag"]).await.expect_code(0);
        assert!(subject.lab().requests().of(Operation::HeadObject) > 0, "a redirect would be lost");
    });
}
