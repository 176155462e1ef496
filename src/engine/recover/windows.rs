//! The windows of the databases and stores in a recovery file.

use std::path::Path;

use futures::future::join_all;

use super::connect::databases;
use super::source::Source;
use crate::cancel::Cancel;
use crate::db::{Database, WindowAnswer};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Marks, Suggest};
use crate::s3::Settings;

/// The databases and stores of a file; empty without a file.
#[derive(Debug, Default)]
pub(crate) struct Databases(Vec<Database>);

impl Databases {
    /// Connects to the databases and stores.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a file without any.
    pub(crate) async fn of(
        path: &Path,
        server: &Settings,
        marks: &Marks,
        cancel: &Cancel,
        suggest: Suggest,
    ) -> Result<Self> {
        let source = Source::read(path, suggest)?;
        if source.file.databases.is_empty() {
            return Err(Error::usage(format!("{} names no database and no store", path.display()))
                .hint("leave --database out to check the bucket alone"));
        }
        Ok(Self(databases(&source, server, marks, cancel).await?))
    }

    /// Queries the windows concurrently. The failure of one database is part of the answer.
    pub(crate) async fn windows(&self) -> Result<Vec<WindowAnswer<'_>>> {
        let windows = join_all(self.0.iter().map(Database::window)).await;
        let answers = self.0.iter().zip(windows).map(|(database, window)| match window {
            Err(e) if e.kind() == ErrorKind::Interrupted => Err(e),
            window => Ok(WindowAnswer { noun: database.noun(), name: database.name(), window }),
        });
        answers.collect()
    }
}
