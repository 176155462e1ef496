//! The header of a plan file.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Instant, Location, Versioning};
use crate::plan::Only;

/// The format that this version of asof writes.
pub const FORMAT: Format = Format { major: 1, minor: 1 };

/// The version of the plan file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Format {
    /// The major version; a file with a different one cannot be read.
    pub major: u32,
    /// The minor version; a greater one only adds fields that can be ignored.
    pub minor: u32,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The header of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// The format of the file.
    pub format: Format,
    /// The version of asof that created the plan.
    pub asof: String,
    /// The bucket, which is restored in place.
    pub bucket: String,
    /// The prefix of the keys.
    pub prefix: String,
    /// The target time.
    pub at: Instant,
    /// The time the bucket was listed.
    pub listed: Instant,
    /// The bucket settings that the plan depends on.
    pub checks: Checks,
    /// The keys that were selected.
    pub selection: Selected,
}

/// The settings of the bucket, and how versions were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checks {
    /// The bucket's versioning state.
    pub versioning: Versioning,
    /// True if ETags may not be MD5s because the objects are, or may be, encrypted with a KMS key.
    pub kms: bool,
    /// True if objects with equal ETags and sizes were taken to be equal.
    #[serde(default)]
    pub trust_etag: bool,
}

/// The options that select keys, as given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Selected {
    /// The patterns of `--include`.
    #[serde(default)]
    pub include: Vec<String>,
    /// The patterns of `--exclude`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// The file name of `--keys-from`.
    #[serde(default)]
    pub keys_from: Option<String>,
    /// The kinds of change of `--only`.
    #[serde(default, skip_serializing_if = "Only::is_all")]
    pub only: Only,
}

/// The times of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The target time.
    pub at: Instant,
    /// The time the bucket was listed.
    pub listed: Instant,
}

impl Header {
    /// Creates the header of a new plan.
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

    /// Returns the bucket and prefix.
    pub fn location(&self) -> Location {
        Location { bucket: self.bucket.clone(), prefix: self.prefix.clone() }
    }
}
