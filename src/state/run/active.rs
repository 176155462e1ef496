//! The journal of a run that is executed: in its file and, if state is kept in a bucket, there too.

use std::path::Path;

use super::journal::RunJournal;
use super::record::Ending;
use super::replay::RunState;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::state::bucket::RunFolder;

/// The journal of a run that is executed.
///
/// The bucket gets the lines that the file has gained: an intent before the first request that it announces is sent,
/// results no later than the next intent.
#[derive(Debug)]
pub struct ActiveJournal {
    file: RunJournal,
    folder: Option<RunFolder>,
    /// True if it has results that are not in the bucket.
    has_unsent: bool,
}

impl ActiveJournal {
    /// Opens the journal with `open`, which adds its first record. In a bucket, this takes the run over.
    ///
    /// # Errors
    /// [`Overtaken`](ErrorKind::Overtaken) if another worker writes the journal all the time.
    pub(super) async fn open(
        path: &Path,
        folder: Option<&RunFolder>,
        open: impl Fn(&Path) -> Result<RunJournal>,
    ) -> Result<Self> {
        let Some(folder) = folder else {
            return Ok(Self { file: open(path)?, folder: None, has_unsent: false });
        };
        folder.probe().await?;
        let mut overtaken = Error::internal("no attempt was made to take over a run");
        for _ in 0..limits::TAKEOVERS {
            folder.fetch_journal(path).await?;
            let file = open(path)?;
            match folder.send_journal(path).await {
                Ok(()) => return Ok(Self { file, folder: Some(folder.clone()), has_unsent: false }),
                Err(e) if e.kind() == ErrorKind::Overtaken => overtaken = e,
                Err(e) => return Err(e),
            }
        }
        Err(overtaken)
    }

    /// Returns the state after the records so far.
    pub fn state(&self) -> &RunState {
        self.file.state()
    }

    /// Records the intent to apply the change `n` and every one before it in the order. Stored when this returns.
    pub async fn take(&mut self, n: u64) -> Result<()> {
        if self.file.is_announced(n) {
            return Ok(());
        }
        self.file.take(n)?;
        self.send().await
    }

    /// Records the results of changes, one for each. Stored no later than the next intent.
    pub async fn end(&mut self, results: impl IntoIterator<Item = (u64, Ending)>) -> Result<()> {
        self.file.end(results)?;
        self.has_unsent = self.folder.is_some();
        match &self.folder {
            Some(folder) if folder.unsent(self.file.path())? > limits::JOURNAL_PIECE => self.send().await,
            _ => Ok(()),
        }
    }

    /// Records that these announced changes were not started. Like results, stored no later than the next intent.
    pub fn leave(&mut self, changes: Vec<u64>) -> Result<()> {
        self.file.leave(changes)
    }

    /// Records that every result so far was compared with the keys' histories.
    pub async fn checked(&mut self) -> Result<()> {
        self.file.checked()?;
        self.send().await
    }

    /// Stores everything that was recorded.
    pub async fn sync(&mut self) -> Result<()> {
        self.file.sync()?;
        self.send().await
    }

    /// Returns true if results are in the file and not in the bucket.
    pub fn has_unsent(&self) -> bool {
        self.has_unsent
    }

    async fn send(&mut self) -> Result<()> {
        if let Some(folder) = &self.folder {
            folder.send_journal(self.file.path()).await?;
        }
        self.has_unsent = false;
        Ok(())
    }
}
