//! Opens a plan set and its shards.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::manifest::{FORMAT, Opened, SetManifest, Unusable};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::printable;
use crate::plan::file::{PlanFile, named_crc32};
use crate::plan::{Action, Sums};

/// The file name of the manifest.
pub const MANIFEST: &str = "manifest.json";

/// A verified plan set.
#[derive(Debug)]
pub struct PlanSet {
    /// The ID of the set.
    pub id: String,
    /// The manifest.
    pub manifest: SetManifest,
    dir: PathBuf,
    /// The place it is at, for messages.
    place: String,
}

impl PlanSet {
    /// Opens the set in a directory, named by the directory or by its manifest.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a set that is incomplete, changed, or of another format.
    pub fn open(path: &Path) -> Result<Self> {
        let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST) && !path.is_dir();
        let dir = if is_manifest { directory(path) } else { path.to_owned() };
        let path = dir.join(MANIFEST);
        if dir.is_dir() && matches!(path.try_exists(), Ok(false)) {
            return Err(no_manifest(&dir.display()));
        }
        let mut bytes = Vec::new();
        let most = limits::SET_MANIFEST_BYTES;
        let read = File::open(&path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_err(|e| {
            Error::usage(format!("cannot read the plan set {}: {e}", path.display())).hint(MAKE_ONE)
        })?;
        let place = dir.display().to_string();
        Self::of_manifest(&bytes, dir, place)
    }

    /// Opens the set with this manifest and with its plans in this directory; `place` names it in messages.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a manifest that is changed or of another format.
    pub fn of_manifest(bytes: &[u8], dir: PathBuf, place: String) -> Result<Self> {
        let path = Path::new(&place).join(MANIFEST);
        let Opened { id, manifest } = SetManifest::open(bytes).map_err(|e| refusal(&path, e))?;
        Ok(Self { id, manifest, dir, place })
    }

    /// The number of shards.
    pub fn len(&self) -> u32 {
        u32::try_from(self.manifest.shards.len()).unwrap_or(limits::MAX_SHARDS)
    }

    /// Returns true if the set has no shards, which no set is.
    pub fn is_empty(&self) -> bool {
        self.manifest.shards.is_empty()
    }

    /// Returns the directory of the set.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens and verifies the plan of a shard: it must be the one that the manifest names.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a plan that is missing, damaged, or of another set, and for an index
    /// out of range.
    pub fn open_shard(&self, index: u32) -> Result<PlanFile> {
        let shard = self.manifest.shards.get(index as usize).ok_or_else(|| self.out_of_range(index))?;
        let plan = PlanFile::open(&self.dir.join(&shard.file))?;
        let same = |action: &Action| plan.sums.of(*action) == shard.of(*action);
        let is_ours =
            plan.crc32 == shard.crc32 && plan.header == self.manifest.plan && Action::ALL.iter().all(same);
        if is_ours { Ok(plan) } else { Err(self.exchanged(index, &plan.crc32)) }
    }

    /// Fails if the plan of a shard is missing or is not the one that the manifest names. Reads only the ends of the files.
    pub fn require_shards(&self) -> Result<()> {
        for (index, shard) in (0..).zip(&self.manifest.shards) {
            let crc32 = named_crc32(&self.dir.join(&shard.file))?;
            if crc32 != shard.crc32 {
                return Err(self.exchanged(index, &crc32));
            }
        }
        Ok(())
    }

    /// Returns the counts of the whole plan.
    pub fn sums(&self) -> &Sums {
        &self.manifest.sums
    }

    /// The error of an index that the set does not have.
    pub fn out_of_range(&self, index: u32) -> Error {
        let last = self.len().saturating_sub(1);
        Error::usage(format!(
            "there is no shard {index}: the plan set {} has the shards 0 to {last}",
            self.id
        ))
        .hint("give the array as many tasks as the set has shards, and let the index start at 0")
    }

    fn exchanged(&self, index: u32, found: &str) -> Error {
        let (set, dir) = (&self.id, &self.place);
        Error::usage(format!(
            "the plan of shard {index} in {dir} is not the one of the plan set {set}: its CRC-32 is {}",
            printable(found)
        ))
        .hint("nothing was changed; copy the whole set again, or create it again: asof diff … --out")
    }
}

/// The error of a place without a manifest.
pub fn no_manifest(place: &impl Display) -> Error {
    Error::usage(format!("cannot open the plan set {place}: it has no {MANIFEST}"))
        .hint("the manifest is written last: asof diff was stopped before the set was complete")
        .hint(MAKE_ONE)
}

const MAKE_ONE: &str = "create one: asof diff s3://BUCKET --at TIME --out DIR --shards N";

fn directory(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

fn refusal(path: &Path, unusable: Unusable) -> Error {
    let path = path.display();
    match unusable {
        Unusable::Foreign => {
            Error::usage(format!("{path} is not the manifest of a plan set, or it is damaged")).hint(MAKE_ONE)
        }
        Unusable::Newer { format, asof } => Error::usage(format!(
            "the plan set {path} has format {format}, written by asof {}; this version, {}, reads {}.x",
            printable(&asof),
            env!("CARGO_PKG_VERSION"),
            FORMAT.major
        ))
        .hint("use the version that wrote it, or create it again: asof diff … --out"),
        Unusable::Damaged(why) => Error::usage(format!("the plan set {path} is damaged: {why}"))
            .hint("nothing was changed; use an undamaged copy, or create it again: asof diff … --out"),
    }
}
