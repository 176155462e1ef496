//! A directory, and nothing outside it.
//!
//! It is opened once. From there every name is opened by itself, relative to the directory before it, and a symbolic
//! link is never followed (`O_NOFOLLOW`): not one that was there before, not one that somebody puts there meanwhile.
//!
//! A file is written under an unfinished name beside its place, forced to disk, dated, and then renamed: under its own
//! name it is whole or not there. The unfinished name is made of the file's own, so that the next run finds it and
//! begins again; one run at a time holds the directory's lock.

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

/// A directory that is open. Cloned freely; clones share it.
#[derive(Debug, Clone)]
pub struct Directory {
    pub(super) root: Arc<OwnedFd>,
    path: PathBuf,
}

/// What stands in a path's place.
#[derive(Debug)]
pub enum Found {
    /// A regular file, open for reading.
    File {
        /// The file.
        file: File,
        /// Bytes.
        size: u64,
        /// When it was last written to.
        modified: Instant,
    },
    /// A directory.
    Folder,
    /// A symbolic link, a pipe, a device.
    Other,
}

impl Directory {
    /// Opens it; `None` if it does not exist. The path itself may lead over symbolic links.
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

    /// Opens it, makes it if it is not there, and keeps other runs out until it is closed.
    pub fn open_to_write(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| cannot_open(path, e))?;
        let directory = Self::open(path)?.ok_or_else(|| cannot_open(path, io::ErrorKind::NotFound.into()))?;
        // Where a file system knows no locks, two runs at once are for the person to avoid.
        match rustix::fs::flock(&directory.root, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => Err(Error::new(
                ErrorKind::Refused,
                format!("another asof is restoring into {}", path.display()),
            )
            .hint("wait for it to finish, or choose another directory")),
            _ => Ok(directory),
        }
    }

    /// The path of a key in it, which is `key` as the source names it and `rest` without the source's folder.
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

    /// What stands in a path's place; `None` also where something on the way there is no directory.
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
        // Without NONBLOCK, the opening of a pipe would wait for somebody to write into it.
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
            // Before 1970, or unknown: no version is so old.
            let modified = Instant::from_millis(millis.unwrap_or_default());
            Found::File { size: about.len(), modified, file }
        } else if about.is_dir() {
            Found::Folder
        } else {
            Found::Other
        })
    }

    /// The directory at the end of these names. `make` makes what is not there.
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
                // A symbolic link is no directory either; systems differ in which of the two they say first.
                Err(Errno::LOOP) => return Err(Errno::NOTDIR),
                next => next?,
            };
        }
        Ok(at)
    }

    /// Makes the directory at this path.
    pub fn make_folder(&self, path: &KeyPath) -> io::Result<()> {
        let (parents, name) = path.split();
        self.walk(parents.chain(name), true).map(drop).map_err(Into::into)
    }

    /// Begins a file at this path.
    pub fn draft(&self, path: &KeyPath) -> io::Result<Draft> {
        let (parents, name) = path.split();
        let name = name.ok_or(io::ErrorKind::IsADirectory)?.to_owned();
        let parent = self.walk(parents, true)?;
        let mut digest = hex(&Digest::of(Algorithm::Sha256, name.as_bytes()));
        digest.truncate(32);
        let unfinished = format!("{UNFINISHED}{digest}");
        // What an earlier run has left, or somebody has put there: the name is gone, nothing is followed.
        match rustix::fs::unlinkat(&parent, &unfinished, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(e) => return Err(e.into()),
        }
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&parent, &unfinished, flags, Mode::from_raw_mode(0o666))?;
        Ok(Draft { parent, unfinished: Some(unfinished), name, file: file.into() })
    }

    /// Forces to disk what the directory's file system has not written yet: the names of files among it.
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

/// A file that is not finished. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Draft {
    parent: OwnedFd,
    unfinished: Option<String>,
    name: String,
    /// To write to, and to read again.
    pub file: File,
}

impl Draft {
    /// Gives the file its date and its name. Unless it may `replace`, a file that stands there by then makes it fail with
    /// [`io::ErrorKind::AlreadyExists`].
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
            // What stays behind is taken up by the next run.
            let _ = rustix::fs::unlinkat(&self.parent, unfinished, AtFlags::empty());
        }
    }
}

fn rename(parent: &OwnedFd, from: &str, to: &str, replace: bool) -> rustix::io::Result<()> {
    if replace {
        return rustix::fs::renameat(parent, from, parent, to);
    }
    match rustix::fs::renameat_with(parent, from, parent, to, RenameFlags::NOREPLACE) {
        // File systems without it: the look and the rename are two steps there.
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
