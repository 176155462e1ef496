//! Writes a plan set: the shards first, the manifest last.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::cut::{Cut, Requests, Shards};
use super::manifest::{SetManifest, Shard, file_name};
use super::open::MANIFEST;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Server;
use crate::plan::file::{Header, Seen, Writer, named_crc32};
use crate::plan::{Action, Change, Sums};

/// The file by which one process claims an empty directory.
const CLAIM: &str = ".asof-writing";

/// A plan set being written, in two passes over its changes: [`count`](Self::count) each of them, then
/// [`write`](Self::write) them. Shards that were written are removed unless the set is completed.
#[derive(Debug)]
pub struct SetWriter {
    set: OpenSet,
    shards: Shards,
    total: Requests,
}

impl SetWriter {
    /// Claims a directory for a set. Creates it if it does not exist.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a directory that is not empty or cannot be written.
    pub fn create(dir: &Path, header: Header, server: Server, shards: Shards) -> Result<Self> {
        Ok(Self { set: OpenSet::create(dir, header, server)?, shards, total: Requests::default() })
    }

    /// Counts a change of the plan.
    pub fn count(&mut self, change: &Change) {
        self.total = self.total.plus(Requests::of(change));
    }

    /// Writes the changes that were counted, in key order, and completes the set. `sums` and `seen` are those of the whole
    /// plan.
    pub fn write(
        self,
        changes: impl IntoIterator<Item = Result<Change>>,
        sums: &Sums,
        seen: Seen,
    ) -> Result<()> {
        let Self { mut set, shards, total } = self;
        let cut = Cut { total, shards: shards.count(total) };
        let mut open = set.shard()?;
        let mut before = Requests::default();
        for change in changes {
            let change = change?;
            let requests = Requests::of(&change);
            while open.index < cut.shard(before, requests) {
                set.end(open, sums)?;
                open = set.shard()?;
            }
            open.push(change, requests)?;
            before = before.plus(requests);
        }
        while open.index + 1 < cut.shards {
            set.end(open, sums)?;
            open = set.shard()?;
        }
        set.end(open, sums)?;
        set.complete(sums, seen, None)
    }
}

/// The undo of a plan set being written: a shard for each shard of that set, one after another.
#[derive(Debug)]
pub struct UndoSetWriter {
    /// Dropped before the set, whose directory has its temporary file.
    open: OpenShard,
    set: OpenSet,
    undoes: String,
    sums: Sums,
}

impl UndoSetWriter {
    /// Claims a directory for the undo of the set with the ID `undoes`.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a directory that is not empty or cannot be written.
    pub fn create(dir: &Path, header: Header, server: Server, undoes: String) -> Result<Self> {
        let set = OpenSet::create(dir, header, server)?;
        let open = set.shard()?;
        Ok(Self { set, undoes, sums: Sums::default(), open })
    }

    /// Adds the next change of the shard.
    pub fn push(&mut self, change: Change) -> Result<()> {
        self.sums.add(&change);
        let requests = Requests::of(&change);
        self.open.push(change, requests)
    }

    /// Ends the shard, and begins the next. `undoes` is the state of the run that it undoes; `None` if that has not begun.
    pub fn end_shard(&mut self, undoes: Option<String>) -> Result<()> {
        let next = OpenShard::create(&self.set.dir, self.open.index + 1, &self.set.header)?;
        let ended = std::mem::replace(&mut self.open, next);
        self.set.end(ended, &Sums::default())?;
        if let Some(shard) = self.set.shards.last_mut() {
            shard.undoes = undoes;
        }
        Ok(())
    }

    /// Returns the counts of the changes so far.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Completes the set after the end of its last shard.
    pub fn finish(self) -> Result<()> {
        let Self { set, undoes, sums, open: _ } = self;
        let seen = Seen { keys: sums.changes(), versions: 0 };
        set.complete(&sums, seen, Some(undoes))
    }
}

/// A set in a directory that belongs to this process.
#[derive(Debug)]
struct OpenSet {
    dir: PathBuf,
    header: Header,
    server: Server,
    shards: Vec<Shard>,
    written: Written,
}

impl OpenSet {
    fn create(dir: &Path, header: Header, server: Server) -> Result<Self> {
        let name = dir.display();
        if dir.join(MANIFEST).exists() {
            let message = format!("cannot save the plan set as {name}: it is a plan set already");
            return Err(Error::usage(message).hint("choose another directory: a plan set is never replaced"));
        }
        let made = fs::create_dir_all(dir).and_then(|()| fs::read_dir(dir)?.next().transpose());
        let there = made.map_err(|e| {
            Error::usage(format!("cannot save the plan set as {name}: {e}"))
                .hint("choose a new directory in a writable one")
        })?;
        let claim = dir.join(CLAIM);
        // Two processes may both have found the directory empty.
        let is_claimed = there.is_none() && File::create_new(&claim).is_err();
        if there.is_some() || is_claimed {
            let message = format!("cannot save the plan set as {name}: the directory is not empty");
            return Err(Error::usage(message).hint("choose a new directory, or empty this one first"));
        }
        let written = Written { dir: dir.to_owned(), files: vec![claim] };
        Ok(Self { dir: dir.to_owned(), header, server, shards: Vec::new(), written })
    }

    /// Begins the next shard.
    fn shard(&self) -> Result<OpenShard> {
        let index = u32::try_from(self.shards.len()).map_err(Error::internal)?;
        OpenShard::create(&self.dir, index, &self.header)
    }

    /// Ends a shard of a plan with these sums.
    fn end(&mut self, shard: OpenShard, plan: &Sums) -> Result<()> {
        self.shards.push(shard.finish(plan, &mut self.written)?);
        Ok(())
    }

    /// Writes the manifest.
    fn complete(self, sums: &Sums, seen: Seen, undoes: Option<String>) -> Result<()> {
        let Self { dir, header, server, shards, mut written } = self;
        let mut manifest = SetManifest::new(header, server, shards);
        manifest.sums = sums.clone();
        manifest.undoes = undoes;
        Seen { keys: manifest.keys, versions: manifest.versions } = seen;
        let sealed = manifest.seal().map_err(io::Error::from);
        sealed.and_then(|bytes| store(&dir, &bytes)).map_err(|e| failed(&dir, &e))?;
        // Left behind, it does no harm: a directory with a manifest is never written to again.
        drop(fs::remove_file(dir.join(CLAIM)));
        written.files.clear();
        Ok(())
    }
}

/// The shard whose changes are being written.
#[derive(Debug)]
struct OpenShard {
    index: u32,
    path: PathBuf,
    writer: Writer,
    sums: Sums,
    requests: Requests,
    first_key: Option<String>,
    last_key: Option<String>,
}

impl OpenShard {
    fn create(dir: &Path, index: u32, header: &Header) -> Result<Self> {
        let path = dir.join(file_name(index));
        let writer = Writer::create(&path, header)?;
        let (sums, requests) = (Sums::default(), Requests::default());
        Ok(Self { index, path, writer, sums, requests, first_key: None, last_key: None })
    }

    fn push(&mut self, change: Change, requests: Requests) -> Result<()> {
        self.writer.push(&change)?;
        self.sums.add(&change);
        self.requests = self.requests.plus(requests);
        self.first_key.get_or_insert_with(|| change.key.clone());
        self.last_key = Some(change.key);
        Ok(())
    }

    /// Completes the shard of a plan with these sums. The plan's facts that `restore --plan` goes by are those of each
    /// shard: when its history begins, and how many unchanged keys are uncertain.
    fn finish(mut self, plan: &Sums, written: &mut Written) -> Result<Shard> {
        (self.sums.oldest, self.sums.uncertain) = (plan.oldest, plan.uncertain);
        let [undelete, revert, delete] = Action::ALL.map(|action| self.sums.of(action));
        // Only these keys are known to belong to the shard. Applied on its own, a shard that deletes most of them is
        // therefore refused; a worker goes by the counts of the whole set.
        self.sums.existed = undelete.keys + revert.keys;
        self.sums.present = revert.keys + delete.keys;
        written.files.push(self.path.clone());
        self.writer.finish(&self.sums, Seen { keys: self.sums.changes(), versions: 0 })?;
        Ok(Shard {
            file: file_name(self.index),
            first_key: self.first_key,
            last_key: self.last_key,
            undelete,
            revert,
            delete,
            requests: self.requests.count(),
            undoes: None,
            crc32: named_crc32(&self.path)?,
        })
    }
}

/// Plan files of a set without a manifest; removed when this is dropped.
#[derive(Debug)]
struct Written {
    dir: PathBuf,
    files: Vec<PathBuf>,
}

impl Drop for Written {
    fn drop(&mut self) {
        // If this fails, the directory is refused as not empty; it has no manifest and so cannot be worked.
        for file in &self.files {
            drop(fs::remove_file(file));
        }
        if !self.files.is_empty() {
            drop(fs::remove_dir(&self.dir));
        }
    }
}

/// Stores the manifest under its name, atomically and only once.
fn store(dir: &Path, manifest: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".asof-manifest-").tempfile_in(dir)?;
    file.write_all(manifest)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(dir.join(MANIFEST)).map_err(|e| e.error)?;
    // The new name must survive a power failure too. Not every system can open a directory.
    File::open(dir).map_or(Ok(()), |dir| dir.sync_all())
}

fn failed(dir: &Path, e: &io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot write the plan set {}: {e}", dir.display()))
        .hint("choose another directory with --out")
}
