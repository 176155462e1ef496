//! Reads bucket settings. A setting that the credentials may not read is [`Known::Denied`] with the permission.

use aws_sdk_s3::types::{
    BucketVersioningStatus, DefaultRetention, MfaDeleteStatus, ObjectLockEnabled, ReplicationConfiguration,
    ReplicationRule, ReplicationRuleStatus, ServerSideEncryptionConfiguration,
};

use super::client::{Client, retries};
use super::error::{Doing, explain, not_told};
use super::read::is_kms;
use super::root;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{
    Encryption, Known, Lock, Versioning, VersioningStatus, demands_conditions, is_access_point,
};

impl Client {
    /// Reads the bucket's versioning state. This is the first request of every command: it discovers an unreachable
    /// server or a foreign bucket, so it has fewer retries than others.
    pub async fn versioning_status(&self, bucket: &str) -> Result<Known<VersioningStatus>> {
        const PERMISSION: &str = "s3:GetBucketVersioning";
        if is_access_point(bucket) {
            return self.reach(bucket).await.map(|()| Known::untold());
        }
        let ask = |sdk: aws_sdk_s3::Client| {
            let quick =
                aws_sdk_s3::config::Builder::new().retry_config(retries(limits::FIRST_CONTACT_ATTEMPTS));
            let call = sdk.get_bucket_versioning().bucket(bucket).customize().interceptor(root::VERSIONING);
            call.config_override(quick).send()
        };
        let reply = self.find_and_ask(bucket, ask).await;
        let doing = Doing { what: "read the versioning state of", bucket, key: None, permission: PERMISSION };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => Ok(Known::Is(VersioningStatus {
                versioning: match reply.status() {
                    Some(BucketVersioningStatus::Enabled) => Versioning::Enabled,
                    Some(BucketVersioningStatus::Suspended) => Versioning::Suspended,
                    _ => Versioning::Never,
                },
                mfa_delete: reply.mfa_delete() == Some(&MfaDeleteStatus::Enabled),
            })),
            // If the server cannot be reached, no other request will succeed.
            Err(e) if !matches!(e.kind(), ErrorKind::Denied | ErrorKind::Unsupported) => Err(e),
            // S3 denies every request about a bucket of another owner than the expected one: not a missing permission,
            // but the end of the command.
            Err(e) if self.place.of(bucket).place.expected_owner.is_some() => Err(e),
            Err(e) => not_told(e, PERMISSION),
        }
    }

    /// Checks that an access point exists; access points answer nothing else about themselves.
    async fn reach(&self, bucket: &str) -> Result<()> {
        const PERMISSION: &str = "s3:ListBucket";
        let doing = Doing { what: "reach the access point", bucket, key: None, permission: PERMISSION };
        let ask = |sdk: aws_sdk_s3::Client| sdk.head_bucket().bucket(bucket).send();
        match self.find_and_ask(bucket, ask).await.map_err(|e| explain(&e, doing, &self.place)) {
            Err(e) if self.place.of(bucket).place.expected_owner.is_some() => Err(e),
            Err(e) if e.kind() == ErrorKind::Denied => not_told::<()>(e, PERMISSION).map(drop),
            Err(e) if e.kind() == ErrorKind::Missing => {
                let message = format!("the access point {bucket} does not exist");
                Err(Error::new(ErrorKind::Missing, message).because(e))
            }
            reply => reply.map(drop),
        }
    }

    /// Finds the region of a bucket unless already known. If it cannot be found, requests to the bucket fail.
    pub async fn find(&self, bucket: &str) -> Result<()> {
        if self.place.knows(bucket) { Ok(()) } else { self.versioning_status(bucket).await.map(drop) }
    }

    /// Reads the Object Lock configuration.
    pub async fn object_lock(&self, bucket: &str) -> Result<Known<Lock>> {
        const PERMISSION: &str = "s3:GetBucketObjectLockConfiguration";
        if is_access_point(bucket) {
            return Ok(Known::untold());
        }
        let ask = |sdk: aws_sdk_s3::Client| sdk.get_object_lock_configuration().bucket(bucket).send();
        let reply = self.find_and_ask(bucket, ask).await;
        let doing = Doing {
            what: "read the Object Lock configuration of",
            bucket,
            key: None,
            permission: PERMISSION,
        };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => {
                let lock = reply.object_lock_configuration();
                if lock.and_then(|lock| lock.object_lock_enabled()) != Some(&ObjectLockEnabled::Enabled) {
                    return Ok(Known::Is(Lock::Off));
                }
                let default = lock.and_then(|lock| lock.rule()).and_then(|rule| rule.default_retention());
                Ok(Known::Is(Lock::On(default.and_then(retention))))
            }
            Err(e) if e.kind() == ErrorKind::Missing && e.code() != Some("NoSuchBucket") => {
                Ok(Known::Is(Lock::Off))
            }
            Err(e) => not_told(e, PERMISSION),
        }
    }

    /// Returns the destination buckets of the bucket's replication rules.
    pub async fn replicas(&self, bucket: &str) -> Result<Known<Vec<String>>> {
        const PERMISSION: &str = "s3:GetReplicationConfiguration";
        if is_access_point(bucket) {
            return Ok(Known::untold());
        }
        let ask = |sdk: aws_sdk_s3::Client| sdk.get_bucket_replication().bucket(bucket).send();
        let reply = self.find_and_ask(bucket, ask).await;
        let doing =
            Doing { what: "read the replication rules of", bucket, key: None, permission: PERMISSION };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => {
                let rules = reply.replication_configuration().map(ReplicationConfiguration::rules);
                Ok(Known::Is(targets(rules.unwrap_or_default())))
            }
            Err(e) if e.code() == Some("ReplicationConfigurationNotFoundError") => Ok(Known::Is(Vec::new())),
            Err(e) => not_told(e, PERMISSION),
        }
    }

    /// Reads the bucket's default encryption.
    pub async fn encryption(&self, bucket: &str) -> Result<Known<Encryption>> {
        const PERMISSION: &str = "s3:GetEncryptionConfiguration";
        if is_access_point(bucket) {
            return Ok(Known::untold());
        }
        let ask = |sdk: aws_sdk_s3::Client| sdk.get_bucket_encryption().bucket(bucket).send();
        let reply = self.find_and_ask(bucket, ask).await;
        let doing =
            Doing { what: "read the default encryption of", bucket, key: None, permission: PERMISSION };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => {
                let rules = reply
                    .server_side_encryption_configuration()
                    .map(ServerSideEncryptionConfiguration::rules)
                    .unwrap_or_default();
                let mut defaults =
                    rules.iter().filter_map(|r| r.apply_server_side_encryption_by_default()).peekable();
                Ok(Known::Is(if defaults.peek().is_none() {
                    Encryption::Off
                } else if defaults.any(|default| is_kms(Some(default.sse_algorithm()))) {
                    Encryption::Kms
                } else {
                    Encryption::S3
                }))
            }
            Err(e) if e.code() == Some("ServerSideEncryptionConfigurationNotFoundError") => {
                Ok(Known::Is(Encryption::Off))
            }
            Err(e) => not_told(e, PERMISSION),
        }
    }

    /// Returns whether the bucket policy denies unconditional writes.
    pub async fn demands_conditions(&self, bucket: &str) -> Result<Known<bool>> {
        const PERMISSION: &str = "s3:GetBucketPolicy";
        if is_access_point(bucket) {
            return Ok(Known::untold());
        }
        let ask = |sdk: aws_sdk_s3::Client| sdk.get_bucket_policy().bucket(bucket).send();
        let reply = self.find_and_ask(bucket, ask).await;
        let doing = Doing { what: "read the policy of", bucket, key: None, permission: PERMISSION };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => Ok(match demands_conditions(reply.policy().unwrap_or_default()) {
                Some(demanded) => Known::Is(demanded),
                None => Known::Unclear("this version of asof cannot read it".to_owned()),
            }),
            Err(e) if e.code() == Some("NoSuchBucketPolicy") => Ok(Known::Is(false)),
            Err(e) => not_told(e, PERMISSION),
        }
    }
}

/// Describes the default retention of new versions: `COMPLIANCE for 30 days`.
fn retention(default: &DefaultRetention) -> Option<String> {
    let mode = default.mode()?.as_str();
    match (default.days(), default.years()) {
        (Some(1), _) => Some(format!("{mode} for 1 day")),
        (Some(days), _) => Some(format!("{mode} for {days} days")),
        (None, Some(1)) => Some(format!("{mode} for 1 year")),
        (None, Some(years)) => Some(format!("{mode} for {years} years")),
        (None, None) => Some(mode.to_owned()),
    }
}

/// Returns the destination buckets of enabled rules, each once.
fn targets(rules: &[ReplicationRule]) -> Vec<String> {
    let enabled = rules.iter().filter(|rule| *rule.status() == ReplicationRuleStatus::Enabled);
    let buckets = enabled.filter_map(|rule| rule.destination()).map(|to| {
        let arn = to.bucket();
        arn.rsplit(':').next().unwrap_or(arn).to_owned()
    });
    let mut buckets: Vec<_> = buckets.collect();
    buckets.sort_unstable();
    buckets.dedup();
    buckets
}
