//! What was found out about a bucket before anything is done to it.

use serde::Serialize;

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing to think about.
    Passed,
    /// Something that a person should know.
    Warned,
    /// A restore in place is refused.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What it is about.
    pub subject: Subject,
    /// How it went.
    pub verdict: Verdict,
    /// What was found, for a person.
    pub words: String,
    /// The IAM permission for want of which it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
}

impl Check {
    /// Whether a restore in place is refused for it: that versions are kept must be known.
    pub fn blocks(&self) -> bool {
        match self.verdict {
            Verdict::Failed => true,
            Verdict::Unknown => self.subject == Subject::Versioning,
            Verdict::Passed | Verdict::Warned => false,
        }
    }
}
