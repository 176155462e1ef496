//! The place of a plan set: a directory, or a folder of a bucket.
//!
//! In a bucket, the plan files are written first, and the manifest last, unless there is one: a set that is only partly
//! written cannot be applied. Opening a set reads its manifest. The plan of a shard is read when the shard is applied, into
//! a temporary directory, and held to the manifest like one in a directory.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Location;
use crate::plan::file::PlanFile;
use crate::plan::set::{MANIFEST, PlanSet, no_manifest};
use crate::s3::{Client, Contents, Created};

/// A plan set where it was saved.
#[derive(Debug)]
pub struct SavedSet {
    set: PlanSet,
    bucket: Option<SetBucket>,
}

/// A plan set to be saved.
#[derive(Debug)]
pub struct NewSet {
    dir: PathBuf,
    bucket: Option<SetBucket>,
}

/// A folder of a bucket, and a temporary directory for the files of a set in it.
#[derive(Debug)]
struct SetBucket {
    client: Client,
    folder: Location,
    copy: TempDir,
}

impl Deref for SavedSet {
    type Target = PlanSet;

    fn deref(&self) -> &PlanSet {
        &self.set
    }
}

impl SavedSet {
    /// Opens the set in a directory, named by the directory or by its manifest.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a set that is incomplete, changed, or of another format.
    pub fn directory(path: &Path) -> Result<Self> {
        Ok(Self { set: PlanSet::open(path)?, bucket: None })
    }

    /// Opens the set in a folder of a bucket, named by the folder or by its manifest.
    ///
    /// # Errors
    /// As for one in a directory.
    pub async fn bucket(client: Client, place: Location) -> Result<Self> {
        let bucket = SetBucket::new(client, place)?;
        let manifest = bucket.object(MANIFEST);
        let bytes = bucket.client.read_object(&manifest, limits::SET_MANIFEST_BYTES).await?;
        let bytes = bytes.ok_or_else(|| no_manifest(&bucket.folder))?;
        let set = PlanSet::of_manifest(&bytes, bucket.copy.path().to_owned(), bucket.folder.to_string())?;
        Ok(Self { set, bucket: Some(bucket) })
    }

    /// Opens and verifies the plan of a shard: it must be the one that the manifest names.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a plan that is missing, damaged, or of another set, and for an index out of range.
    pub async fn open_plan(&self, index: u32) -> Result<PlanFile> {
        let Some(bucket) = &self.bucket else { return self.set.open_shard(index) };
        let shard = self.set.manifest.shards.get(index as usize);
        let shard = shard.ok_or_else(|| self.set.out_of_range(index))?;
        let (object, path) = (bucket.object(&shard.file), bucket.copy.path().join(&shard.file));
        if !bucket.client.download_object(&object, &path).await? {
            return Err(missing(&object));
        }
        let opened = self.set.open_shard(index);
        // It stays readable while it is open.
        drop(std::fs::remove_file(&path));
        opened.map_err(|e| {
            Error::usage(format!(
                "cannot use the plan {object}: it is damaged, or not the one of the plan set"
            ))
            .hint("nothing was changed; copy the whole set again, or create it again: asof diff … --out")
            .because(e)
        })
    }

    /// Fails if the plan of a shard is missing; in a directory also if it is not the one that the manifest names.
    pub async fn require_plans(&self) -> Result<()> {
        let Some(bucket) = &self.bucket else { return self.set.require_shards() };
        let names = bucket.client.names_in(&bucket.folder, None).await?.objects;
        let is_there = |file: &String| names.binary_search(file).is_ok();
        let missing_one = self.set.manifest.shards.iter().find(|shard| !is_there(&shard.file));
        missing_one.map_or(Ok(()), |shard| Err(missing(&bucket.object(&shard.file))))
    }
}

impl NewSet {
    /// A set in a directory.
    pub fn directory(dir: PathBuf) -> Self {
        Self { dir, bucket: None }
    }

    /// A set in a folder of a bucket, for the keys of `restored`.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a folder that is not empty; [`Refused`](ErrorKind::Refused) for one among the keys
    /// of `restored`.
    pub async fn bucket(client: Client, place: Location, restored: &Location) -> Result<Self> {
        let bucket = SetBucket::new(client, place)?;
        let folder = &bucket.folder;
        if folder.overlaps(restored) {
            let message = format!("cannot save the plan set in {folder}: it is among the keys of {restored}");
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("a restore would change the plan set; choose another bucket, or a prefix beside it"));
        }
        let names = bucket.client.names_in(folder, None).await?;
        if names.objects.iter().any(|name| name == MANIFEST) {
            return Err(exists(folder));
        }
        if !names.objects.is_empty() || !names.folders.is_empty() {
            let message = format!("cannot save the plan set in {folder}: the prefix has objects");
            return Err(Error::usage(message).hint("choose another prefix, or remove these objects first"));
        }
        Ok(Self { dir: bucket.copy.path().join("set"), bucket: Some(bucket) })
    }

    /// The directory in which the set is written first.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes a complete set to its bucket, if it has one.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) if another process has written a set there meanwhile.
    pub async fn publish(&self) -> Result<()> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let set = PlanSet::open(&self.dir)?;
        let files = set.manifest.shards.iter().map(|shard| shard.file.as_str());
        for file in files.chain([MANIFEST]) {
            let (object, path) = (bucket.object(file), self.dir.join(file));
            match bucket.client.create_object(&object, Contents::File(&path)).await? {
                Created::Yes => {}
                Created::Exists => return Err(exists(&bucket.folder)),
            }
        }
        Ok(())
    }
}

impl SetBucket {
    /// `place` is the folder, or the manifest in it.
    fn new(client: Client, place: Location) -> Result<Self> {
        let Location { bucket, prefix } = place.as_folder();
        let prefix = match prefix.strip_suffix(&format!("{MANIFEST}/")) {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.to_owned(),
            _ => prefix,
        };
        let copy = tempfile::Builder::new().prefix("asof-set-").tempdir().map_err(|e| {
            let place = std::env::temp_dir();
            Error::new(ErrorKind::Local, format!("cannot copy the plan set to {}: {e}", place.display()))
                .hint("set TMPDIR to a directory with room for the plan set")
        })?;
        Ok(Self { client, folder: Location { bucket, prefix }, copy })
    }

    fn object(&self, name: &str) -> Location {
        let Location { bucket, prefix } = &self.folder;
        Location { bucket: bucket.clone(), prefix: format!("{prefix}{name}") }
    }
}

fn exists(folder: &Location) -> Error {
    Error::usage(format!("cannot save the plan set in {folder}: it has a plan set already"))
        .hint("choose another prefix: a plan set is never replaced")
}

fn missing(object: &Location) -> Error {
    Error::usage(format!("cannot read the plan {object}: it does not exist"))
        .hint("nothing was changed; copy the whole set again, or create it again: asof diff … --out")
}
