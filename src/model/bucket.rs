//! The bucket settings that a restore depends on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rule;

/// The versioning state of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Versioning {
    /// Every overwritten or deleted object keeps its versions.
    Enabled,
    /// Versions written while versioning was enabled are kept; new writes overwrite the null version.
    Suspended,
    /// Versioning was never enabled; nothing is kept.
    Never,
    /// The state could not be read, for example because a permission is missing.
    Unknown,
}

/// A bucket setting, or why it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<T> {
    /// The setting was read.
    Is(T),
    /// The credentials lack this permission.
    Denied(&'static str),
    /// The server does not implement the request.
    NotOffered,
    /// The request failed with another error, or the response was malformed.
    Unclear(String),
}

impl<T> Known<T> {
    /// The unknown setting of a bucket that is accessed through an access point: access points do not report it.
    pub fn untold() -> Self {
        Known::Unclear("an access point does not report it".to_owned())
    }

    /// Returns the setting, if it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Known::Is(value) => Some(value),
            Known::Denied(_) | Known::NotOffered | Known::Unclear(_) => None,
        }
    }

    /// Converts the setting, if it is known.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Known::Is(value) => Known::Is(make(value)),
            Known::Denied(permission) => Known::Denied(permission),
            Known::NotOffered => Known::NotOffered,
            Known::Unclear(why) => Known::Unclear(why),
        }
    }
}

/// The versioning configuration of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersioningStatus {
    /// The versioning state.
    pub versioning: Versioning,
    /// True if deleting a version requires an MFA code of the root user.
    pub mfa_delete: bool,
}

/// The Object Lock configuration of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    /// Not enabled.
    Off,
    /// Enabled; with the default retention of new versions, such as `COMPLIANCE for 30 days`, if there is one.
    On(Option<String>),
}

/// The default encryption of a bucket, used for new objects whose request names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// None.
    Off,
    /// Keys managed by S3 (SSE-S3).
    S3,
    /// A KMS key (SSE-KMS): ETags are then not MD5s.
    Kms,
}

/// The settings of a bucket.
#[derive(Debug, Clone)]
pub struct BucketSettings {
    /// Versioning.
    pub versioning_status: Known<VersioningStatus>,
    /// Lifecycle rules.
    pub rules: Known<Vec<Rule>>,
    /// Object Lock.
    pub lock: Known<Lock>,
    /// The destination buckets of enabled replication rules.
    pub replicas: Known<Vec<String>>,
    /// True if object ACLs are enabled.
    pub acls: Known<bool>,
    /// Default encryption.
    pub encryption: Known<Encryption>,
    /// True if the bucket policy denies writes without a condition.
    pub conditions: Known<bool>,
}

impl BucketSettings {
    /// Returns the versioning state.
    pub fn versioning(&self) -> Versioning {
        self.versioning_status
            .value()
            .map_or(Versioning::Unknown, |versioning_status| versioning_status.versioning)
    }

    /// Returns true if the ETags of objects may not be MD5s, also if the encryption is unknown.
    pub fn kms(&self) -> bool {
        self.encryption.value().is_none_or(|encryption| *encryption == Encryption::Kms)
    }
}
