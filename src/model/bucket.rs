//! What a bucket is set to.

use serde::{Deserialize, Serialize};

/// What a bucket keeps of objects that are overwritten or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Versioning {
    /// Everything.
    Enabled,
    /// What was written while it was enabled; what is written now overwrites.
    Suspended,
    /// Nothing, ever.
    Never,
}
