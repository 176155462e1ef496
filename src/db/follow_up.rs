//! What a restored database lacks of its source, and a person may want to add.

use super::{Database, RestoreRequest};
use crate::error::Result;

/// Something that a restore does not carry over, and the command that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub what: String,
    /// The command, word by word, not quoted.
    pub command: Vec<String>,
}

impl Database {
    /// What the restored database lacks of what its source had when the recovery began. Of commands nothing is known.
    pub(crate) async fn follow_ups(&self, errand: &RestoreRequest) -> Result<Vec<FollowUp>> {
        answer!(self, _ => Ok(Vec::new()), database => database.follow_ups(errand).await)
    }
}
