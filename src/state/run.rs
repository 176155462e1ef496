//! A run on disk: its manifest, its plan, and its journal.
//!
//! | file | contents | written |
//! |---|---|---|
//! | `run.json` | the [`RunManifest`] | once, before anything is changed |
//! | `plan` | the changes, as a [plan file](crate::plan::file) | once, before anything is changed |
//! | `journal` | intents and results, see [`replay`] | while changes are applied |
//! | `uploads` | multipart uploads that were started | while changes are applied |
//! | `uploads.damaged` | a damaged list of uploads | when the run is resumed |
//! | `report.json` | the summary | each time the run ends |
//! | `lock` | nothing; locked by the process that works on the run | |

mod active;
pub(crate) mod journal;
mod manifest;
mod prune;
mod record;
mod replay;
mod results;
mod status;
mod undone;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

pub(crate) use active::ActiveJournal;
pub(crate) use journal::{Begun, RunJournal};
pub use manifest::{Copying, RunManifest, ShardId};
#[cfg(test)]
pub(crate) use record::Record;
pub(crate) use record::{Ending, Superseded};
pub(crate) use replay::ChangeProgress;
pub use replay::{RunState, Tally};
pub(crate) use results::Results;
pub use status::RunProgress;
pub(crate) use undone::Undos;

use super::bucket::RunFolder;
use super::dir::{NewDir, cannot, is_locked, is_plain, lock, make, make_named, names, write};
use super::journal::read;
use super::uploads::{NotedUploads, UploadList};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Instant, printable};
use crate::s3::Thaw;

/// A run held by this process.
#[derive(Debug)]
pub struct Run {
    id: String,
    dir: PathBuf,
    manifest: RunManifest,
    /// Its folder, if state is in a bucket.
    folder: Option<RunFolder>,
    _lock: File,
}

/// The status of a run, read without working on it.
#[derive(Debug)]
pub struct RunStatus {
    /// The run ID.
    pub id: String,
    /// The manifest; `None` if it cannot be read.
    pub manifest: Option<RunManifest>,
    /// The state after its journal; `None` if that has no record.
    pub state: Option<RunState>,
    /// True if its journal cannot be read.
    pub damaged: bool,
    /// The process that is working on it, if any.
    pub worker: Worker,
}

/// The process that is working on a run, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// A process has locked it.
    Running,
    /// None has.
    None,
    /// Unknown: state is in a bucket, where nothing is locked.
    Unknown,
}

/// The period in which a run made its changes, by this machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worked {
    /// The time its plan was complete; nothing was changed before.
    pub planned: Instant,
    /// The time its journal was last written.
    pub until: Instant,
}

impl Run {
    /// Starts a run: creates its directory and writes its manifest.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) for a shard that another worker has begun.
    pub fn create(state_dir: &Path, manifest: RunManifest) -> Result<Self> {
        let runs = runs_dir(state_dir);
        let NewDir { id, path: dir } = match &manifest.shard {
            None => make(&runs, manifest.began)?,
            Some(shard) => make_named(&runs, shard.run())?,
        };
        let lock = lock(&dir, &format!("run {id}"))?;
        if !Self::has_changed_nothing(state_dir, &id) {
            let message = format!("another worker has begun run {id}");
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("nothing was changed by this one; run the same command again to resume it"));
        }
        let created = Instant::from_millis(chrono::Utc::now().timestamp_millis());
        let manifest = RunManifest { created: Some(created), ..manifest };
        manifest.write(&dir)?;
        Ok(Self { id, dir, manifest, folder: None, _lock: lock })
    }

    /// Opens an existing run if no other process is working on it.
    pub fn open(state_dir: &Path, id: &str) -> Result<Self> {
        let dir = runs_dir(state_dir).join(id);
        if !Self::exists(state_dir, id) {
            let message = format!("there is no run {} in {}", printable(id), runs_dir(state_dir).display());
            return Err(Error::usage(message));
        }
        let lock = lock(&dir, &format!("run {id}"))?;
        if !dir.join("plan").exists() && !dir.join("journal").exists() {
            let message = format!("run {id} was stopped before its plan was written; it changed nothing");
            return Err(Error::usage(message).hint("start a new one"));
        }
        let manifest = RunManifest::read(&dir)?;
        Ok(Self { id: id.to_owned(), manifest, dir, folder: None, _lock: lock })
    }

    /// Returns true if there is a run with this ID.
    pub fn exists(state_dir: &Path, id: &str) -> bool {
        Self::is_id(id) && Self::dir_of(state_dir, id).is_dir()
    }

    /// Returns true if a run can have this ID: it has only letters, digits and hyphens.
    pub fn is_id(id: &str) -> bool {
        is_plain(id)
    }

    /// Returns the directory of the run `id`.
    pub(in crate::state) fn dir_of(state_dir: &Path, id: &str) -> PathBuf {
        runs_dir(state_dir).join(id)
    }

    /// The same run, kept in a bucket too.
    pub(in crate::state) fn kept_in(self, folder: RunFolder) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Returns true if the run `id` exists but was stopped before its plan was complete: without a plan and a journal
    /// nothing was changed.
    pub fn has_changed_nothing(state_dir: &Path, id: &str) -> bool {
        let dir = runs_dir(state_dir).join(id);
        let is_missing = |name: &str| matches!(dir.join(name).try_exists(), Ok(false));
        Self::exists(state_dir, id) && is_missing("plan") && is_missing("journal")
    }

    /// Returns the path of the plan of the run `id`.
    pub fn plan_of(state_dir: &Path, id: &str) -> PathBuf {
        runs_dir(state_dir).join(id).join("plan")
    }

    /// Returns the ID of the run that was started last.
    pub fn latest(state_dir: &Path) -> Result<Option<String>> {
        let runs = runs_dir(state_dir);
        let begun = |id: String| {
            let dir = runs.join(&id);
            dir.join("run.json")
                .exists()
                .then(|| (Started::of(&id, RunManifest::read(&dir).ok().as_ref()), id))
        };
        Ok(names(&runs)?.into_iter().filter_map(begun).max().map(|(_, id)| id))
    }

    /// Returns all runs, the oldest first.
    pub fn list(state_dir: &Path) -> Result<Vec<RunStatus>> {
        let names = names(&runs_dir(state_dir))?;
        let mut runs: Vec<_> = names.iter().map(|id| Self::glance(state_dir, id)).collect();
        // Stable: shards of a set keep the order of their indexes.
        runs.sort_by_key(|run| match &run.manifest {
            Some(manifest) if manifest.shard.is_none() => Started::of(&run.id, Some(manifest)),
            _ => Started::of(&run.id, None),
        });
        Ok(runs)
    }

    /// Returns the status of the run `id`, which must exist.
    pub(crate) fn glance(state_dir: &Path, id: &str) -> RunStatus {
        let dir = runs_dir(state_dir).join(id);
        let worker = if is_locked(&dir) { Worker::Running } else { Worker::None };
        let journal = dir.join("journal");
        let state = journal.exists().then(|| read::<RunState>(&journal, |_, _| {}));
        let damaged = matches!(state, Some(Err(_)));
        // A run killed before its first record has not begun.
        let state = state.and_then(Result::ok).filter(|state| state.started().is_some());
        RunStatus { id: id.to_owned(), manifest: RunManifest::read(&dir).ok(), state, damaged, worker }
    }

    /// Returns the runs that may have made changes, with their manifests or the error from reading them, the oldest
    /// first.
    pub(crate) fn begun(state_dir: &Path) -> Result<Vec<(String, Result<RunManifest>)>> {
        let runs = runs_dir(state_dir);
        let ids = names(&runs)?.into_iter().filter(|id| runs.join(id).join("journal").exists());
        Ok(ids.map(|id| (id.clone(), RunManifest::read(&runs.join(id)))).collect())
    }

    /// Returns the period in which the run `id` made its changes, by the modification times of its files.
    pub fn worked(state_dir: &Path, id: &str) -> Option<Worked> {
        let dir = runs_dir(state_dir).join(id);
        Some(Worked { planned: written(&dir.join("plan"))?, until: written(&dir.join("journal"))? })
    }

    /// Removes a run that has made no changes.
    pub fn discard(self) -> Result<()> {
        fs::remove_dir_all(&self.dir).map_err(|e| cannot(&self.dir, "remove", &e))
    }

    /// Returns the state directory of the run.
    pub fn state_dir(&self) -> &Path {
        self.dir.parent().and_then(Path::parent).unwrap_or(&self.dir)
    }

    /// Returns the run ID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the manifest.
    pub fn manifest(&self) -> &RunManifest {
        &self.manifest
    }

    /// Sets how archived versions are requested from now on, if `thaw` is given.
    pub fn thaw(&mut self, thaw: Option<Thaw>) {
        self.manifest.copying.thaw = thaw.or(self.manifest.copying.thaw);
    }

    /// Returns the path of the plan.
    pub fn plan(&self) -> PathBuf {
        self.dir.join("plan")
    }

    /// Returns true if anything may have been changed: without a journal nothing was.
    pub fn has_begun(&self) -> bool {
        self.journal().exists()
    }

    /// Returns the multipart uploads that an earlier process recorded and may have left.
    pub(crate) fn noted_uploads(&self) -> Result<NotedUploads> {
        NotedUploads::read(&self.uploads())
    }

    /// Opens the list in which a multipart upload is recorded before its first part.
    pub(crate) fn upload_list(&self) -> Result<UploadList> {
        UploadList::open(&self.uploads(), self.folder.clone())
    }

    /// Removes the list, after its uploads were aborted.
    pub(crate) async fn forget_uploads(&self, noted: NotedUploads) -> Result<()> {
        if let Some(folder) = self.folder.as_ref().filter(|_| !noted.uploads().is_empty()) {
            folder.forget_uploads().await?;
        }
        noted.remove()
    }

    /// Returns a warning if the list of multipart uploads left by an earlier process is damaged.
    pub fn damaged_uploads(&self) -> Result<Option<String>> {
        Ok(self.noted_uploads()?.warning(&self.manifest.changed().bucket))
    }

    /// Starts or resumes the journal.
    pub(crate) async fn open_journal(&self, begun: Begun, now: Instant) -> Result<ActiveJournal> {
        ActiveJournal::open(&self.journal(), self.folder.as_ref(), |path| RunJournal::open(path, begun, now))
            .await
    }

    /// Opens the journal to add to its results without resuming the run.
    pub(crate) async fn reopen_journal(&self, changes: u64, now: Instant) -> Result<ActiveJournal> {
        ActiveJournal::open(&self.journal(), self.folder.as_ref(), |path| {
            RunJournal::reopen(path, changes, now)
        })
        .await
    }

    /// Takes a run in a bucket over from a worker elsewhere, so that it can be undone: that one could otherwise change keys
    /// after the undo has looked at them. In a directory, the lock excludes that.
    ///
    /// | changes announced without a result | |
    /// |---|---|
    /// | none | the run can be undone |
    /// | some | refused: the requests of a worker that was frozen or cut off may still arrive |
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) as in the table.
    pub(crate) async fn take_over(&self, changes: u64, now: Instant) -> Result<()> {
        if self.folder.is_none() {
            return Ok(());
        }
        let unheard = self.open_journal(Begun::in_key_order(changes), now).await?.state().unheard();
        if unheard == 0 {
            return Ok(());
        }
        let message = format!("run {} was stopped in the middle of {unheard} changes", self.id);
        Err(Error::new(ErrorKind::Refused, message).hint(
            "nothing was undone; make sure that its worker has ended, resume the run, and then undo it",
        ))
    }

    /// Reads the uploads in the bucket again: the worker before may have noted some until it was overtaken.
    pub(crate) async fn fetch_uploads(&self) -> Result<()> {
        match &self.folder {
            None => Ok(()),
            Some(folder) => folder.fetch_uploads(&self.dir).await,
        }
    }

    /// Returns true if its state is in a bucket.
    pub(crate) fn is_in_bucket(&self) -> bool {
        self.folder.is_some()
    }

    /// Reads the state from the journal.
    pub fn read_state(&self) -> Result<RunState> {
        read(&self.journal(), |_, _| {})
    }

    /// Reads the journal: the results by change, and the state.
    pub(crate) fn read_results(&self) -> Result<(Results, RunState)> {
        Results::read(&self.journal())
    }

    /// Reads the results of the run `id`.
    pub(crate) fn results_of(state_dir: &Path, id: &str) -> Result<Results> {
        Ok(Results::read(&runs_dir(state_dir).join(id).join("journal"))?.0)
    }

    fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    fn uploads(&self) -> PathBuf {
        self.dir.join("uploads")
    }

    /// Writes a file of the run atomically.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        write(&self.dir.join(name), bytes)
    }

    /// Stores the report in the bucket too, if state is kept there. A run that is asked to stop does not wait for it.
    pub async fn store_report(&self, cancel: &Cancel) -> Result<()> {
        match &self.folder {
            None => Ok(()),
            Some(folder) => cancel.grant(folder.store(&self.dir, "report.json")).await.unwrap_or(Ok(())),
        }
    }
}

/// The time at which a run was started; runs without a readable manifest come first in their second.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Started {
    second: String,
    created: Option<Instant>,
}

impl Started {
    /// IDs begin with the second in which the run started, but those of shards with that of their plan set.
    fn of(id: &str, manifest: Option<&RunManifest>) -> Self {
        let named = id.split('-').next().unwrap_or_default().to_owned();
        let second = manifest.map_or(named, |manifest| manifest.began.compact());
        Self { second, created: manifest.and_then(|manifest| manifest.created) }
    }
}

/// Returns the modification time of a file.
fn written(path: &Path) -> Option<Instant> {
    let since = fs::metadata(path).ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Instant::from_millis)
}

fn runs_dir(state_dir: &Path) -> PathBuf {
    state_dir.join("runs")
}

#[cfg(test)]
mod tests;
