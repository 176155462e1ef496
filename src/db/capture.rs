//! The captured description of a database's source: read once, stored with the recovery, and used by all later steps.

use super::Database;
use super::rds::GivenSettings;
use crate::error::Result;

impl Database {
    /// Returns the description of the source to store. Commands know their own sources, so they return `None`.
    pub(crate) async fn capture(&self) -> Result<Option<Vec<u8>>> {
        answer!(self, _ => Ok(None), database => database.capture().await.map(Some))
    }

    /// Restores the captured description, so that the source is not queried again.
    pub(crate) fn recall(&self, kept: &[u8]) -> Result<()> {
        answer!(self, _ => Ok(()), database => database.recall(kept))
    }

    /// Uses settings given by the user if they belong to this source. Returns whether they do.
    pub(crate) async fn take(&self, given: &GivenSettings) -> Result<bool> {
        answer!(self, _ => Ok(false), database => database.take(given).await)
    }
}
