//! What is known of a database's source: read once, kept beside the recovery, used for all that comes after.

use super::Database;
use super::rds::GivenSettings;
use crate::error::Result;

impl Database {
    /// What is known of the source, to be kept. Commands know of theirs themselves.
    pub(crate) async fn capture(&self) -> Result<Option<Vec<u8>>> {
        match self {
            Database::Command(_) => Ok(None),
            Database::Rds(database) => database.capture().await.map(Some),
            Database::Aurora(database) => database.capture().await.map(Some),
        }
    }

    /// Takes what was kept of the source: it is not asked for its settings.
    pub(crate) fn recall(&self, kept: &[u8]) -> Result<()> {
        match self {
            Database::Command(_) => Ok(()),
            Database::Rds(database) => database.recall(kept),
            Database::Aurora(database) => database.recall(kept),
        }
    }

    /// Takes what a person gives, if it is of the source. Gives whether it is.
    pub(crate) async fn take(&self, given: &GivenSettings) -> Result<bool> {
        match self {
            Database::Command(_) => Ok(false),
            Database::Rds(database) => Ok(database.take(given)),
            Database::Aurora(database) => database.take(given).await,
        }
    }
}
