//! Access to a directory and nothing outside it.
//!
//! The directory is opened once. Every name below is opened relative to the directory before it, without following
//! symbolic links (`O_NOFOLLOW`): neither existing ones nor ones that are created meanwhile.
//!
//! A file is written under a draft name next to its final one, synced to disk, dated, and then renamed: a file under
//! its own name is always complete. The draft name is derived from the file's, so that the next run finds it and starts
//! over; only one run at a time holds the directory's lock.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::{AtFlags, CWD, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Algorithm, Digest, Instant, KeyPath, UNFINISHED, hex, printable};

pub(super) const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// An open directory. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Directory {
    pub(super) root: Arc<OwnedFd>,
    path: PathBuf,
}

/// The kind of file at a path.
#[derive(Debug)]
pub enum Found {
    /// A regular file, open for reading.
    File {
        /// The open file.
        file: File,
        /// Size in bytes.
        size: u64,
        /// The modification time.
        modified: Instant,
    },
    /// A directory.
    Folder,
    /// A symbolic link, a pipe, a device.
    Other,
}

impl Directory {
    /// Opens the directory; `None` if it does not exist. The path itself may contain symbolic links.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        match rustix::fs::openat(CWD, path, FOLDER.difference(OFlags::NOFOLLOW), Mode::empty()) {
            Ok(root) => Ok(Some(Self { root: Arc::new(root), path: path.to_owned() })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR) => {
                Err(Error::usage(format!("cannot use {}: it is not a directory", path.display())))
            }
            Err(e) => Err(cannot_open(path, e.into())),
        }
    }

    /// Opens the directory, creating it if needed, and locks other runs out until it is closed.
    pub fn open_to_write(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| cannot_open(path, e))?;
        let directory = Self::open(path)?.ok_or_else(|| cannot_open(path, io::ErrorKind::NotFound.into()))?;
        // If the file system has no locks, it is up to the user not to run two restores at once.
        match rustix::fs::flock(&directory.root, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => Err(Error::new(
                ErrorKind::Refused,
                format!("another asof is restoring into {}", path.display()),
            )
            .hint("wait for it to finish, or choose another directory")),
            _ => Ok(directory),
        }
    }

    /// The path of a key: `key` as the source names it, `rest` without the source's folder.
    pub fn path_of(&self, key: &str, rest: &str) -> Result<KeyPath> {
        let room = limits::PATH_BYTES.saturating_sub(self.path.as_os_str().len() + 1);
        let path = KeyPath::of(rest).and_then(|path| {
            if path.text().len() > room { Err("the whole path would be too long") } else { Ok(path) }
        });
        path.map_err(|why| {
            Error::new(ErrorKind::Invalid, format!("the key {} cannot be a path: {why}", printable(key)))
                .hint("restore such keys to a bucket instead: --to s3://OTHER")
        })
    }

    /// Finds the file at a path; `None` also if a parent is not a directory.
    pub fn find(&self, path: &KeyPath) -> io::Result<Option<Found>> {
        match self.try_find(path) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(Errno::LOOP) => Ok(Some(Found::Other)),
            Err(e) => Err(e.into()),
        }
    }

    fn try_find(&self, path: &KeyPath) -> rustix::io::Result<Found> {
        let (parents, name) = path.split();
        let Some(name) = name else { return Ok(Found::Folder) };
        let parent = self.walk(parents, false)?;
        // Without NONBLOCK, opening a pipe would block until another process writes to it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(parent.as_fd(), name, flags, Mode::empty()) {
            // A socket.
            Err(Errno::NXIO) => return Ok(Found::Other),
            file => File::from(file?),
        };
        let Ok(about) = file.metadata() else { return Err(Errno::IO) };
        Ok(if about.is_file() {
            let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
            // Before 1970, or unknown: no version is that old.
            let modified = Instant::from_millis(millis.unwrap_or_default());
            Found::File { size: about.len(), modified, file }
        } else if about.is_dir() {
            Found::Folder
        } else {
            Found::Other
        })
    }

    /// Opens the directory with these names. `make` creates missing ones.
    fn walk<'a>(&self, names: impl Iterator<Item = &'a str>, make: bool) -> rustix::io::Result<OwnedFd> {
        let mut at = rustix::io::dup(&*self.root)?;
        for name in names {
            if make {
                match rustix::fs::mkdirat(&at, name, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(e) => return Err(e),
                }
            }
            at = match rustix::fs::openat(&at, name, FOLDER, Mode::empty()) {
                // A symbolic link is not a directory either; systems differ in which of the two errors they report.
                Err(Errno::LOOP) => return Err(Errno::NOTDIR),
                next => next?,
            };
        }
        Ok(at)
    }

    /// Creates the directory at this path.
    pub fn make_folder(&self, path: &KeyPath) -> io::Result<()> {
        let (parents, name) = path.split();
        self.walk(parents.chain(name), true).map(drop).map_err(Into::into)
    }

    /// Creates a draft of the file at this path.
    pub fn draft(&self, path: &KeyPath) -> io::Result<Draft> {
        let (parents, name) = path.split();
        let name = name.ok_or(io::ErrorKind::IsADirectory)?.to_owned();
        let parent = self.walk(parents, true)?;
        let mut digest = hex(&Digest::of(Algorithm::Sha256, name.as_bytes()));
        digest.truncate(32);
        let unfinished = format!("{UNFINISHED}{digest}");
        // Left by an earlier run, or created by another process: remove it without following it.
        match rustix::fs::unlinkat(&parent, &unfinished, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(e) => return Err(e.into()),
        }
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&parent, &unfinished, flags, Mode::from_raw_mode(0o666))?;
        Ok(Draft { parent, unfinished: Some(unfinished), name, file: file.into() })
    }

    /// Syncs the directory's file system to disk, including the names of files.
    pub fn settle(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&*self.root)?;
        #[cfg(not(target_os = "linux"))]
        rustix::fs::sync();
        Ok(())
    }
}

fn cannot_open(path: &Path, e: io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot use the directory {}: {e}", path.display())).because(e)
}

/// An unfinished file. Dropping it removes it.
#[derive(Debug)]
pub struct Draft {
    parent: OwnedFd,
    unfinished: Option<String>,
    name: String,
    /// The open file, for writing and reading back.
    pub file: File,
}

impl Draft {
    /// Sets the modification time and renames the file to its final name. Unless `replace` is set, fails with
    /// [`io::ErrorKind::AlreadyExists`] if a file exists there.
    pub fn place(mut self, modified: Instant, replace: bool) -> io::Result<()> {
        let since = Duration::from_millis(u64::try_from(modified.millis()).unwrap_or_default());
        self.file.set_modified(UNIX_EPOCH + since)?;
        self.file.sync_all()?;
        if let Some(unfinished) = &self.unfinished {
            rename(&self.parent, unfinished, &self.name, replace)?;
        }
        self.unfinished = None;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(unfinished) = &self.unfinished {
            // The next run replaces a leftover draft.
            let _ = rustix::fs::unlinkat(&self.parent, unfinished, AtFlags::empty());
        }
    }
}

fn rename(parent: &OwnedFd, from: &str, to: &str, replace: bool) -> rustix::io::Result<()> {
    if replace {
        return rustix::fs::renameat(parent, from, parent, to);
    }
    match rustix::fs::renameat_with(parent, from, parent, to, RenameFlags::NOREPLACE) {
        // On file systems without NOREPLACE, the check and the rename are two steps.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            match rustix::fs::statat(parent, to, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => rustix::fs::renameat(parent, from, parent, to),
                Ok(_) => Err(Errno::EXIST),
                Err(e) => Err(e),
            }
        }
        renamed => renamed,
    }
}

#[cfg(test)]
mod tests;
