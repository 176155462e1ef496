//! The folder of a run in a bucket, of which the run's directory is a copy.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt, stream};

use super::StateBucket;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Location;
use crate::s3::{Contents, Created, Names, unique};
use crate::state::dir::{cannot, make_private, write};
use crate::state::{Run, RunManifest};

/// The folder of a run in a bucket.
#[derive(Debug, Clone)]
pub(crate) struct RunFolder {
    bucket: StateBucket,
    id: String,
    journal: Arc<Mutex<Sent>>,
    /// The names of the uploads that were read.
    uploads: Arc<Mutex<Vec<String>>>,
}

/// The part of a journal that is in the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sent {
    /// The number of objects.
    objects: u64,
    /// The bytes of these objects: the length of the file up to there.
    bytes: u64,
    fate: Fate,
}

/// The fate of the next object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Fate {
    /// Not written yet: this worker may write it.
    #[default]
    Open,
    /// Another worker has written it.
    Overtaken,
    /// An error left open whether it was written.
    Unknown,
}

/// The plan of a run.
const PLAN: &str = "plan";
const MANIFEST: &str = "run.json";

impl RunFolder {
    pub(super) fn new(bucket: &StateBucket, id: &str) -> Self {
        Self { bucket: bucket.clone(), id: id.to_owned(), journal: Arc::default(), uploads: Arc::default() }
    }

    /// Writes the plan and the manifest of a new run. Returns the error of a worker that was not the first.
    pub(super) async fn publish(&self, run: &Run) -> Result<()> {
        let client = &self.bucket.client;
        let plan = format!("plan-{}", unique());
        require_size(&run.plan())?;
        self.create(&plan, Contents::File(&run.plan())).await?;
        let manifest = RunManifest { plan_object: Some(plan), ..run.manifest().clone() };
        if let Some(undone) = &manifest.undoes {
            let undone = Self::new(&self.bucket, undone);
            undone.create(&format!("undone-by/{}", self.id), Contents::Bytes(b"")).await?;
        }
        let json = manifest.to_json()?;
        match client.create_object(&self.object(MANIFEST), Contents::Bytes(&json)).await? {
            Created::Yes => Ok(()),
            Created::Exists => Err(self.overtaken()),
        }
    }

    /// Reads the manifest, the uploads and the journal into the directory of the run. Returns false if the run has no
    /// manifest, and so has changed nothing.
    pub(super) async fn fetch(&self, dir: &Path) -> Result<bool> {
        let is_begun = self.fetch_manifest(dir).await?;
        if is_begun {
            self.fetch_uploads(dir).await?;
            self.fetch_journal(&dir.join("journal")).await?;
        }
        Ok(is_begun)
    }

    /// Reads the manifest into the directory of the run. Returns false if there is none.
    pub(super) async fn fetch_manifest(&self, dir: &Path) -> Result<bool> {
        make_private(dir)?;
        if !self.bucket.client.download_object(&self.object(MANIFEST), &dir.join(MANIFEST)).await? {
            fs::remove_dir_all(dir).map_err(|e| cannot(dir, "remove", &e))?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Reads the plan into the directory of the run.
    pub(super) async fn fetch_plan(&self, dir: &Path) -> Result<()> {
        let name = RunManifest::read(dir)?.plan_object.unwrap_or_else(|| PLAN.to_owned());
        let at = self.object(&name);
        if self.bucket.client.download_object(&at, &dir.join(PLAN)).await? {
            return Ok(());
        }
        let message = format!("{at} does not exist");
        Err(Error::new(ErrorKind::Corrupt, message)
            .hint("see the remaining changes with asof diff; apply them with asof restore"))
    }

    /// Returns the runs that undo this one.
    pub(super) async fn undone_by(&self) -> Result<Vec<String>> {
        Ok(self.names("undone-by/", None).await?.objects)
    }

    /// Checks that the store can be used by several workers.
    pub(in crate::state) async fn probe(&self) -> Result<()> {
        self.bucket.probe().await
    }

    /// Appends the objects of the journal that follow those already read to its file, which loses all that was not sent.
    pub(in crate::state) async fn fetch_journal(&self, path: &Path) -> Result<()> {
        let mut sent = self.sent();
        let after = (sent.objects > 0).then(|| number(sent.objects));
        let names = self.names("journal/", after.as_deref()).await?.objects;
        for (name, expected) in names.iter().zip(sent.objects + 1..) {
            if *name != number(expected) {
                return Err(self.incomplete(expected));
            }
        }
        if names.is_empty() && sent.objects == 0 && !path.exists() {
            return Ok(());
        }
        let file = File::options().create(true).append(true).open(path);
        let mut file = file
            .and_then(|file| file.set_len(sent.bytes).map(|()| file))
            .map_err(|e| cannot(path, "write", &e))?;
        let pieces = stream::iter(names.into_iter().map(|name| async move {
            let at = self.object(&format!("journal/{name}"));
            let piece = self.bucket.client.read_object(&at, limits::JOURNAL_OBJECT).await?;
            piece.ok_or_else(|| Error::new(ErrorKind::Corrupt, format!("{at} has disappeared")))
        }));
        let mut pieces = pieces.buffered(limits::STATE_READS);
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece).map_err(|e| cannot(path, "write", &e))?;
            sent =
                Sent { objects: sent.objects + 1, bytes: sent.bytes + piece.len() as u64, fate: Fate::Open };
        }
        self.set(sent);
        Ok(())
    }

    /// The number of bytes at the end of the journal's file that are not in the bucket.
    pub(in crate::state) fn unsent(&self, path: &Path) -> Result<u64> {
        let length = fs::metadata(path).map_err(|e| cannot(path, "read", &e))?.len();
        Ok(length.saturating_sub(self.sent().bytes))
    }

    /// Writes the lines of the journal that are not in the bucket as its next object.
    ///
    /// # Errors
    /// [`Overtaken`](ErrorKind::Overtaken) if another worker has written that object; after any error, every time.
    pub(in crate::state) async fn send_journal(&self, path: &Path) -> Result<()> {
        let sent = self.sent();
        match sent.fate {
            Fate::Open => {}
            Fate::Overtaken => return Err(self.overtaken()),
            Fate::Unknown => {
                let message = format!("an earlier write to the journal of run {} failed", self.id);
                return Err(Error::new(ErrorKind::Transient, message));
            }
        }
        let mut lines = Vec::new();
        let read = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(sent.bytes))?;
            file.take(limits::JOURNAL_OBJECT).read_to_end(&mut lines)
        });
        read.map_err(|e| cannot(path, "read", &e))?;
        if lines.is_empty() {
            return Ok(());
        }
        let at = self.object(&format!("journal/{}", number(sent.objects + 1)));
        // If nobody waits for the answer, it stays unknown.
        self.set(Sent { fate: Fate::Unknown, ..sent });
        let created = self.bucket.client.create_object(&at, Contents::Bytes(&lines)).await;
        let fate = match &created {
            Ok(Created::Yes) => Fate::Open,
            Ok(Created::Exists) => Fate::Overtaken,
            Err(_) => Fate::Unknown,
        };
        self.set(match fate {
            Fate::Open => Sent { objects: sent.objects + 1, bytes: sent.bytes + lines.len() as u64, fate },
            Fate::Overtaken | Fate::Unknown => Sent { fate, ..sent },
        });
        match created? {
            Created::Yes => Ok(()),
            Created::Exists => Err(self.overtaken()),
        }
    }

    /// Stores a multipart upload that was started.
    pub(in crate::state) async fn note_upload(&self, line: &str) -> Result<()> {
        self.create(&format!("uploads/{}", unique()), Contents::Bytes(line.as_bytes())).await
    }

    /// Deletes the uploads that were read, after they were aborted.
    pub(in crate::state) async fn forget_uploads(&self) -> Result<()> {
        let names = std::mem::take(&mut *self.uploads.lock().unwrap_or_else(PoisonError::into_inner));
        for name in names {
            self.bucket.client.delete_object(&self.object(&format!("uploads/{name}"))).await?;
        }
        Ok(())
    }

    /// Stores the report.
    pub(in crate::state) async fn store(&self, dir: &Path, name: &str) -> Result<()> {
        self.bucket.client.replace_object(&self.object(name), Contents::File(&dir.join(name))).await
    }

    /// Reads the uploads that were noted into the directory of the run.
    pub(in crate::state) async fn fetch_uploads(&self, dir: &Path) -> Result<()> {
        let names = self.names("uploads/", None).await?.objects;
        if names.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        for name in &names {
            let at = self.object(&format!("uploads/{name}"));
            // Another worker may have aborted it meanwhile.
            lines
                .extend(self.bucket.client.read_object(&at, limits::JOURNAL_LINE).await?.unwrap_or_default());
        }
        *self.uploads.lock().unwrap_or_else(PoisonError::into_inner) = names;
        write(&dir.join("uploads"), &lines)
    }

    /// Writes an object whose name nothing else has.
    async fn create(&self, name: &str, contents: Contents<'_>) -> Result<()> {
        let at = self.object(name);
        match self.bucket.client.create_object(&at, contents).await? {
            Created::Yes => Ok(()),
            Created::Exists => Err(Error::internal(format!("{at} exists already"))),
        }
    }

    async fn names(&self, folder: &str, after: Option<&str>) -> Result<Names> {
        self.bucket.client.names_in(&self.object(folder), after).await
    }

    fn object(&self, name: &str) -> Location {
        self.bucket.object(&format!("runs/{}/{name}", self.id))
    }

    fn sent(&self) -> Sent {
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, sent: Sent) {
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = sent;
    }

    fn overtaken(&self) -> Error {
        let message = format!("another worker has taken over run {}: this one stops", self.id);
        Error::new(ErrorKind::Overtaken, message).hint(
            "nothing more is changed by this one; the other one checks the changes that it had announced",
        )
    }

    fn incomplete(&self, number: u64) -> Error {
        let message =
            format!("the journal in {} is damaged: object {number} is missing", self.object("journal/"));
        Error::new(ErrorKind::Corrupt, message).hint(
            "nothing was changed; see the remaining changes with asof diff and apply them with asof restore",
        )
    }
}

/// Refuses a plan that no single request can store
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>).
fn require_size(plan: &Path) -> Result<()> {
    let bytes = fs::metadata(plan).map_err(|e| cannot(plan, "read", &e))?.len();
    if bytes <= limits::MAX_COPY_BYTES {
        return Ok(());
    }
    let message =
        format!("the plan has {bytes} bytes, and state in a bucket can have {}", limits::MAX_COPY_BYTES);
    Err(Error::new(ErrorKind::Refused, message).hint(
        "nothing was changed; cut the plan: asof diff … --out DIR --shards auto, or use --state-dir DIR",
    ))
}

/// Returns the name of an object of the journal; names are in the order of their numbers.
fn number(object: u64) -> String {
    format!("{object:010}")
}
