//! What a person should know of an answer, though it does not block.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something about a key that a person should know, though it does not block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Caution {
    /// The version live at T, or what replaced it, was made in the very second of T.
    SameSecond,
    /// The server's order of the key's entries does not follow their times, or cannot be known.
    Unordered,
    /// The version live at T was uploaded in parts and begun shortly before T: it may have been completed after T.
    Multipart,
    /// The delete marker live at T may be one of lifecycle's, which are dated with the midnight before.
    LifecycleMarker,
    /// The version live at T is a replica: it may have come to this bucket after T.
    Replica,
}

impl Caution {
    /// The name in tables and JSON.
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
