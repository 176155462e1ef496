//! What is known of a database's source: read once, kept beside the recovery, used for all that comes after.

use super::Database;
use super::rds::GivenSettings;
use crate::error::Result;

impl Database {
    /// What is known of the source, to be kept. Commands know of theirs themselves.
    pub(crate) async fn capture(&self) -> Result<Option<Vec<u8>>> {
        answer!(self, _ => Ok(None), database => database.capture().await.map(Some))
    }

    /// Takes what was kept of the source: it is not asked for its settings.
    pub(crate) fn recall(&self, kept: &[u8]) -> Result<()> {
        answer!(self, _ => Ok(()), database => database.recall(kept))
    }

    /// Takes what a person gives, if it is of the source. Gives whether it is.
    pub(crate) async fn take(&self, given: &GivenSettings) -> Result<bool> {
        answer!(self, _ => Ok(false), database => database.take(given).await)
    }
}
