//! The place of runs: a directory, or a folder of a bucket with a temporary copy of its runs.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use futures::{StreamExt, stream};
use tempfile::TempDir;

use super::{RunFolder, StateBucket};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Location;
use crate::s3::Client;
use crate::state::dir::{is_locked, lock};
use crate::state::{Run, RunManifest, RunStatus, Worker};

/// The place of runs.
///
/// State in a bucket is copied to a temporary directory, one run at a time or all of them, so that it is read as any
/// other; a run opened for work writes its journal to both.
#[derive(Debug)]
pub struct StateHome {
    dir: PathBuf,
    bucket: Option<InBucket>,
    /// The runs whose objects cannot be right.
    damaged: Mutex<Vec<String>>,
}

/// State in a bucket, and the directory of its copy.
#[derive(Debug)]
struct InBucket {
    bucket: StateBucket,
    _lock: File,
    _copy: TempDir,
}

/// The result of reading a run.
struct Fetched {
    id: String,
    result: Result<()>,
}

/// The beginning of the names of copies.
const COPY: &str = "asof-state-";

/// The file of a run's journal.
const JOURNAL: &str = "journal";

impl StateHome {
    /// State in a directory.
    pub fn directory(dir: PathBuf) -> Self {
        Self { dir, bucket: None, damaged: Mutex::default() }
    }

    /// State in a folder of a bucket. Nothing is read yet.
    ///
    /// # Errors
    /// The bucket does not exist or cannot be accessed, or there is no place for the copy.
    pub async fn bucket(client: Client, folder: Location) -> Result<Self> {
        let place = std::env::temp_dir();
        remove_abandoned(&place);
        let copy = tempfile::Builder::new().prefix(COPY).tempdir().map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot copy the state to {}: {e}", place.display()))
                .hint("set TMPDIR to a directory with room for the plan and the journal of a run")
        })?;
        let lock = lock(copy.path(), "copy of the state")?;
        let bucket = StateBucket::open(client, folder).await?;
        let dir = copy.path().to_owned();
        Ok(Self {
            dir,
            bucket: Some(InBucket { bucket, _lock: lock, _copy: copy }),
            damaged: Mutex::default(),
        })
    }

    /// The directory with the state, or with its copy.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns true if it is in a bucket.
    pub fn is_in_bucket(&self) -> bool {
        self.bucket.is_some()
    }

    /// Refuses to keep state among the keys that a run reads or changes.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if they overlap.
    pub fn require_apart(&self, location: &Location) -> Result<()> {
        self.bucket.as_ref().map_or(Ok(()), |InBucket { bucket, .. }| bucket.require_apart(location))
    }

    /// Checks that a store in a bucket can be used by several workers. To be called before anything is changed.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for a store that ignores conditional writes.
    pub async fn probe(&self) -> Result<()> {
        match &self.bucket {
            None => Ok(()),
            Some(InBucket { bucket, .. }) => bucket.probe().await,
        }
    }

    /// Stores a run whose plan is complete, so that its changes can begin.
    ///
    /// # Errors
    /// [`Overtaken`](ErrorKind::Overtaken) if another worker has begun it, [`Interrupted`](ErrorKind::Interrupted) if
    /// stopped meanwhile.
    pub async fn keep(&self, run: Run, cancel: &Cancel) -> Result<Run> {
        let Some(kept) = cancel.until(self.kept(run)).await else { return Err(Error::interrupted()) };
        kept
    }

    async fn kept(&self, run: Run) -> Result<Run> {
        let Some(InBucket { bucket, .. }) = &self.bucket else { return Ok(run) };
        bucket.require_apart(&run.manifest().location)?;
        bucket.require_apart(run.manifest().changed())?;
        self.probe().await?;
        let folder = RunFolder::new(bucket, run.id());
        folder.publish(&run).await?;
        Ok(run.kept_in(folder))
    }

    /// Opens a run for work.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) if there is no such run.
    pub async fn open(&self, id: &str) -> Result<Run> {
        let Some(InBucket { bucket, .. }) = &self.bucket else { return Run::open(&self.dir, id) };
        if !Run::is_id(id) {
            return Err(self.unknown(id));
        }
        let (folder, dir) = (RunFolder::new(bucket, id), Run::dir_of(&self.dir, id));
        if !folder.fetch(&dir).await? {
            return Err(self.unknown(id));
        }
        folder.fetch_plan(&dir).await?;
        Ok(Run::open(&self.dir, id)?.kept_in(folder))
    }

    /// Returns the plan of a run; `None` if there is no such run.
    pub async fn plan(&self, id: &str) -> Result<Option<PathBuf>> {
        if let Some(InBucket { bucket, .. }) = self.bucket.as_ref().filter(|_| Run::is_id(id)) {
            let (folder, dir) = (RunFolder::new(bucket, id), Run::dir_of(&self.dir, id));
            if folder.fetch_manifest(&dir).await? {
                folder.fetch_plan(&dir).await?;
            }
        }
        Ok(Run::exists(&self.dir, id).then(|| Run::plan_of(&self.dir, id)))
    }

    /// Reads the run `id` and the runs that undo it into the directory, without their plans. One that does not exist is
    /// not there afterwards.
    pub async fn fetch(&self, id: &str) -> Result<()> {
        let Some(InBucket { bucket, .. }) = &self.bucket else { return Ok(()) };
        let mut ids = vec![id.to_owned()];
        let mut known = 0;
        while let Some(id) = ids.get(known).cloned() {
            let folder = RunFolder::new(bucket, &id);
            if Run::is_id(&id) && folder.fetch(&Run::dir_of(&self.dir, &id)).await? {
                let undone_by = folder.undone_by().await?;
                ids.extend(undone_by.into_iter().filter(|undo| !ids.contains(undo)).collect::<Vec<_>>());
            }
            known += 1;
        }
        Ok(())
    }

    /// Reads the manifests of all runs into the directory; of runs that an undo of another run has to know, all files.
    pub async fn fetch_manifests(&self) -> Result<()> {
        let fetched = self.each_run(async |folder, dir| {
            if folder.fetch_manifest(&dir).await? && RunManifest::read(&dir).is_ok_and(|run| run.heals) {
                folder.fetch_journal(&dir.join(JOURNAL)).await?;
                folder.fetch_plan(&dir).await?;
            }
            Ok(())
        });
        fetched.await?.into_iter().try_for_each(|fetched| fetched.result)
    }

    /// Reads all runs into the directory, without their plans. A damaged one is listed as such.
    pub async fn fetch_all(&self) -> Result<()> {
        let fetched = self.each_run(async |folder, dir| {
            if folder.fetch_manifest(&dir).await? {
                folder.fetch_journal(&dir.join(JOURNAL)).await?;
            }
            Ok(())
        });
        let mut damaged = Vec::new();
        for Fetched { id, result } in fetched.await? {
            match result {
                Err(e) if e.kind() == ErrorKind::Corrupt => damaged.push(id),
                result => result?,
            }
        }
        *self.damaged.lock().unwrap_or_else(PoisonError::into_inner) = damaged;
        Ok(())
    }

    /// Calls `fetch` with the folder and the directory of each run, for several at once.
    async fn each_run(&self, fetch: impl AsyncFn(RunFolder, PathBuf) -> Result<()>) -> Result<Vec<Fetched>> {
        let Some(InBucket { bucket, .. }) = &self.bucket else { return Ok(Vec::new()) };
        let ids = bucket.client.names_in(&bucket.object("runs/"), None).await?.folders;
        let ids = ids.into_iter().filter(|id| Run::is_id(id));
        let fetch = &fetch;
        let fetched = stream::iter(ids).map(|id| async move {
            let result = fetch(RunFolder::new(bucket, &id), Run::dir_of(&self.dir, &id)).await;
            Fetched { id, result }
        });
        Ok(fetched.buffered(limits::STATE_READS).collect().await)
    }

    /// Returns the runs in the directory.
    pub fn list(&self) -> Result<Vec<RunStatus>> {
        Ok(Run::list(&self.dir)?.into_iter().map(|run| self.as_known(run)).collect())
    }

    /// Returns the status of the run `id`, which must be in the directory.
    pub(crate) fn glance(&self, id: &str) -> RunStatus {
        self.as_known(Run::glance(&self.dir, id))
    }

    /// Corrects the status of a run's copy.
    fn as_known(&self, run: RunStatus) -> RunStatus {
        if !self.is_in_bucket() {
            return run;
        }
        let is_damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner).contains(&run.id);
        RunStatus { worker: Worker::Unknown, damaged: run.damaged || is_damaged, ..run }
    }

    fn unknown(&self, id: &str) -> Error {
        Error::usage(format!("there is no run {} in {self}", crate::model::printable(id)))
    }
}

/// Removes the copies of processes that were killed: they name keys. What cannot be removed stays.
fn remove_abandoned(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let (name, dir) = (entry.file_name(), entry.path());
        let is_copy = name.to_string_lossy().starts_with(COPY) && dir.join("lock").exists();
        let is_old = entry
            .metadata()
            .and_then(|copy| copy.modified())
            .is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > limits::UNWRITTEN_RUN));
        if is_copy && is_old && !is_locked(&dir) {
            drop(fs::remove_dir_all(&dir));
        }
    }
}

impl fmt::Display for StateHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.bucket {
            None => self.dir.display().fmt(f),
            Some(InBucket { bucket, .. }) => bucket.folder.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
