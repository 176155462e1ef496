//! The directories in which state is kept: made once, locked by the process that works on it, their files written whole or
//! not at all.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io::{ErrorKind as Io, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// Its owner alone may read what is kept: plans and journals tell of keys, versions and errors.
const PRIVATE: u32 = 0o700;

/// A directory that was made for one run or recovery.
pub(super) struct NewDir {
    pub(super) id: String,
    pub(super) path: PathBuf,
}

/// Makes a directory with a name of its own, after the second in which it is made.
pub(super) fn make(parent: &Path, began: Instant) -> Result<NewDir> {
    let elsewhere = |e: Error| e.hint("use --state-dir for another directory");
    make_private(parent).map_err(elsewhere)?;
    let stamp = began.compact();
    for _ in 0..limits::RUN_NAMES {
        let id = format!("{stamp}-{:04x}", RandomState::new().build_hasher().finish() & 0xFFFF);
        let path = parent.join(&id);
        match fs::DirBuilder::new().mode(PRIVATE).create(&path) {
            Err(e) if e.kind() == Io::AlreadyExists => {}
            Err(e) => return Err(elsewhere(cannot(&path, "make", &e))),
            Ok(()) => {
                sync_names(parent).map_err(|e| cannot(parent, "write", &e))?;
                return Ok(NewDir { id, path });
            }
        }
    }
    Err(Error::new(ErrorKind::Local, format!("cannot find an unused name in {}", parent.display())))
}

/// Makes a directory, and those that it lies in, for its owner alone.
pub(super) fn make_private(dir: &Path) -> Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    let made = fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(dir);
    made.and_then(|()| missing.into_iter().filter_map(Path::parent).try_for_each(sync_names))
        .map_err(|e| cannot(dir, "make", &e))
}

/// The names in a directory, in order; none if it is not there. Those that lead to another place are left out.
pub(super) fn names(dir: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == Io::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|e| cannot(dir, "read", &e))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| cannot(dir, "read", &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_plain(&name) && entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether a name leads to no other place.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Reads a file; none if it is not there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(e) if e.kind() == Io::NotFound => Ok(None),
        bytes => bytes.map(Some).map_err(|e| cannot(path, "read", &e)),
    }
}

/// Writes a file, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(dir).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_names(dir)
    });
    written.map_err(|e| cannot(path, "write", &e))
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == Io::NotFound => Ok(()),
        removed => removed.map_err(|e| cannot(path, "remove", &e)),
    }
}

/// Brings the names in a directory to the disk: a journal that a power cut takes away would let `resume` begin anew, as
/// if nothing had been done. Not every system lets a directory be opened.
pub(super) fn sync_names(dir: &Path) -> std::io::Result<()> {
    File::open(dir).map_or(Ok(()), |dir| dir.sync_all())
}

/// Keeps every other process out until the file is closed, which the end of the process does too.
pub(super) fn lock(dir: &Path, what: &str) -> Result<File> {
    let path = dir.join("lock");
    let file =
        File::options().create(true).append(true).open(&path).map_err(|e| cannot(&path, "open", &e))?;
    let mut locked = file.try_lock();
    for _ in 1..limits::LOCK_ATTEMPTS {
        if matches!(locked, Err(TryLockError::WouldBlock)) {
            std::thread::sleep(limits::LOCK_PAUSE);
            locked = file.try_lock();
        }
    }
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = format!("another process is working on the {what}");
            Err(Error::new(ErrorKind::Refused, message)
                .hint("wait for it to finish, or stop it; its journal keeps completed changes"))
        }
        Err(TryLockError::Error(e)) => Err(cannot(&path, "lock", &e)),
    }
}

/// Whether a process has locked a directory.
pub(super) fn is_locked(dir: &Path) -> bool {
    File::open(dir.join("lock"))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

pub(super) fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} {}: {e}", path.display()))
        .hint("plan and journal are kept there; check free space and permissions")
}
