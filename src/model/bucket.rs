//! What a bucket is set to, as far as a restore rests on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rule;

/// What a bucket keeps of objects that are overwritten or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Versioning {
    /// Everything.
    Enabled,
    /// What was written while it was enabled; what is written now overwrites.
    Suspended,
    /// Nothing, ever.
    Never,
    /// It may not be known: a permission is missing.
    Unknown,
}

/// A setting, as far as the server told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<T> {
    /// It is this.
    Is(T),
    /// The credentials lack this permission.
    Denied(&'static str),
    /// The server does not know the request.
    NotOffered,
    /// The answer was another error, or makes no sense.
    Unclear(String),
}

impl<T> Known<T> {
    /// A setting of a bucket that is asked through an access point, which tells of none.
    pub fn untold() -> Self {
        Known::Unclear("an access point does not report it".to_owned())
    }

    /// The setting, if it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Known::Is(value) => Some(value),
            Known::Denied(_) | Known::NotOffered | Known::Unclear(_) => None,
        }
    }

    /// The same of something that is made of it.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Known::Is(value) => Known::Is(make(value)),
            Known::Denied(permission) => Known::Denied(permission),
            Known::NotOffered => Known::NotOffered,
            Known::Unclear(why) => Known::Unclear(why),
        }
    }
}

/// How a bucket keeps versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersioningStatus {
    /// Whether it keeps them.
    pub versioning: Versioning,
    /// Whether a version can only be deleted with a code of the root user's device.
    pub mfa_delete: bool,
}

/// Object Lock of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    /// Not enabled.
    Off,
    /// Enabled; with what every new version gets, such as `COMPLIANCE for 30 days`, if it gets anything.
    On(Option<String>),
}

/// What a bucket does to new objects that are not told how they are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Nothing.
    Off,
    /// With S3's own keys.
    S3,
    /// With a KMS key: then ETags are no MD5s.
    Kms,
}

/// What a bucket is set to.
#[derive(Debug, Clone)]
pub struct BucketSettings {
    /// How it keeps versions.
    pub versioning_status: Known<VersioningStatus>,
    /// Its lifecycle rules.
    pub rules: Known<Vec<Rule>>,
    /// Object Lock.
    pub lock: Known<Lock>,
    /// The buckets to which enabled rules replicate what is written here.
    pub replicas: Known<Vec<String>>,
    /// Whether its objects have access control lists that count.
    pub acls: Known<bool>,
    /// Default encryption.
    pub encryption: Known<Encryption>,
    /// Whether its policy denies writes that carry no condition.
    pub conditions: Known<bool>,
}

impl BucketSettings {
    /// Whether it keeps versions.
    pub fn versioning(&self) -> Versioning {
        self.versioning_status
            .value()
            .map_or(Versioning::Unknown, |versioning_status| versioning_status.versioning)
    }

    /// Whether its objects' ETags may not be MD5s. So too where we may not know.
    pub fn kms(&self) -> bool {
        self.encryption.value().is_none_or(|encryption| *encryption == Encryption::Kms)
    }
}
