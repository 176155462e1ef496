//! Directories that hold state: created once, locked by the process that uses them, with files that are replaced
//! atomically.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io::{ErrorKind as Io, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// Accessible to the owner only: plans and journals contain keys, versions and errors.
const PRIVATE: u32 = 0o700;

/// A directory created for a run or a recovery.
pub(super) struct NewDir {
    pub(super) id: String,
    pub(super) path: PathBuf,
}

/// Creates a directory with a unique name that starts with the time of its creation.
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

/// Creates a directory with this name, unless it exists.
pub(super) fn make_named(parent: &Path, id: String) -> Result<NewDir> {
    let path = parent.join(&id);
    make_private(&path).map_err(|e| e.hint("use --state-dir for another directory"))?;
    Ok(NewDir { id, path })
}

/// Creates a directory and its parents, accessible to the owner only.
pub(super) fn make_private(dir: &Path) -> Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    let made = fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(dir);
    made.and_then(|()| missing.into_iter().filter_map(Path::parent).try_for_each(sync_names))
        .map_err(|e| cannot(dir, "make", &e))
}

/// Returns the names in a directory, sorted; none if it does not exist. Names that are not plain are omitted.
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

/// Returns true if a name stays within its directory.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Reads a file; `None` if it does not exist.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(e) if e.kind() == Io::NotFound => Ok(None),
        bytes => bytes.map(Some).map_err(|e| cannot(path, "read", &e)),
    }
}

/// Writes a file atomically.
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

/// Removes a file if it exists.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == Io::NotFound => Ok(()),
        removed => removed.map_err(|e| cannot(path, "remove", &e)),
    }
}

/// Syncs the names in a directory to disk: if a power failure lost a journal, `resume` would start over as if nothing
/// had been done. Not every system can open a directory.
pub(super) fn sync_names(dir: &Path) -> std::io::Result<()> {
    File::open(dir).map_or(Ok(()), |dir| dir.sync_all())
}

/// Locks out other processes until the file is closed, at the latest when the process ends.
pub(super) fn lock(dir: &Path, what: &str) -> Result<File> {
    lock_within(dir, what, limits::LOCK_ATTEMPTS)
}

/// Locks out other processes, as [`lock`] does, within this many attempts.
pub(super) fn lock_within(dir: &Path, what: &str, attempts: u32) -> Result<File> {
    let path = dir.join("lock");
    let file =
        File::options().create(true).append(true).open(&path).map_err(|e| cannot(&path, "open", &e))?;
    let mut locked = file.try_lock();
    for _ in 1..attempts {
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

/// Returns true if a process holds the lock of a directory.
pub(super) fn is_locked(dir: &Path) -> bool {
    File::open(dir.join("lock"))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

pub(super) fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} {}: {e}", path.display()))
        .hint("plan and journal are kept there; check free space and permissions")
}
