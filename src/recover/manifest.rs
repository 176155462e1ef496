//! The manifest of a recovery: the parameters that it begins with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::FORMAT;
use super::resource::Resource;
use crate::model::Instant;

/// The word for the newest second that every database can be restored to.
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
    /// The buckets and databases that the file was about.
    pub about: Vec<String>,
    /// The targets, as written in the file.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Every resource that it works on; empty if an older asof began it.
    #[serde(default)]
    pub holds: Vec<Resource>,
    pub typed: String,
    pub at: Instant,
    pub began: Instant,
    /// The IDs of the snapshots to restore stores from, by the store's number. The mark may expire meanwhile.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub snapshots: BTreeMap<usize, String>,
}

/// The mark's name, if `typed` is `mark:NAME`.
pub(crate) fn mark_name(typed: &str) -> Option<&str> {
    typed.trim().strip_prefix("mark:")
}

impl RecoveryManifest {
    /// Returns true if a command with `typed`, which now means `at`, means this recovery. The latest time and ages move
    /// on, but the same words are still the same command. A mark is not: a mark that was made again is another time.
    pub(crate) fn is_meant_by(&self, typed: &str, at: Option<Instant>) -> bool {
        Some(self.at) == at || (self.typed == typed && mark_name(typed).is_none())
    }

    /// Returns true if both work on the same file, or change the same bucket or database.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let meet = |resource: &Resource| other.holds.iter().any(|there| there.meets(resource));
        self.file == other.file || self.holds.iter().any(meet)
    }

    /// The manifest of a recovery that begins now.
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
        let snapshots = BTreeMap::new();
        Self { format: FORMAT, asof, purpose, file, about, targets, holds, typed, at, began: now, snapshots }
    }
}
