//! State in a bucket, so that a run can be resumed and undone from another machine.
//!
//! | object | contents | written |
//! |---|---|---|
//! | `runs/ID/plan-…` | the plan, as named in `run.json` | first |
//! | `runs/ID/undone-by/UNDO` | nothing | before `run.json` of the run UNDO, which undoes this one |
//! | `runs/ID/run.json` | the manifest | then, unless there is one |
//! | `runs/ID/journal/0000000001`, … | the lines of the journal since the object before | before the changes that they announce, unless there is one |
//! | `runs/ID/uploads/…` | a multipart upload | before its first part; deleted when a later worker has aborted it |
//! | `runs/ID/report.json` | the summary | each time the run ends |
//! | `probe/…` | nothing of use | before anything else; deleted at once |
//!
//! The objects of the journal are numbered, and each is written on the condition that there is none with its number. So
//! only one of two workers writes the next one; the other has been overtaken, and sends nothing more. No clock and no
//! lease is needed:
//!
//! | worker | next number | its write | it |
//! |---|---|---|---|
//! | the only one | free | succeeds | goes on |
//! | takes over a run | free | succeeds, with the record `resumed` | goes on |
//! | takes over a run whose worker has just written | taken | fails | reads on, and tries the number after that |
//! | was taken over meanwhile | taken | fails | stops |
//!
//! All that the worker that stops may have changed is announced in an object that the other has read, so that it looks
//! at these keys before it changes them.

mod folder;
mod home;

use std::sync::Arc;

use tokio::sync::OnceCell;

pub(crate) use folder::RunFolder;
pub use home::StateHome;

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Location;
use crate::s3::{Client, unique};

/// A folder of a bucket in which state is kept.
#[derive(Debug, Clone)]
pub(super) struct StateBucket {
    client: Client,
    folder: Location,
    /// Set once the store was probed by this process.
    probed: Arc<OnceCell<()>>,
}

impl StateBucket {
    /// Opens the folder.
    ///
    /// # Errors
    /// The bucket does not exist, or cannot be accessed.
    pub(super) async fn open(client: Client, folder: Location) -> Result<Self> {
        client.find(&folder.bucket).await?;
        Ok(Self { client, folder: folder.as_folder(), probed: Arc::default() })
    }

    /// Checks, once, that the store lets only one of many conditional writes succeed: without that, two workers could apply the
    /// same run.
    ///
    /// | of 16 writes at once, created | the store |
    /// |---|---|
    /// | 1 | is used |
    /// | more | ignores conditions, or checks them too late: refused |
    /// | 0 | refused: nothing is known about it |
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) as in the table.
    pub(super) async fn probe(&self) -> Result<()> {
        self.probed.get_or_try_init(|| self.require_one_winner()).await.copied()
    }

    async fn require_one_winner(&self) -> Result<()> {
        let mut created = self.contest().await;
        for _ in 1..limits::PROBES {
            if !created.as_ref().is_err_and(Error::is_retryable) {
                break;
            }
            created = self.contest().await;
        }
        let created = created?;
        if created == 1 {
            return Ok(());
        }
        let message = format!(
            "cannot keep state in {}: of {} conditional writes of one object at once, {created} succeeded instead of one",
            self.folder,
            limits::PROBE_WRITES
        );
        Err(Error::new(ErrorKind::Refused, message)
            .hint("two workers could apply the same run; use --state-dir for a directory that they share, or for a bucket on another server"))
    }

    /// Returns how many of the conditional writes of a new object succeed.
    async fn contest(&self) -> Result<usize> {
        let at = self.object(&format!("probe/{}", unique()));
        let created = self.client.contest(&at, limits::PROBE_WRITES).await;
        // An object that stays does no harm.
        drop(self.client.delete_object(&at).await);
        created
    }

    /// Refuses to keep state among the keys that a run reads or changes: it would be restored or deleted with them.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if the folder and the location overlap.
    pub(super) fn require_apart(&self, location: &Location) -> Result<()> {
        if !self.folder.overlaps(location) {
            return Ok(());
        }
        let message = format!("state cannot be kept in {}, as the run is about {location}", self.folder);
        Err(Error::new(ErrorKind::Refused, message)
            .hint("nothing was changed; use --state-dir for another bucket, or for another prefix"))
    }

    fn object(&self, name: &str) -> Location {
        let Location { bucket, prefix } = &self.folder;
        Location { bucket: bucket.clone(), prefix: format!("{prefix}{name}") }
    }
}
