//! The properties that a version has in addition to its bytes and a copy does not take by itself: ACL, lock,
//! encryption, archive.

use std::time::Duration;

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    ArchiveStatus, GlacierJobParameters, ObjectCannedAcl, ObjectLockLegalHoldStatus, ObjectLockMode,
    ObjectOwnership, Permission, RestoreRequest, ServerSideEncryption, StorageClass, Tier,
};

use super::super::Put;
use super::*;

async fn grants(client: &Client, bucket: &str, version: Option<&str>) -> Vec<(Option<String>, Permission)> {
    let acl = client.get_object_acl().bucket(bucket).key("k").set_version_id(version.map(str::to_owned));
    let acl = acl.send().await.unwrap();
    let grant = |grant: &aws_sdk_s3::types::Grant| {
        let grantee = grant.grantee().unwrap();
        (grantee.uri().map(str::to_owned), grant.permission().unwrap().clone())
    };
    acl.grants().iter().map(grant).collect()
}

#[tokio::test]
async fn acls_count_only_where_the_bucket_says_so() {
    let (_lab, client) = lab().await;
    let put = |bucket: &str| client.put_object().bucket(bucket).key("k").acl(ObjectCannedAcl::PublicRead);
    let refused = put(BUCKET).send().await.unwrap_err();
    assert_eq!(code(&refused), (400, "AccessControlListNotSupported".to_owned()));
    let make = client.create_bucket().bucket("with-acls").object_ownership(ObjectOwnership::ObjectWriter);
    make.send().await.unwrap();
    put("with-acls").send().await.unwrap();
    let all = "http://acs.amazonaws.com/groups/global/AllUsers".to_owned();
    let public = [(None, Permission::FullControl), (Some(all), Permission::Read)];
    assert_eq!(grants(&client, "with-acls", None).await, public);
}

#[tokio::test]
async fn a_copy_is_private_unless_told_and_an_acl_can_be_replaced() {
    let (lab, client) = lab().await;
    assert!(lab.configure(BUCKET, super::super::Configuration::OwnershipControls, None));
    let put =
        client.put_object().bucket(BUCKET).key("k").acl(ObjectCannedAcl::PublicRead).send().await.unwrap();
    let source = format!("{BUCKET}/k?versionId={}", put.version_id().unwrap());
    let copy = || client.copy_object().bucket(BUCKET).key("k").copy_source(&source);
    copy().send().await.unwrap();
    assert_eq!(grants(&client, BUCKET, None).await, [(None, Permission::FullControl)]);
    copy().grant_full_control("id=\"me\"").grant_read_acp("id=\"you\"").send().await.unwrap();
    let told = [(None, Permission::FullControl), (None, Permission::ReadAcp)];
    assert_eq!(grants(&client, BUCKET, None).await, told);
    client.put_object_acl().bucket(BUCKET).key("k").acl(ObjectCannedAcl::Private).send().await.unwrap();
    assert_eq!(grants(&client, BUCKET, None).await, [(None, Permission::FullControl)]);
    assert_eq!(grants(&client, BUCKET, put.version_id()).await.len(), 2);
}

#[tokio::test]
async fn locks_are_told_and_need_a_bucket_that_has_them() {
    let (_lab, client) = lab().await;
    let until = DateTime::from_secs(4_102_444_800);
    let put = |bucket: &str, until| {
        let put = client.put_object().bucket(bucket).key("k").object_lock_mode(ObjectLockMode::Governance);
        put.object_lock_retain_until_date(until)
            .object_lock_legal_hold_status(ObjectLockLegalHoldStatus::On)
            .send()
    };
    assert_eq!(code(&put(BUCKET, until).await.unwrap_err()), (400, "InvalidRequest".to_owned()));
    client.create_bucket().bucket("locked").object_lock_enabled_for_bucket(true).send().await.unwrap();
    let past = put("locked", DateTime::from_secs(1_000_000_000)).await.unwrap_err();
    assert_eq!(code(&past), (400, "InvalidArgument".to_owned()));
    let made = put("locked", until).await.unwrap();
    let head = |version: Option<&str>| {
        let head = client.head_object().bucket("locked").key("k");
        head.set_version_id(version.map(str::to_owned)).send()
    };
    let told = head(None).await.unwrap();
    assert_eq!(told.object_lock_mode(), Some(&ObjectLockMode::Governance));
    assert_eq!(told.object_lock_retain_until_date(), Some(&until));
    assert_eq!(told.object_lock_legal_hold_status(), Some(&ObjectLockLegalHoldStatus::On));
    let source = format!("locked/k?versionId={}", made.version_id().unwrap());
    client.copy_object().bucket("locked").key("k").copy_source(source).send().await.unwrap();
    assert_eq!(head(None).await.unwrap().object_lock_mode(), None);
    assert!(head(made.version_id()).await.unwrap().object_lock_mode().is_some());
}

#[tokio::test]
async fn encryption_is_told_and_a_writers_own_key_is_wanted_back() {
    let (_lab, client) = lab().await;
    let put = client.put_object().bucket(BUCKET).key("kms").body(ByteStream::from_static(b"x"));
    let put = put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("key-1");
    put.bucket_key_enabled(true).send().await.unwrap();
    let head = client.head_object().bucket(BUCKET).key("kms").send().await.unwrap();
    assert_eq!((head.ssekms_key_id(), head.bucket_key_enabled()), (Some("key-1"), Some(true)));

    let own = client.put_object().bucket(BUCKET).key("own").sse_customer_algorithm("AES256");
    own.sse_customer_key("a2V5").sse_customer_key_md5("bWQ1").send().await.unwrap();
    let refused = client.head_object().bucket(BUCKET).key("own").send().await.unwrap_err();
    assert_eq!(code(&refused).0, 400);
    let copy = client.copy_object().bucket(BUCKET).key("own").copy_source(format!("{BUCKET}/own"));
    let refused = copy.storage_class(StorageClass::StandardIa).send().await.unwrap_err();
    assert_eq!(code(&refused), (400, "InvalidRequest".to_owned()));
}

fn asked(days: Option<i32>, tier: Tier) -> RestoreRequest {
    let parameters = GlacierJobParameters::builder().tier(tier).build().unwrap();
    RestoreRequest::builder().set_days(days).glacier_job_parameters(parameters).build()
}

#[tokio::test]
async fn what_intelligent_tiering_has_archived_comes_back_for_good() {
    let options = Options { thaw: Duration::from_hours(5), ..Options::default() };
    let (lab, client) = lab_with(options).await;
    let tiered = || Put { storage_class: Some("INTELLIGENT_TIERING".to_owned()), ..Put::of("x") };
    let version = lab.put(BUCKET, "k", tiered()).unwrap();
    assert!(lab.archive(BUCKET, "k"));
    lab.put(BUCKET, "k", Put::of("now"));
    let head = || client.head_object().bucket(BUCKET).key("k").version_id(&version).send();
    let restore = |request| {
        client.restore_object().bucket(BUCKET).key("k").version_id(&version).restore_request(request).send()
    };
    let copy = || {
        client.copy_object().bucket(BUCKET).key("k").copy_source(format!("{BUCKET}/k?versionId={version}"))
    };
    assert_eq!(head().await.unwrap().archive_status(), Some(&ArchiveStatus::ArchiveAccess));
    assert_eq!(code(&copy().send().await.unwrap_err()), (403, "InvalidObjectState".to_owned()));
    assert_eq!(
        code(&restore(asked(Some(1), Tier::Bulk)).await.unwrap_err()),
        (400, "MalformedXML".to_owned())
    );
    restore(asked(None, Tier::Bulk)).await.unwrap();
    let again = restore(asked(None, Tier::Bulk)).await.unwrap_err();
    assert_eq!(code(&again), (409, "RestoreAlreadyInProgress".to_owned()));
    assert_eq!(head().await.unwrap().restore(), Some("ongoing-request=\"true\""));
    lab.clock().advance(Duration::from_hours(5));
    let arrived = head().await.unwrap();
    assert_eq!((arrived.archive_status(), arrived.restore()), (None, Some("ongoing-request=\"false\"")));
    copy().send().await.unwrap();
}

#[tokio::test]
async fn the_deepest_archive_is_not_hurried() {
    let (lab, client) = lab().await;
    let frozen = Put { storage_class: Some("DEEP_ARCHIVE".to_owned()), ..Put::of("x") };
    lab.put(BUCKET, "k", frozen).unwrap();
    let restore =
        |tier| client.restore_object().bucket(BUCKET).key("k").restore_request(asked(Some(1), tier)).send();
    assert_eq!(code(&restore(Tier::Expedited).await.unwrap_err()), (400, "InvalidArgument".to_owned()));
    restore(Tier::Bulk).await.unwrap();
}
