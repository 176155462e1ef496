//! The directories in which runs and recoveries are kept: made once, locked by the process that works on it, their files
//! written whole or not at all.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// Who may read what is kept: its owner.
const PRIVATE: u32 = 0o700;

/// Makes a directory with a name of its own, after the second in which it is made. Gives its name too.
pub(super) fn make(parent: &Path, began: Instant) -> Result<(String, PathBuf)> {
    let elsewhere = |e: Error| e.hint("--state-dir names another directory");
    make_private(parent).map_err(|e| elsewhere(cannot(parent, "make", &e)))?;
    let stamp = began.compact();
    for _ in 0..limits::RUN_NAMES {
        let id = format!("{stamp}-{:04x}", RandomState::new().build_hasher().finish() & 0xFFFF);
        let dir = parent.join(&id);
        match fs::DirBuilder::new().mode(PRIVATE).create(&dir) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(elsewhere(cannot(&dir, "make", &e))),
            Ok(()) => {
                sync_names(parent)?;
                return Ok((id, dir));
            }
        }
    }
    Err(Error::new(ErrorKind::Local, format!("cannot find a new name in {}", parent.display())))
}

/// Makes a directory, and those that it lies in, for its owner alone: plans and journals tell of keys, versions and errors.
pub fn make_private(dir: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(dir)
}

/// Writes a file, whole or not at all.
pub(super) fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = dir.join(name);
    let written = tempfile::NamedTempFile::new_in(dir).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|e| e.error)
    });
    written.map(drop).map_err(|e| cannot(&path, "write", &e))
}

/// Brings the names in a directory to the disk: a journal that a power cut takes away would let `resume` begin anew, as
/// if nothing had been done. Not every system lets a directory be opened.
pub(super) fn sync_names(dir: &Path) -> Result<()> {
    let synced = File::open(dir).map_or(Ok(()), |dir| dir.sync_all());
    synced.map_err(|e| cannot(dir, "write", &e))
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
                .hint("let it end, or stop it; its journal keeps what it has done"))
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
        .hint("plan and journal are kept there; see that the disk has room and the directory can be written")
}
