//! Configurations of a bucket: stored and returned byte for byte. Only default encryption, ownership and Object Lock
//! have an effect: on the encryption of new objects, and whether they may have ACLs and locks.

use hyper::Method;
use hyper::body::Bytes;

use super::super::Shared;
use super::super::store::bucket::{Bucket, Configuration};
use super::super::store::version::Encryption;
use crate::endpoint::error::{Code, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::xml::parse;

/// The default encryption of every bucket.
const DEFAULT_ENCRYPTION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>\
    <ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>\
    <BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";

/// Reads, stores or removes the configuration named by the query.
pub(crate) fn handle(shared: &Shared, request: &Request) -> Result<Reply> {
    let configuration = named(request).ok_or(Code::NotImplemented)?;
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    if request.method == Method::PUT {
        self::store(bucket, configuration, Some(request.body.clone()))?;
        return Ok(Reply::ok());
    }
    if request.method == Method::DELETE {
        self::store(bucket, configuration, None)?;
        return Ok(Reply::no_content());
    }
    let stored = bucket.configurations.get(&configuration).cloned();
    let default = || Bytes::from_static(DEFAULT_ENCRYPTION.as_bytes());
    let body = match configuration {
        Configuration::Encryption => stored.unwrap_or_else(default),
        _ => stored.ok_or_else(|| missing(configuration))?,
    };
    let kind = if configuration == Configuration::Policy { "application/json" } else { "application/xml" };
    Ok(Reply { body, ..Reply::ok() }.with("content-type", kind))
}

/// Stores a configuration, or removes it.
pub(crate) fn store(
    bucket: &mut Bucket,
    configuration: Configuration,
    document: Option<Bytes>,
) -> Result<()> {
    let root = root(configuration);
    let parsed = document.as_ref().zip(root).map(|(document, root)| parse(document, root)).transpose()?;
    if configuration == Configuration::Encryption {
        let rule = parsed.as_ref().and_then(|parsed| parsed.child("Rule"));
        let default = rule.and_then(|rule| rule.child("ApplyServerSideEncryptionByDefault"));
        let encryption = default.and_then(|default| {
            let key = default.text_of("KMSMasterKeyID").map(str::to_owned);
            let bucket_key = rule.and_then(|rule| rule.text_of("BucketKeyEnabled")) == Some("true");
            Some(Encryption { algorithm: default.text_of("SSEAlgorithm")?.to_owned(), key, bucket_key })
        });
        if document.is_some() && encryption.is_none() {
            return Err(Code::MalformedXML.into());
        }
        bucket.encryption = encryption.unwrap_or_default();
    }
    match document {
        Some(document) => bucket.configurations.insert(configuration, document),
        None => bucket.configurations.remove(&configuration),
    };
    Ok(())
}

fn named(request: &Request) -> Option<Configuration> {
    const NAMES: [(&str, Configuration); 7] = [
        ("lifecycle", Configuration::Lifecycle),
        ("encryption", Configuration::Encryption),
        ("object-lock", Configuration::ObjectLock),
        ("replication", Configuration::Replication),
        ("ownershipControls", Configuration::OwnershipControls),
        ("policy", Configuration::Policy),
        ("website", Configuration::Website),
    ];
    NAMES.iter().find(|(name, _)| request.query.has(name)).map(|(_, configuration)| *configuration)
}

/// Returns the root element that a document must have; `None` for a policy, which is JSON and not parsed.
fn root(configuration: Configuration) -> Option<&'static str> {
    match configuration {
        Configuration::Lifecycle => Some("LifecycleConfiguration"),
        Configuration::Encryption => Some("ServerSideEncryptionConfiguration"),
        Configuration::ObjectLock => Some("ObjectLockConfiguration"),
        Configuration::Replication => Some("ReplicationConfiguration"),
        Configuration::OwnershipControls => Some("OwnershipControls"),
        Configuration::Website => Some("WebsiteConfiguration"),
        Configuration::Policy => None,
    }
}

fn missing(configuration: Configuration) -> Code {
    match configuration {
        Configuration::Lifecycle => Code::NoSuchLifecycleConfiguration,
        Configuration::Encryption => Code::ServerSideEncryptionConfigurationNotFoundError,
        Configuration::ObjectLock => Code::ObjectLockConfigurationNotFoundError,
        Configuration::Replication => Code::ReplicationConfigurationNotFoundError,
        Configuration::OwnershipControls => Code::OwnershipControlsNotFoundError,
        Configuration::Policy => Code::NoSuchBucketPolicy,
        Configuration::Website => Code::NoSuchWebsiteConfiguration,
    }
}
