//! Cautions: they inform, but do not block a restore.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something to know about a key that does not block a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Caution {
    /// The version live at T, or the one that replaced it, was created in the same second as T.
    SameSecond,
    /// The server lists the key's versions out of order, or their order cannot be known.
    Unordered,
    /// The version live at T is a multipart upload started shortly before T: it may have been completed after T.
    Multipart,
    /// The delete marker live at T may have been created by a lifecycle rule, which dates it to the midnight before.
    LifecycleMarker,
    /// The version live at T is a replica: it may have arrived in this bucket after T.
    Replica,
}

impl Caution {
    /// Returns the name used in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Caution::SameSecond => "same-second",
            Caution::Unordered => "unordered",
            Caution::Multipart => "multipart",
            Caution::LifecycleMarker => "lifecycle-marker",
            Caution::Replica => "replica",
        }
    }
}
