//! The results of bucket and database checks, which run before anything is changed.

use schemars::JsonSchema;
use serde::Serialize;

use super::instant::Instant;

/// The question that `asof check` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Can the state at this time be restored?
    At(Instant),
    /// Can every state since this time be restored?
    Since(Instant),
    /// Since when can every state be restored?
    Back,
}

impl Question {
    /// Returns the time in the question, if it has one.
    pub fn instant(self) -> Option<Instant> {
        match self {
            Self::At(at) | Self::Since(at) => Some(at),
            Self::Back => None,
        }
    }
}

/// The subject of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The bucket's versioning state.
    Versioning,
    /// Lifecycle rules that can remove versions.
    Lifecycle,
    /// The MFA code needed to delete versions.
    MfaDelete,
    /// The bucket's Object Lock setting.
    ObjectLock,
    /// Replication of writes to other buckets.
    Replication,
    /// Object ownership, which decides whether object ACLs are enabled.
    Ownership,
    /// The bucket's default encryption.
    Encryption,
    /// A bucket policy that denies copies.
    Policy,
    /// The times to which a database can be restored.
    Database,
    /// The times to which a store can be restored.
    Store,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No problem was found.
    Passed,
    /// Review before restoring.
    Warned,
    /// A restore in place is refused, or a database or a store cannot be restored to the target time.
    Failed,
    /// The check could not be made. Never treated as passed.
    Unknown,
}

impl Verdict {
    /// Returns the name used in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Warned => "warned",
            Verdict::Failed => "failed",
            Verdict::Unknown => "unknown",
        }
    }
}

/// A check and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// The subject of the check.
    pub subject: Subject,
    /// The result of the check.
    pub verdict: Verdict,
    /// The finding, as text.
    pub message: String,
    /// The IAM permission that the credentials lack for this check, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
    /// The database or store and its restorable times; for the subjects `database` and `store` only.
    #[serde(flatten)]
    pub database: Option<DatabaseWindow>,
}

/// The times to which a database or a store can be restored. A limit is null if it is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DatabaseWindow {
    /// The name in the recovery file.
    pub name: String,
    /// The earliest restorable time.
    pub earliest: Option<Instant>,
    /// The latest restorable time.
    pub latest: Option<Instant>,
}

impl Check {
    /// Returns true if a restore is refused because of this check: versioning and a database's restorable times must be
    /// known.
    pub fn blocks(&self) -> bool {
        match self.verdict {
            Verdict::Failed => true,
            Verdict::Unknown => {
                matches!(self.subject, Subject::Versioning | Subject::Database | Subject::Store)
            }
            Verdict::Passed | Verdict::Warned => false,
        }
    }
}
