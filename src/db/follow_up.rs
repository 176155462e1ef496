//! Parts of the source that a restored database lacks and the user may want to add.

use super::{Database, RestoreRequest};
use crate::error::Result;

/// Something a restore does not copy, with the command that creates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub what: String,
    /// The command's arguments, unquoted.
    pub command: Vec<String>,
}

impl Database {
    /// Returns the parts of the source, as of the recovery's start, that the restored database lacks. Nothing is known
    /// for databases restored by commands.
    pub(crate) async fn follow_ups(&self, request: &RestoreRequest) -> Result<Vec<FollowUp>> {
        answer!(self, _ => Ok(Vec::new()), database => database.follow_ups(request).await)
    }
}
