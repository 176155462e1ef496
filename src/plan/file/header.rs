//! What a plan file begins with.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Instant, Location, Versioning};
use crate::plan::Only;

/// The format that this asof writes.
pub const FORMAT: Format = Format { major: 1, minor: 0 };

/// The format of a plan file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Format {
    /// Another one cannot be read.
    pub major: u32,
    /// A greater one has fields that may be passed over.
    pub minor: u32,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a plan is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// The file's format.
    pub format: Format,
    /// The version of asof that made it.
    pub asof: String,
    /// The bucket, which is restored in place.
    pub bucket: String,
    /// What the keys begin with.
    pub prefix: String,
    /// The past instant.
    pub at: Instant,
    /// When the bucket was listed.
    pub listed: Instant,
    /// What the plan rests on.
    pub checks: Checks,
    /// Which keys were asked for.
    pub selection: Selected,
}

/// What was known of the bucket, and how versions were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checks {
    /// Whether the bucket kept versions.
    pub versioning: Versioning,
    /// Whether ETags may not be MD5s, because a KMS key encrypts the objects, or may.
    pub kms: bool,
    /// Whether equal ETags and sizes were taken for equal objects.
    #[serde(default)]
    pub trust_etag: bool,
}

/// The options that chose the keys, as they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Selected {
    /// `--include`.
    #[serde(default)]
    pub include: Vec<String>,
    /// `--exclude`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// `--keys-from`: the file's name.
    #[serde(default)]
    pub keys_from: Option<String>,
    /// `--only`.
    #[serde(default, skip_serializing_if = "Only::is_all")]
    pub only: Only,
}

/// The times of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The past instant.
    pub at: Instant,
    /// When the bucket was listed.
    pub listed: Instant,
}

impl Header {
    /// The header of a plan that this asof makes.
    pub fn new(location: &Location, times: Times, checks: Checks, selection: Selected) -> Self {
        let Times { at, listed } = times;
        Self {
            format: FORMAT,
            asof: env!("CARGO_PKG_VERSION").to_owned(),
            bucket: location.bucket.clone(),
            prefix: location.prefix.clone(),
            at,
            listed,
            checks,
            selection,
        }
    }

    /// The bucket and the prefix.
    pub fn location(&self) -> Location {
        Location { bucket: self.bucket.clone(), prefix: self.prefix.clone() }
    }
}
