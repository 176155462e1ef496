//! What was found out about a bucket, and about a database, before anything is done to it.

use schemars::JsonSchema;
use serde::Serialize;

use super::instant::Instant;

/// What is asked about the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether the state at this time can be restored.
    At(Instant),
    /// Whether every state since this time can.
    Since(Instant),
    /// Since when every state can.
    Back,
}

impl Question {
    /// The instant that is asked about, or since which.
    pub fn instant(self) -> Option<Instant> {
        match self {
            Self::At(at) | Self::Since(at) => Some(at),
            Self::Back => None,
        }
    }
}

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Whether the bucket keeps versions.
    Versioning,
    /// Whether lifecycle rules leave its history whole.
    Lifecycle,
    /// Whether versions can be deleted without a device's code.
    MfaDelete,
    /// Whether its versions are locked.
    ObjectLock,
    /// Whether what is written to it goes elsewhere too.
    Replication,
    /// Whether its objects have access control lists.
    Ownership,
    /// How it encrypts what is written to it.
    Encryption,
    /// Whether its policy hinders copies.
    Policy,
    /// To which times a database can be restored.
    Database,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing to think about.
    Passed,
    /// Something that a person should know.
    Warned,
    /// A restore in place is refused; a database cannot be restored to the time.
    Failed,
    /// It could not be found out. Never as good as passed.
    Unknown,
}

impl Verdict {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Warned => "warned",
            Verdict::Failed => "failed",
            Verdict::Unknown => "unknown",
        }
    }
}

/// One check, and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// What it is about.
    pub subject: Subject,
    /// How it went.
    pub verdict: Verdict,
    /// What was found, for a person.
    pub message: String,
    /// The IAM permission for want of which it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
    /// Of [`Subject::Database`]: which one, and what it told.
    #[serde(flatten)]
    pub database: Option<DatabaseWindow>,
}

/// The times to which a database can be restored. What is not known is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DatabaseWindow {
    /// Its name in the recovery file.
    pub name: String,
    /// The first.
    pub earliest: Option<Instant>,
    /// The last.
    pub latest: Option<Instant>,
}

impl Check {
    /// Whether a restore is refused for it: that versions are kept must be known, and what a database reaches.
    pub fn blocks(&self) -> bool {
        match self.verdict {
            Verdict::Failed => true,
            Verdict::Unknown => matches!(self.subject, Subject::Versioning | Subject::Database),
            Verdict::Passed | Verdict::Warned => false,
        }
    }
}
