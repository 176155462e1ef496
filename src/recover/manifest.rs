//! What a recovery is told when it begins.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::FORMAT;
use super::resource::Resource;
use crate::model::Instant;

/// What is typed for the newest second that every database reaches.
pub(crate) const LATEST: &str = "latest";

/// The purpose of a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// Restore buckets and databases.
    Recover,
    /// Rehearse the recovery in scratch copies.
    Drill,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecoveryManifest {
    pub format: u32,
    pub asof: String,
    pub purpose: Purpose,
    pub file: PathBuf,
    /// What that was about.
    pub about: Vec<String>,
    /// Where that is restored to, by what was written.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Everything that it works on; nothing where an older asof began it.
    #[serde(default)]
    pub holds: Vec<Resource>,
    pub typed: String,
    pub at: Instant,
    pub began: Instant,
}

/// The mark that is named by what is typed for a time, if one is.
pub(crate) fn mark_name(typed: &str) -> Option<&str> {
    typed.trim().strip_prefix("mark:")
}

impl RecoveryManifest {
    /// Whether who types this, which means this second now, means the recovery that was told so. The newest time moves on, and
    /// an age too: the same words are the same command all the same. A mark is not: one that was made anew is another time.
    pub(crate) fn is_meant_by(&self, typed: &str, at: Option<Instant>) -> bool {
        Some(self.at) == at || (self.typed == typed && mark_name(typed).is_none())
    }

    /// Whether both work on the same file, or change the same bucket or database.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let meet = |resource: &Resource| other.holds.iter().any(|there| there.meets(resource));
        self.file == other.file || self.holds.iter().any(meet)
    }

    /// What a recovery that begins now is told.
    pub(crate) fn new(
        purpose: Purpose,
        file: &Path,
        about: Vec<String>,
        typed: &str,
        at: Instant,
        now: Instant,
    ) -> Self {
        let (file, asof) = (file.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        let (targets, holds, typed) = (Vec::new(), Vec::new(), typed.to_owned());
        Self { format: FORMAT, asof, purpose, file, about, targets, holds, typed, at, began: now }
    }
}
