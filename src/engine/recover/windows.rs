//! The windows of the databases that a recovery file names.

use std::path::Path;

use futures::future::join_all;

use super::connect::databases;
use super::source::Source;
use crate::cancel::Cancel;
use crate::db::{Database, WindowAnswer};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::Suggest;
use crate::s3::Settings;

/// The databases of a file; none where there is no file.
#[derive(Debug, Default)]
pub(crate) struct Databases(Vec<Database>);

impl Databases {
    /// Connects to them.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a file that names none.
    pub(crate) async fn of(
        path: &Path,
        server: &Settings,
        cancel: &Cancel,
        suggest: Suggest,
    ) -> Result<Self> {
        let source = Source::read(path, suggest)?;
        if source.file.databases.is_empty() {
            return Err(Error::usage(format!("{} names no database", path.display()))
                .hint("leave --database out to check the bucket alone"));
        }
        Ok(Self(databases(&source.file, server, cancel).await?))
    }

    /// Asks for their windows side by side. That one cannot be asked is an answer too.
    pub(crate) async fn windows(&self) -> Result<Vec<WindowAnswer<'_>>> {
        let windows = join_all(self.0.iter().map(Database::window)).await;
        let answers = self.0.iter().zip(windows).map(|(database, window)| match window {
            Err(e) if e.kind() == ErrorKind::Interrupted => Err(e),
            window => Ok(WindowAnswer { database: database.name(), window }),
        });
        answers.collect()
    }
}
